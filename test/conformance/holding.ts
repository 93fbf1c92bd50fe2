import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Call, Change, Connector } from '../../src/connector/contract.js';
import { call } from './ask.js';
import { errorOf } from './error-of.js';
import type { Table } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import { contentOf, deletionOf, writing as opened, recordsOf, updateOf, writerOf } from './writer-steps.js';
import { writes } from './writing.js';

const people: Table = {
  name: 'people',
  columns: { id: 'integer', all: 'integer', name: 'text' },
  key: ['id'],
  rows: [1, 2, 3].map((id) => ({ id, all: 1, name: `${id}` })),
};

/** One writer changes a record, in a transaction of its own. */
async function changed(connector: Connector, change: Change, made: Call): Promise<number> {
  return opened(
    connector,
    async (writer) => {
      const { records } = await writer.apply(change);
      await writer.commit();
      return records;
    },
    made,
  );
}

/** What a writer holds is not another's to change. */
export const holding: readonly Guarantee[] = [
  {
    says: 'a held record is not changed by another writer, who waits, and in the end fails as transient',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const records = await recordsOf(connector, 'people', [1, 2, 9]);
      const update = await updateOf(connector, 'people', ['name'], [[2, 'theirs']]);
      const deletion = await deletionOf(connector, 'people', [1]);
      await opened(connector, async (writer) => {
        expect(await writer.lock(records)).toBe(2);
        for (const change of [update, deletion]) {
          const error = await errorOf(changed(connector, change, call(1_000)));
          expect(error.kind).toBe('transient');
        }
      });
      expect(await contentOf(connector, 'people', ['name'])).toEqual({ 1: ['1'], 2: ['2'], 3: ['3'] });
    },
  },
  {
    says: 'whoever waits goes on once the record is let go, and sees it as it then is',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const first = await writerOf(connector);
      await first.lock(await recordsOf(connector, 'people', [1, 2]));
      const waiting = changed(connector, await deletionOf(connector, 'people', [1, 2]), call(10_000));
      await wait(150);
      await first.apply(await deletionOf(connector, 'people', [1]));
      await first.commit();
      await first.close();
      expect(await waiting).toBe(1);
      expect(Object.keys(await contentOf(connector, 'people', []))).toEqual(['3']);
    },
  },
  {
    says: 'an abort ends the waiting within a second, as cancelled',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const deletion = await deletionOf(connector, 'people', [1]);
      const records = await recordsOf(connector, 'people', [1]);
      const controller = new AbortController();
      await opened(connector, async (writer) => {
        await writer.lock(records);
        const error = errorOf(changed(connector, deletion, call(20_000, controller.signal)));
        await wait(300);
        const started = Date.now();
        controller.abort();
        expect((await error).kind).toBe('cancelled');
        expect(Date.now() - started).toBeLessThan(1_000);
        expect(await writer.lock(records)).toBe(1);
      });
      expect(Object.keys(await contentOf(connector, 'people', []))).toHaveLength(3);
    },
  },
  {
    says: 'another record of the table is free meanwhile, and to find holds nothing',
    appliesTo: ({ writes: facts }) => facts?.exclusive === false,
    async check({ make }) {
      const { connector } = await make(people);
      const update = await updateOf(connector, 'people', ['name'], [[3, 'theirs']]);
      const records = await recordsOf(connector, 'people', [1]);
      await opened(connector, async (writer) => {
        await contentOf(connector, 'people', ['name'], writer);
        await writer.lock(records);
        expect(await changed(connector, update, call(5_000))).toBe(1);
        expect((await contentOf(connector, 'people', ['name'], writer))[3]).toEqual(['theirs']);
      });
    },
  },
  {
    says: 'nobody begins to refer to a held record',
    appliesTo: ({ writes: facts, references }) => facts !== undefined && references,
    async check({ make }) {
      const { connector } = await make(people, {
        name: 'things',
        columns: { id: 'integer', all: 'integer', person: { type: 'integer', nullable: true } },
        key: ['id'],
        references: [{ fields: ['person'], to: 'people', on: ['id'], onDelete: 'cascade' }],
        rows: [{ id: 1, all: 1, person: 3 }],
      });
      const records = await recordsOf(connector, 'people', [1]);
      const update = await updateOf(connector, 'things', ['person'], [[1, 1]]);
      await opened(connector, async (writer) => {
        await writer.lock(records);
        expect((await errorOf(changed(connector, update, call(1_000)))).kind).toBe('transient');
      });
      expect(await contentOf(connector, 'things', ['person'])).toEqual({ 1: [3] });
    },
  },
  {
    says: 'a record that is held can be read',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      await opened(connector, async (writer) => {
        await writer.lock(await recordsOf(connector, 'people', [1, 2, 3]));
        await writer.apply(await deletionOf(connector, 'people', [3]));
        expect(Object.keys(await contentOf(connector, 'people', []))).toHaveLength(3);
      });
    },
  },
];
