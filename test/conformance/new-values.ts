import { expect } from 'vitest';
import type { Value } from '../../src/model/value.js';
import { type ColumnType, SAMPLES } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import { comparable, samplesOf } from './values.js';
import { contentOf, deletionOf, done, updateOf } from './writer-steps.js';
import { writes } from './writing.js';

/** What is written into a record. */
export const newValues: readonly Guarantee[] = [
  ...(Object.keys(SAMPLES) as ColumnType[]).map(
    (type): Guarantee => ({
      says: `${type} values that were read can be written, to where they were and elsewhere`,
      types: [type],
      appliesTo: writes,
      async check({ make, harness }) {
        const held: readonly Value[] = [...samplesOf(harness, type), null];
        const { connector } = await make({
          name: 'held',
          columns: {
            id: 'integer',
            all: 'integer',
            value: { type, nullable: true },
            copy: { type, nullable: true },
          },
          key: ['id'],
          rows: held.map((value, id) => ({ id, all: 1, value, copy: null })),
        });
        const read = await contentOf(connector, 'held', ['value']);
        const rows = Object.entries(read).map(([id, [value = null]]): [number, Value, Value] => [
          Number(id),
          value,
          value,
        ]);
        const update = await updateOf(connector, 'held', ['value', 'copy'], rows);
        expect(await done(connector, update)).toEqual([held.length]);
        const written = await contentOf(connector, 'held', ['value', 'copy']);
        for (const [id, value] of held.entries()) {
          expect(written[id]?.map(comparable), String(id)).toEqual([value, value].map(comparable));
        }
      },
    }),
  ),
  {
    says: "null, '' and 0 stay apart when written",
    appliesTo: writes,
    async check({ make }) {
      const columns = { type: 'text', nullable: true } as const;
      const { connector } = await make({
        name: 'empty',
        columns: {
          id: 'integer',
          all: 'integer',
          text: columns,
          number: { type: 'integer', nullable: true },
        },
        key: ['id'],
        rows: [1, 2, 3].map((id) => ({ id, all: 1, text: 'x', number: 7 })),
      });
      const update = await updateOf(
        connector,
        'empty',
        ['text', 'number'],
        [
          [1, null, 0],
          [2, '', null],
          [3, '0', 0],
        ],
      );
      await done(connector, update);
      expect(await contentOf(connector, 'empty', ['text', 'number'])).toEqual({
        1: [null, 0],
        2: ['', null],
        3: ['0', 0],
      });
    },
  },
  {
    says: 'a key may be changed, and names may be odd',
    appliesTo: writes,
    async check({ make }) {
      const odd = ['with space', 'quo"te', 'back`tick', 'question?mark', 'colon:name', 'Ångström', 'order'];
      const { connector } = await make({
        name: 'Order Lines?',
        columns: {
          Id: 'integer',
          all: 'integer',
          ...Object.fromEntries(odd.map((name) => [name, 'text' as const])),
        },
        key: ['Id', 'order'],
        rows: [1, 2].map((id) => ({
          Id: id,
          all: 1,
          ...Object.fromEntries(odd.map((name) => [name, `${id} ${name}`])),
        })),
      });
      const update = await updateOf(
        connector,
        'Order Lines?',
        ['Id', ...odd],
        [[[1, '1 order'], 5, ...odd.map((name) => `new ${name}`)]],
      );
      expect(await done(connector, update)).toEqual([1]);
      const there = await contentOf(connector, 'Order Lines?', odd);
      expect(there['5|new order']).toEqual(odd.map((name) => `new ${name}`));
      expect(there['2|2 order']).toEqual(odd.map((name) => `2 ${name}`));
      expect(await done(connector, await deletionOf(connector, 'Order Lines?', [[5, 'new order']]))).toEqual([
        1,
      ]);
    },
  },
];
