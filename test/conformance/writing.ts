import { expect } from 'vitest';
import { ask, call, keysOf, matchOn } from './ask.js';
import { errorOf } from './error-of.js';
import type { Harness, Table } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import {
  contentOf,
  deletionOf,
  done,
  writing as opened,
  recordsOf,
  updateOf,
  writerOf,
} from './writer-steps.js';

const people: Table = {
  name: 'people',
  columns: { id: 'integer', all: 'integer', name: { type: 'text', nullable: true } },
  key: ['id'],
  rows: [
    { id: 1, all: 1, name: 'one' },
    { id: 2, all: 1, name: 'two' },
    { id: 3, all: 1, name: 'three' },
  ],
};
const before = { 1: ['one'], 2: ['two'], 3: ['three'] };
const after = { 1: ['new'], 3: ['three'] };

export const writes = ({ writes: facts }: Harness) => facts !== undefined;

/** A writer is one transaction. */
export const writing: readonly Guarantee[] = [
  {
    says: 'nothing of it is seen by others before the commit, all of it after',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const update = await updateOf(connector, 'people', ['name'], [[1, 'new']]);
      const deletion = await deletionOf(connector, 'people', [2]);
      await opened(connector, async (writer) => {
        expect(await writer.apply(update)).toEqual({ records: 1 });
        expect(await writer.apply(deletion)).toEqual({ records: 1 });
        expect(await contentOf(connector, 'people', ['name'])).toEqual(before);
        await writer.settle();
        expect(await contentOf(connector, 'people', ['name'])).toEqual(before);
        await writer.commit();
      });
      expect(await contentOf(connector, 'people', ['name'])).toEqual(after);
    },
  },
  {
    says: 'a reader opened before the commit keeps what it saw',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const matches = [matchOn('all', [1])];
      const reader = await connector.reader(call());
      await done(connector, await deletionOf(connector, 'people', [2]));
      const found: string[] = [];
      for await (const batch of reader.find({
        collection: (await recordsOf(connector, 'people', [])).collection,
        key: ['id'],
        matches,
        fields: [],
      })) {
        found.push(...keysOf(batch));
      }
      await reader.close();
      expect(found.sort()).toEqual(['1', '2', '3']);
    },
  },
  {
    says: 'to close it without a commit undoes everything',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const update = await updateOf(connector, 'people', ['name'], [[1, 'new']]);
      const deletion = await deletionOf(connector, 'people', [2, 3]);
      await opened(connector, async (writer) => {
        await writer.apply(update);
        await writer.apply(deletion);
        await writer.settle();
      });
      expect(await contentOf(connector, 'people', ['name'])).toEqual(before);
    },
  },
  {
    says: 'it may be closed again, also after the commit, which stands',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const writer = await writerOf(connector);
      await writer.apply(await deletionOf(connector, 'people', [2]));
      await writer.commit();
      await writer.close();
      await writer.close();
      expect(Object.keys(await contentOf(connector, 'people', []))).toEqual(['1', '3']);
    },
  },
  {
    says: 'one that only looks can be committed or closed',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      await opened(connector, (writer) => contentOf(connector, 'people', [], writer));
      await opened(connector, async (writer) => {
        await contentOf(connector, 'people', [], writer);
        await writer.settle();
        await writer.commit();
      });
      expect(await contentOf(connector, 'people', ['name'])).toEqual(before);
    },
  },
  {
    says: 'its find sees its own changes',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const update = await updateOf(connector, 'people', ['name'], [[1, 'new']]);
      const deletion = await deletionOf(connector, 'people', [2]);
      await opened(connector, async (writer) => {
        expect(await contentOf(connector, 'people', ['name'], writer)).toEqual(before);
        await writer.apply(update);
        await writer.apply(deletion);
        expect(await contentOf(connector, 'people', ['name'], writer)).toEqual(after);
        await writer.settle();
        expect(await contentOf(connector, 'people', ['name'], writer)).toEqual(after);
      });
    },
  },
  {
    says: 'its find sees what others committed since it was opened',
    appliesTo: ({ writes: facts }) => facts?.exclusive === false,
    async check({ make }) {
      const fixture = await make(people);
      const { connector } = fixture;
      const update = await updateOf(connector, 'people', ['name'], [[1, 'new']]);
      await opened(connector, async (writer) => {
        await contentOf(connector, 'people', ['name'], writer);
        await fixture.insert('people', [{ id: 4, all: 1, name: 'four' }]);
        expect(await contentOf(connector, 'people', ['name'], writer)).toEqual({ ...before, 4: ['four'] });
        await writer.apply(update);
        await fixture.insert('people', [{ id: 5, all: 1, name: 'five' }]);
        expect(Object.keys(await contentOf(connector, 'people', ['name'], writer))).toHaveLength(5);
      });
    },
  },
  {
    says: 'its find tells hits and takes conditions, as a reader does',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const matches = [
        matchOn('id', [3, 2, 9]),
        matchOn('name', ['TWO'], { mode: 'folded' }),
        matchOn('all', [1], { when: [{ field: 'name', anyOf: ['one'] }] }),
      ];
      const info = await recordsOf(connector, 'people', []);
      await opened(connector, async (writer) => {
        const found = [];
        for await (const batch of writer.find({
          collection: info.collection,
          key: ['id'],
          matches,
          fields: ['name'],
        })) {
          found.push(...batch);
        }
        const read = await ask(connector, { table: 'people', matches, fields: ['name'] });
        const sorted = (all: typeof read) =>
          all
            .map((each) => ({
              ...each,
              matched: each.matched.toSorted((a, b) => a.match - b.match || a.key - b.key),
            }))
            .sort((a, b) => Number(a.key[0]) - Number(b.key[0]));
        expect(sorted(found)).toEqual(sorted(read));
        expect(found).toHaveLength(3);
      });
    },
  },
  {
    says: 'a second writer works after the first was committed, and after one was closed',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      expect(await done(connector, await deletionOf(connector, 'people', [1]))).toEqual([1]);
      await opened(connector, async (writer) => {
        await writer.apply(await deletionOf(connector, 'people', [2]));
      });
      expect(await done(connector, await deletionOf(connector, 'people', [1, 2]))).toEqual([1]);
      expect(await contentOf(connector, 'people', ['name'])).toEqual({ 3: ['three'] });
    },
  },
  {
    says: 'a call that is already aborted gets no writer',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const error = await errorOf(writerOf(connector, call(5_000, AbortSignal.abort())));
      expect(error.kind).toBe('cancelled');
    },
  },
  {
    says: 'an unknown collection or field is a configuration error that names it, and tells no key',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const deletion = await deletionOf(connector, 'people', ['secret-1']);
      const update = await updateOf(connector, 'people', ['nosuchfield'], [['secret-1', 'secret-2']]);
      const wrong = [
        { ...deletion, collection: 'nosuchcollection' },
        { ...deletion, key: ['nosuchfield'] },
        update,
      ];
      for (const change of wrong) {
        const error = await errorOf(opened(connector, (writer) => writer.apply(change)));
        expect(error.kind).toBe('config');
        expect(error.message).toMatch(/nosuch(field|collection)/);
        expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain('secret');
      }
    },
  },
];
