import { expect } from 'vitest';
import type { Scalar } from '../../src/model/value.js';
import { ask, infoOf, matchOn } from './ask.js';
import type { ColumnType } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import { contentOf, deletionOf, done, writing as opened, recordsOf, updateOf } from './writer-steps.js';
import { writes } from './writing.js';

/** Keys that a sloppy comparison would take for each other, or lose a part of. */
const NEIGHBOURS: Readonly<Partial<Record<ColumnType, readonly [Scalar | Uint8Array, Scalar | Uint8Array]>>> =
  {
    integer: [0, 1],
    bigint: [9007199254740993n, 9007199254740992n],
    decimal: ['12.5000000000', '12.6000000000'],
    text: ["Åsa's \\ key", "Åsa's  key"],
    uuid: ['6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f', '6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e80'],
    date: ['2024-02-29', '2024-02-28'],
    timestamp: ['2024-02-29T23:59:59.123456', '2024-02-29T23:59:59.123457'],
    instant: ['2024-02-29T23:59:59.123456+00:00', '2024-02-29T23:59:59.123457+00:00'],
    bytes: [new Uint8Array([0, 1, 255]), new Uint8Array([0, 1])],
  };

/** Which records are changed. */
export const changing: readonly Guarantee[] = [
  ...(Object.keys(NEIGHBOURS) as ColumnType[]).map(
    (type): Guarantee => ({
      says: `a record is changed by the ${type} key that it was found with, its neighbour is not`,
      types: [type],
      appliesTo: writes,
      async check({ make }) {
        const [mine, theirs] = NEIGHBOURS[type] ?? [0, 1];
        const { connector } = await make({
          name: 'keyed',
          columns: { id: type, all: 'integer', number: 'integer' },
          key: ['id'],
          rows: [
            { id: mine, all: 1, number: 1 },
            { id: theirs, all: 1, number: 2 },
          ],
        });
        const [found] = await ask(connector, { table: 'keyed', matches: [matchOn('number', [1])] });
        const key = found?.key ?? [];
        const records = await recordsOf(connector, 'keyed', [key]);
        expect(await opened(connector, (writer) => writer.lock(records))).toBe(1);
        expect(await done(connector, await updateOf(connector, 'keyed', ['number'], [[key, 3]]))).toEqual([
          1,
        ]);
        expect(Object.values(await contentOf(connector, 'keyed', ['number'])).sort()).toEqual([[2], [3]]);
        expect(await done(connector, await deletionOf(connector, 'keyed', [key]))).toEqual([1]);
        expect(Object.values(await contentOf(connector, 'keyed', ['number']))).toEqual([[2]]);
      },
    }),
  ),
  {
    says: 'composite keys are taken part by part, also with 0 and an empty part',
    appliesTo: writes,
    async check({ make }) {
      const rows = [0, 1].flatMap((a) => ['', '0', 'x'].map((b) => ({ a, b, all: 1, number: 0 })));
      const { connector } = await make({
        name: 'pairs',
        columns: { a: 'integer', b: 'text', all: 'integer', number: 'integer' },
        key: ['b', 'a'],
        rows,
      });
      const update = await updateOf(
        connector,
        'pairs',
        ['number'],
        [
          [['', 0], 1],
          [['x', 1], 2],
          [['y', 1], 3],
        ],
      );
      expect(await done(connector, update)).toEqual([2]);
      const there = await contentOf(connector, 'pairs', ['number']);
      expect(Object.entries(there).filter(([, [number]]) => number !== 0)).toEqual([
        ['x|1', [2]],
        ['|0', [1]],
      ]);
      const deletion = await deletionOf(connector, 'pairs', [
        ['0', 0],
        ['', 0],
      ]);
      expect(await done(connector, deletion)).toEqual([2]);
      expect(Object.keys(await contentOf(connector, 'pairs', [])).sort()).toEqual([
        '0|1',
        'x|0',
        'x|1',
        '|1',
      ]);
    },
  },
  {
    says: 'a text key changes that text only, though the source calls others equal to it',
    appliesTo: writes,
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.folding === undefined) return skip('texts are equal only to themselves');
      const texts = ['AB', 'ab', 'Ab', 'cd'];
      const { connector } = fixture;
      await fixture.folding(texts);
      const keys = [['ab'], ['CD']];
      expect(
        await done(connector, await updateOf(connector, 'folding', ['code'], [['ab', 'x']], ['code'])),
      ).toEqual([1]);
      expect(await done(connector, await deletionOf(connector, 'folding', keys, ['code']))).toEqual([0]);
      expect(await done(connector, await deletionOf(connector, 'folding', [['AB']], ['code']))).toEqual([1]);
      const found = await ask(connector, {
        table: 'folding',
        matches: [matchOn('id', [1, 2, 3, 4])],
        fields: ['code'],
      });
      expect(found.map(({ values }) => values[0]).sort()).toEqual(['Ab', 'cd', 'x']);
    },
  },
  {
    says: 'a record that is not there counts nothing, and a key that cannot be of its type raises nothing',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(numbered(3));
      const keys = [99, 'x', '', '1x', true, '0x1', '999999999999999999999999', 1.5];
      expect(
        await done(
          connector,
          await deletionOf(
            connector,
            'numbered',
            keys.filter((key) => key !== true),
          ),
        ),
      ).toEqual([0]);
      const update = await updateOf(
        connector,
        'numbered',
        ['other'],
        [
          ['x', 7],
          [98, 7],
          ['2', 7],
        ],
      );
      expect(await done(connector, update)).toEqual([1]);
      expect(await contentOf(connector, 'numbered', ['other'])).toEqual({ 0: [0], 1: [1], 2: [7] });
      const records = await recordsOf(connector, 'numbered', ['x', 1, 50]);
      expect(await opened(connector, (writer) => writer.lock(records))).toBe(1);
    },
  },
  {
    says: 'records are counted once, though they are named twice or stay as they were',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(numbered(3));
      const records = await recordsOf(connector, 'numbered', [1, '1', 2]);
      expect(await opened(connector, (writer) => writer.lock(records))).toBe(2);
      expect(
        await done(
          connector,
          await updateOf(
            connector,
            'numbered',
            ['other'],
            [
              [1, 1],
              [2, 2],
            ],
          ),
        ),
      ).toEqual([2]);
      expect(await done(connector, await deletionOf(connector, 'numbered', [1, '1', 2]))).toEqual([2]);
    },
  },
  {
    says: 'no keys and no rows change nothing',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(numbered(2));
      const nothing = [
        await deletionOf(connector, 'numbered', []),
        await updateOf(connector, 'numbered', ['other'], []),
      ];
      expect(await done(connector, ...nothing)).toEqual([0, 0]);
      expect(Object.keys(await contentOf(connector, 'numbered', []))).toEqual(['0', '1']);
    },
  },
  {
    says: '12,000 records are changed by one change, each its own way, and no other',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(numbered(12_050));
      const keys = Array.from({ length: 12_000 }, (_none, id) => 12_000 - id);
      const update = await updateOf(
        connector,
        'numbered',
        ['other'],
        keys.map((id) => [id, -id]),
      );
      expect(await done(connector, update)).toEqual([12_000]);
      const there = await contentOf(connector, 'numbered', ['other']);
      expect(
        Object.entries(there).every(
          ([id, [other]]) => other === (Number(id) > 0 && Number(id) <= 12_000 ? -id : Number(id)),
        ),
      ).toBe(true);
      expect(await done(connector, await deletionOf(connector, 'numbered', keys))).toEqual([12_000]);
      expect(Object.keys(await contentOf(connector, 'numbered', []))).toHaveLength(50);
    },
  },
  {
    says: 'a trigger that writes another field does not disturb the count',
    appliesTo: writes,
    async check({ make, skip }) {
      const fixture = await make({
        ...numbered(3),
        columns: { ...numbered(0).columns, note: { type: 'text', nullable: true } },
      });
      if (fixture.touched === undefined) return skip('the source has no triggers');
      await fixture.touched('numbered', 'note');
      const { connector } = fixture;
      expect(
        await done(
          connector,
          await updateOf(
            connector,
            'numbered',
            ['other'],
            [
              [0, 9],
              [1, 9],
            ],
          ),
        ),
      ).toEqual([2]);
      expect(await contentOf(connector, 'numbered', ['other', 'note'])).toEqual({
        0: [9, 'touched'],
        1: [9, 'touched'],
        2: [2, null],
      });
    },
  },
  {
    says: 'a key that the map names is as good as a declared one',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make({
        name: 'loose',
        columns: { code: { type: 'text', nullable: true }, all: 'integer', name: 'text' },
        rows: ['a', 'b', null].map((code) => ({ code, all: 1, name: 'x' })),
      });
      expect((await infoOf(connector, 'loose')).key.kind).toBe('physical');
      expect(
        await done(connector, await updateOf(connector, 'loose', ['name'], [['a', 'y']], ['code'])),
      ).toEqual([1]);
      expect(
        await done(connector, await deletionOf(connector, 'loose', ['b', 'null', ''], ['code'])),
      ).toEqual([1]);
      expect(Object.values(await contentOf(connector, 'loose', ['code', 'name'])).sort()).toEqual([
        [null, 'x'],
        ['a', 'y'],
      ]);
    },
  },
];

function numbered(count: number) {
  return {
    name: 'numbered',
    columns: { id: 'integer', all: 'integer', other: 'integer' },
    key: ['id'],
    rows: Array.from({ length: count }, (_none, id) => ({ id, all: 1, other: id })),
  } as const;
}
