import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Call, Reader } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { allOf, ask, call, keysOf, matchOn, queryOf } from './ask.js';
import { errorOf, told } from './error-of.js';
import type { Fixture, Table } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import { heldBytes } from './held-bytes.js';

const numbered = (count: number): Table => ({
  name: 'numbered',
  columns: { id: 'integer', owner: 'integer' },
  key: ['id'],
  rows: Array.from({ length: count }, (_none, id) => ({ id, owner: 1 })),
});

/** How a reader behaves while it reads. */
export const reading: readonly Guarantee[] = [
  {
    says: 'what is committed after a reader was opened is not seen by it, though nothing was read yet',
    async check({ make }) {
      const fixture = await make(numbered(3));
      const query = await queryOf(fixture.connector, { table: 'numbered', matches: [matchOn('owner', [1])] });
      const reader = await fixture.connector.reader(call());
      await fixture.insert('numbered', [{ id: 100, owner: 1 }]);
      expect(keysOf(await allOf(reader, query))).toEqual(['0', '1', '2']);
      await fixture.insert('numbered', [{ id: 101, owner: 1 }]);
      expect(keysOf(await allOf(reader, query))).toEqual(['0', '1', '2']);
      await reader.close();
      expect(await ask(fixture.connector, { table: 'numbered', matches: query.matches })).toHaveLength(5);
    },
  },
  {
    says: 'a reader cannot write, whatever it reads',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.writing === undefined) return skip('nothing that is read can write here');
      await fixture.writing();
      const asked = ask(fixture.connector, { table: 'writing', key: ['id'], matches: [matchOn('id', [1])] });
      await expect(asked).rejects.toBeInstanceOf(DsrError);
    },
  },
  {
    says: 'breaking off an iteration leaves the reader usable',
    async check({ make }) {
      const { connector } = await make(numbered(20_000));
      const query = await queryOf(connector, { table: 'numbered', matches: [matchOn('owner', [1])] });
      const reader = await connector.reader(call());
      for (let times = 0; times < 3; times += 1) {
        for await (const batch of reader.find(query)) {
          expect(batch.length).toBeGreaterThan(0);
          break;
        }
      }
      expect(await allOf(reader, query)).toHaveLength(20_000);
      await reader.close();
    },
  },
  {
    says: 'a reader may be closed in the middle of an iteration, and the connector right after',
    async check({ make }) {
      const { connector } = await make(numbered(20_000));
      const query = await queryOf(connector, { table: 'numbered', matches: [matchOn('owner', [1])] });
      const reader = await connector.reader(call());
      const iterator = reader.find(query)[Symbol.asyncIterator]();
      expect((await iterator.next()).done).toBe(false);
      await iterator.return?.();
      await reader.close();
      await reader.close();
    },
  },
  {
    says: 'as many queries run at once in one reader as the connector says',
    async check({ make }) {
      const { connector } = await make(numbered(3_000));
      const query = await queryOf(connector, { table: 'numbered', matches: [matchOn('owner', [1])] });
      const reader = await connector.reader(call());
      const together = Array.from({ length: connector.properties.concurrency }, () => allOf(reader, query));
      for (const found of await Promise.all(together)) expect(found).toHaveLength(3_000);
      await reader.close();
    },
  },
  {
    says: 'an abort ends a slow scan within a second, as cancelled',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.slow === undefined) return skip('nothing is slow here');
      await fixture.slow();
      const controller = new AbortController();
      const { kind, ms } = await ended(fixture, call(25_000, controller.signal), async () => {
        await wait(300);
        controller.abort();
      });
      expect(kind).toBe('cancelled');
      expect(ms).toBeLessThan(1_300);
    },
  },
  {
    says: 'a time-out ends a slow scan within a second, as transient',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.slow === undefined) return skip('nothing is slow here');
      await fixture.slow();
      const { kind, ms } = await ended(fixture, call(400), async () => {});
      expect(kind).toBe('transient');
      expect(ms).toBeLessThan(1_400);
    },
  },
  {
    says: 'the time that a batch is used does not count for the time-out',
    async check({ make }) {
      const { connector } = await make(numbered(5_000));
      const query = await queryOf(connector, { table: 'numbered', matches: [matchOn('owner', [1])] });
      const reader = await connector.reader(call(1_000));
      let count = 0;
      for await (const batch of reader.find(query)) {
        if (count === 0) await wait(1_300);
        count += batch.length;
      }
      expect(count).toBe(5_000);
      await reader.close();
    },
  },
  {
    says: 'a call that is already aborted is refused',
    async check({ make }) {
      const { connector } = await make(numbered(1));
      const aborted = call(5_000, AbortSignal.abort());
      await expect(connector.reader(aborted)).rejects.toBeInstanceOf(DsrError);
      await expect(connector.describe(aborted)).rejects.toBeInstanceOf(DsrError);
    },
  },
  {
    says: 'memory does not grow with the result',
    appliesTo: (harness) => harness.streams,
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.big === undefined) return skip('no big table');
      const rows = 100_000;
      await fixture.big(rows);
      const query = await queryOf(fixture.connector, {
        table: 'big',
        matches: [matchOn('owner', [1])],
        fields: ['id', 'payload'],
      });
      const reader = await fixture.connector.reader(call(120_000));
      const before = heldBytes();
      let count = 0;
      let most = 0;
      for await (const batch of reader.find(query)) {
        const tens = Math.floor(count / 10_000);
        count += batch.length;
        if (Math.floor(count / 10_000) > tens) most = Math.max(most, heldBytes());
      }
      await reader.close();
      expect(count).toBe(rows);
      // The result is some 100 MB of text, more than that as objects.
      expect((most - before) / 1e6).toBeLessThan(25);
    },
  },
  {
    says: 'an unknown collection or field is a configuration error that names it',
    async check({ make }) {
      const { connector } = await make(numbered(1));
      const query = await queryOf(connector, { table: 'numbered', matches: [matchOn('id', ['secret-1'])] });
      const reader = await connector.reader(call());
      const wrong = [
        { ...query, fields: ['nosuchfield'] },
        { ...query, matches: [matchOn('nosuchfield', ['secret-1'])] },
        {
          ...query,
          matches: [matchOn('id', ['secret-1'], { when: [{ field: 'nosuchfield', anyOf: ['secret-1'] }] })],
        },
      ];
      for (const one of wrong) {
        const error = await errorOf(allOf(reader, one));
        expect(error.kind).toBe('config');
        expect(error.message).toContain('nosuchfield');
        expect(told(error)).not.toContain('secret-1');
      }
      const error = await errorOf(allOf(reader, { ...query, collection: 'nosuchcollection' }));
      expect(error.kind).toBe('config');
      expect(error.message).toContain('nosuchcollection');
      await reader.close();
    },
  },
  {
    says: 'an error of the source tells no value, and carries no cause',
    async check({ make, skip }) {
      const fixture = await make();
      if (fixture.failing === undefined) return skip('nothing fails here');
      await fixture.failing('19900602-2397');
      const matches = [matchOn('name', ['19900602-2397'])];
      const error = await errorOf(
        ask(fixture.connector, { table: 'failing', key: ['id'], matches, fields: ['id', 'name'] }),
      );
      expect(told(error)).not.toContain('2397');
      expect(error.message).toContain('failing');
      expect(error.cause).toBeUndefined();
    },
  },
];

async function ended(fixture: Fixture, made: Call, then: () => Promise<void>) {
  const query = await queryOf(fixture.connector, {
    table: 'slow',
    key: ['id'],
    matches: [matchOn('email', ['nobody@example.se'])],
  });
  let reader: Reader | null = null;
  try {
    reader = await fixture.connector.reader(made);
    const started = Date.now();
    const error = errorOf(allOf(reader, query));
    await then();
    const { kind } = await error;
    return { kind, ms: Date.now() - started };
  } finally {
    await reader?.close();
  }
}
