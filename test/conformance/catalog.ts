import { expect } from 'vitest';
import { ask, call, infoOf, keysOf, matchOn } from './ask.js';
import type { Table } from './fixture.js';
import type { Guarantee } from './guarantee.js';

const target: Table = {
  name: 'target',
  columns: { id: 'integer', code: 'text' },
  key: ['id'],
  unique: [['code']],
  rows: [{ id: 1, code: 'a' }],
};

/** What a source says of itself. */
export const catalog: readonly Guarantee[] = [
  {
    says: 'the declared key is told in its order, and unique keys beside it',
    async check({ make }) {
      const { connector } = await make(target, {
        name: 'pairs',
        columns: { a: 'integer', b: 'text', c: 'text', d: 'text' },
        key: ['b', 'a'],
        unique: [['c', 'd']],
      });
      const info = await infoOf(connector, 'pairs');
      expect(info.key).toEqual({ fields: ['b', 'a'], kind: 'declared' });
      expect(info.unique).toEqual([['c', 'd']]);
      expect(info.kind).toBe('table');
      expect((await infoOf(connector, 'target')).unique).toEqual([['code']]);
    },
  },
  {
    says: 'fields are told in their order, with what may be null',
    async check({ make }) {
      const { connector } = await make({
        name: 'people',
        columns: { id: 'integer', Name: 'text', email: { type: 'text', nullable: true } },
        key: ['id'],
      });
      const { fields } = await infoOf(connector, 'people');
      expect(fields.map(({ name, nullable }) => [name, nullable])).toEqual([
        ['id', false],
        ['Name', false],
        ['email', true],
      ]);
      expect(fields.map(({ generated }) => generated)).toEqual([false, false, false]);
    },
  },
  {
    says: 'each type is told as its kind',
    async check({ make, harness }) {
      const kinds = {
        integer: ['integer'],
        bigint: ['integer'],
        decimal: ['decimal'],
        float: ['float'],
        boolean: ['boolean'],
        text: ['text'],
        // A source without such a type tells the one that holds it.
        enum: ['enum', 'text'],
        uuid: ['uuid', 'text'],
        date: ['date'],
        time: ['time'],
        timestamp: ['timestamp'],
        instant: ['instant'],
        bytes: ['bytes'],
        json: ['json'],
        'text-array': ['array'],
      } as const;
      const { connector } = await make({
        name: 'typed',
        columns: { id: 'integer', ...Object.fromEntries(harness.types.map((type) => [`a ${type}`, type])) },
        key: ['id'],
      });
      const { fields } = await infoOf(connector, 'typed');
      for (const type of harness.types) {
        const kind = fields.find(({ name }) => name === `a ${type}`)?.type.kind;
        expect(kinds[type], type).toContain(kind);
      }
    },
  },
  {
    says: 'generated columns are told as such',
    appliesTo: (harness) => harness.streams,
    async check({ make }) {
      const { connector } = await make({
        name: 'made',
        columns: { id: 'integer', name: 'text', again: { type: 'text', nullable: true, copyOf: 'name' } },
        key: ['id'],
      });
      const { fields } = await infoOf(connector, 'made');
      expect(fields.map(({ name, generated }) => [name, generated])).toEqual([
        ['id', false],
        ['name', false],
        ['again', true],
      ]);
    },
  },
  {
    says: 'references are told with their ON DELETE, also composite ones and one to the table itself',
    appliesTo: (harness) => harness.references,
    async check({ make }) {
      const { connector } = await make(
        { name: 'pairs', columns: { a: 'integer', b: 'integer' }, key: ['a', 'b'] },
        target,
        {
          name: 'leading',
          columns: {
            id: 'integer',
            target_id: { type: 'integer', nullable: true },
            pair_a: { type: 'integer', nullable: true },
            pair_b: { type: 'integer', nullable: true },
            parent: { type: 'integer', nullable: true },
          },
          key: ['id'],
          references: [
            { fields: ['target_id'], to: 'target', on: ['id'], onDelete: 'cascade' },
            { fields: ['pair_a', 'pair_b'], to: 'pairs', on: ['a', 'b'], onDelete: 'set-null' },
            { fields: ['parent'], to: 'leading', on: ['id'], onDelete: 'restrict' },
          ],
        },
      );
      const [info, toTarget, toPairs] = await Promise.all(
        ['leading', 'target', 'pairs'].map((name) => infoOf(connector, name)),
      );
      const told = info?.references.map(({ fields, to, on, onDelete }) => ({ fields, to, on, onDelete }));
      expect(told).toHaveLength(3);
      expect(told).toEqual(
        expect.arrayContaining([
          { fields: ['target_id'], to: toTarget?.id, on: ['id'], onDelete: 'cascade' },
          { fields: ['pair_a', 'pair_b'], to: toPairs?.id, on: ['a', 'b'], onDelete: 'set-null' },
          { fields: ['parent'], to: info?.id, on: ['id'], onDelete: 'restrict' },
        ]),
      );
    },
  },
  {
    says: 'views are told as views, and can be read where a key is named',
    async check({ make, skip }) {
      const fixture = await make(target);
      if (fixture.view === undefined) return skip('no views here');
      await fixture.view('seen', 'target');
      expect((await infoOf(fixture.connector, 'seen')).kind).toBe('view');
      const found = await ask(fixture.connector, {
        table: 'seen',
        key: ['id'],
        matches: [matchOn('code', ['a'])],
      });
      expect(keysOf(found)).toEqual(['1']);
    },
  },
  {
    says: 'row counts are estimates that are never negative, or null',
    async check({ make }) {
      const { connector } = await make(target);
      const { rows } = await infoOf(connector, 'target');
      if (rows !== null) expect(rows).toBeGreaterThanOrEqual(0);
    },
  },
  {
    says: 'partitions are read through their parent, and a foreign key on one counts for all',
    async check({ make, skip }) {
      const fixture = await make(target);
      if (fixture.parted === undefined) return skip('no partitions here');
      await fixture.parted();
      const { collections } = await fixture.connector.describe(call());
      expect(collections.map(({ name }) => name).sort()).toEqual(['parted', 'target']);
      const [parted, to] = [
        await infoOf(fixture.connector, 'parted'),
        await infoOf(fixture.connector, 'target'),
      ];
      expect(parted.references.map((reference) => reference.to)).toEqual([to.id]);
      const everywhere = matchOn('email', ['a@example.se']);
      const found = await ask(fixture.connector, { table: 'parted', key: ['id'], matches: [everywhere] });
      expect(new Set(keysOf(found)).size).toBe(2);
      expect(found).toHaveLength(2);
    },
  },
  {
    says: 'checks are told with their names and the fields that they speak of',
    appliesTo: ({ writes }) => writes !== undefined,
    async check({ make }) {
      const { connector } = await make(target, {
        name: 'notes',
        columns: { id: 'integer', note: { type: 'text', nullable: true }, other: 'text' },
        key: ['id'],
        never: { field: 'note', text: 'other (x' },
      });
      const { checks } = await infoOf(connector, 'notes');
      expect(checks?.map(({ name, fields }) => ({ name, fields }))).toEqual([
        { name: 'notes_never', fields: ['note'] },
      ]);
      expect((await infoOf(connector, 'target')).checks).toBeUndefined();
    },
  },
];
