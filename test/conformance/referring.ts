import { expect } from 'vitest';
import type { Writer } from '../../src/connector/contract.js';
import type { ReferenceInfo } from '../../src/model/catalog.js';
import type { Fixture, Harness, Table } from './fixture.js';
import type { Guarantee, Stage } from './guarantee.js';
import { refusal } from './refusal.js';
import { contentOf, deletionOf, done, writing as opened, updateOf } from './writer-steps.js';

const withReferences = ({ writes, references }: Harness) => writes !== undefined && references;

const owners: Table = {
  name: 'owners',
  columns: { id: 'integer', all: 'integer' },
  key: ['id'],
  rows: [0, 1, 2].map((id) => ({ id, all: 1 })),
};

function things(onDelete: ReferenceInfo['onDelete'], more: Partial<Table> = {}): Table {
  return {
    name: 'things',
    columns: { id: 'integer', all: 'integer', owner: { type: 'integer', nullable: true, default: 0 } },
    key: ['id'],
    references: [{ fields: ['owner'], to: 'owners', on: ['id'], onDelete }],
    rows: [
      { id: 10, all: 1, owner: 1 },
      { id: 20, all: 1, owner: 2 },
      { id: 30, all: 1, owner: null },
    ],
    ...more,
  };
}

/** A source that puts all of them off tells no earlier. */
const settled = (writer: Writer) => writer.settle();

/** Foreign keys are kept, and what they do by themselves is done. */
export const referring: readonly Guarantee[] = [
  ...(['no-action', 'restrict'] as const).map(
    (rule): Guarantee => ({
      says: `${rule}: a record that another refers to is not deleted`,
      appliesTo: withReferences,
      async check({ make }) {
        const fixture = await make(owners, things(rule));
        const { connector } = fixture;
        await refusal(fixture, await deletionOf(connector, 'owners', [1]), ['owners', 'things'], '', settled);
        expect(
          await done(
            connector,
            await deletionOf(connector, 'things', [10]),
            await deletionOf(connector, 'owners', [1]),
          ),
        ).toEqual([1, 1]);
      },
    }),
  ),
  {
    says: 'cascade: what refers to a deleted record goes with it, further down too, and is not counted',
    appliesTo: withReferences,
    async check({ make }) {
      const parts: Table = {
        name: 'parts',
        columns: { id: 'integer', all: 'integer', thing: 'integer' },
        key: ['id'],
        references: [{ fields: ['thing'], to: 'things', on: ['id'], onDelete: 'cascade' }],
        rows: [
          { id: 100, all: 1, thing: 10 },
          { id: 200, all: 1, thing: 20 },
        ],
      };
      const { connector } = await make(owners, things('cascade'), parts);
      await opened(connector, async (writer) => {
        expect(await writer.apply(await deletionOf(connector, 'owners', [1]))).toEqual({ records: 1 });
        expect(Object.keys(await contentOf(connector, 'things', [], writer))).toEqual(['20', '30']);
        expect(Object.keys(await contentOf(connector, 'parts', [], writer))).toEqual(['200']);
        await writer.commit();
      });
      expect(Object.keys(await contentOf(connector, 'parts', []))).toEqual(['200']);
    },
  },
  {
    says: 'set-null and set-default: what refers to a deleted record keeps that instead',
    appliesTo: withReferences,
    async check({ make, harness }) {
      const rules =
        harness.writes?.setDefault === true
          ? (['set-null', 'set-default'] as const)
          : (['set-null'] as const);
      for (const rule of rules) {
        const { connector } = await make(owners, things(rule));
        expect(await done(connector, await deletionOf(connector, 'owners', [1]))).toEqual([1]);
        const left = rule === 'set-null' ? null : 0;
        expect(await contentOf(connector, 'things', ['owner'])).toEqual({ 10: [left], 20: [2], 30: [null] });
      }
    },
  },
  {
    says: 'a reference is not changed to where nothing is',
    appliesTo: withReferences,
    async check({ make }) {
      const fixture = await make(owners, things('no-action'));
      const update = await updateOf(fixture.connector, 'things', ['owner'], [[10, 1_990_060_223]]);
      await refusal(fixture, update, ['owners', 'things'], '1990060223', settled);
    },
  },
  {
    says: 'a reference of several fields refers only where none of them is null',
    appliesTo: withReferences,
    async check({ make }) {
      const { connector } = await make(
        {
          name: 'owners',
          columns: { a: 'integer', b: 'text', all: 'integer' },
          key: ['a', 'b'],
          rows: [{ a: 0, b: '', all: 1 }],
        },
        {
          name: 'things',
          columns: {
            id: 'integer',
            all: 'integer',
            a: { type: 'integer', nullable: true },
            b: { type: 'text', nullable: true },
          },
          key: ['id'],
          references: [{ fields: ['a', 'b'], to: 'owners', on: ['a', 'b'], onDelete: 'cascade' }],
          rows: [
            { id: 1, all: 1, a: 0, b: '' },
            { id: 2, all: 1, a: 0, b: null },
          ],
        },
      );
      await done(connector, await updateOf(connector, 'things', ['a', 'b'], [[2, 77, null]]));
      await done(connector, await deletionOf(connector, 'owners', [[0, '']]));
      expect(await contentOf(connector, 'things', ['a', 'b'])).toEqual({ 2: [77, null] });
    },
  },
  {
    says: 'a reference that can be put off counts when it is settled, not before',
    appliesTo: (harness) => withReferences(harness) && harness.writes?.deferrable === true,
    async check(stage) {
      const { connector } = await deferred(stage);
      const owner = await deletionOf(connector, 'owners', [1]);
      const thing = await deletionOf(connector, 'things', [10]);
      await opened(connector, async (writer) => {
        await writer.apply(owner);
        await writer.apply(thing);
        await writer.settle();
        await writer.commit();
      });
      expect(Object.keys(await contentOf(connector, 'owners', []))).toEqual(['0', '2']);
      expect(Object.keys(await contentOf(connector, 'things', []))).toEqual(['20', '30']);
    },
  },
  {
    says: 'where it leads nowhere then, settling refuses, and so does the commit',
    appliesTo: (harness) => withReferences(harness) && harness.writes?.deferrable === true,
    async check(stage) {
      const fixture = await deferred(stage);
      const { connector } = fixture;
      const owner = await deletionOf(connector, 'owners', [1]);
      for (const last of ['settle', 'commit'] as const) {
        await refusal(fixture, owner, ['owners', 'things'], '', (writer) => writer[last]());
      }
    },
  },
];

function deferred({ make }: Stage): Promise<Fixture> {
  const [reference] = things('no-action').references ?? [];
  if (reference === undefined) throw new Error('no reference');
  return make(owners, things('no-action', { references: [{ ...reference, deferred: true }] }));
}
