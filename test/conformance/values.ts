import { expect } from 'vitest';
import { isJsonText, type Value } from '../../src/model/value.js';
import { ask, matchOn } from './ask.js';
import { type ColumnType, type Harness, SAMPLES } from './fixture.js';
import type { Guarantee } from './guarantee.js';

export function samplesOf(harness: Harness, type: ColumnType): readonly Value[] {
  return harness.samples?.[type] ?? SAMPLES[type];
}

/** JSON compared by its tokens: a source may space it anew, but lose no digit. */
export function comparable(value: Value): unknown {
  if (value === null || typeof value !== 'object' || !isJsonText(value)) return value;
  const texts = value.json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `"number ${token}"`,
  );
  return { json: JSON.parse(texts) as unknown };
}

/** What a source holds travels without loss. */
export const values: readonly Guarantee[] = [
  ...(Object.keys(SAMPLES) as ColumnType[]).map(
    (type): Guarantee => ({
      says: `${type} values come as they are held, and NULL as null`,
      types: [type],
      async check({ make, harness }) {
        const held = [...samplesOf(harness, type), null];
        const { connector } = await make({
          name: 'held',
          columns: { id: 'integer', one: 'integer', value: { type, nullable: true } },
          key: ['id'],
          rows: held.map((value, id) => ({ id, one: 1, value })),
        });
        const found = await ask(connector, {
          table: 'held',
          matches: [matchOn('one', [1])],
          fields: ['value'],
        });
        const sorted = [...found].sort((a, b) => Number(a.key[0]) - Number(b.key[0]));
        expect(sorted.map(({ values: [value] }) => comparable(value ?? null))).toEqual(held.map(comparable));
      },
    }),
  ),
  {
    says: 'generated columns are read like others',
    appliesTo: (harness) => harness.streams,
    async check({ make }) {
      const { connector } = await make({
        name: 'made',
        columns: { id: 'integer', name: 'text', again: { type: 'text', nullable: true, copyOf: 'name' } },
        key: ['id'],
        rows: [{ id: 1, name: 'Åsa' }],
      });
      const found = await ask(connector, {
        table: 'made',
        matches: [matchOn('again', ['Åsa'])],
        fields: ['again'],
      });
      expect(found.map(({ values: row }) => row)).toEqual([['Åsa']]);
    },
  },
];
