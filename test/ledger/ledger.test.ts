import { createHash, createHmac } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewEntry } from '../../src/ledger/entry.js';
import { checkImpersonal } from '../../src/ledger/impersonal.js';
import { entryOf, openLedger } from '../../src/ledger/ledger.js';
import { verifyLedger } from '../../src/ledger/verify.js';
import type { RequestId } from '../../src/model/request.js';
import { clockAt, findOf, folder, ledgerIn, tamper } from './support.js';

describe('the ledger', () => {
  test('is made at first use, private, with its key and its head', async () => {
    const dir = folder();
    await ledgerIn(dir);
    for (const name of ['ledger.db', 'ledger.key', 'ledger.head']) {
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    }
    expect(readFileSync(join(dir, 'ledger.key'))).toHaveLength(32);
  });

  test('numbers entries from the one that tells its making', async () => {
    const ledger = await ledgerIn(folder());
    expect(ledger.append(findOf(ledger))).toBe(2);
    expect(ledger.appendAll([findOf(ledger), findOf(ledger)])).toEqual([3, 4]);
    const kinds = [...ledger.links()].map((link) => entryOf(link).kind);
    expect(kinds).toEqual(['ledger', 'find', 'find', 'find']);
  });

  test('records who, when, and that the clock was set for a rehearsal', async () => {
    const dir = folder();
    const before = await ledgerIn(dir, clockAt('2026-03-03T09:00:00Z'));
    before.append(findOf(before));
    const rehearsal = await ledgerIn(dir, clockAt('2020-01-01T00:00:00+01:00', true));
    rehearsal.append(findOf(rehearsal));
    const [real, rehearsed] = [...rehearsal.links({ after: 1 })].map(entryOf);
    expect(real).toMatchObject({ operator: 'per', at: '2026-03-03T09:00:00.000Z' });
    expect(real).not.toHaveProperty('rehearsed');
    expect(rehearsed).toMatchObject({ at: '2019-12-31T23:00:00.000Z', rehearsed: true });
    expect((await verifyLedger(dir)).entries).toBe(3);
  });

  test('chains each entry to the one before, as the format says', async () => {
    const ledger = await ledgerIn(folder());
    ledger.append(findOf(ledger));
    let previous = '0'.repeat(64);
    for (const { body, hash } of ledger.links()) {
      expect(hash).toBe(createHash('sha256').update(`${previous}${body}`).digest('hex'));
      previous = hash;
    }
    expect(ledger.head()).toEqual({ count: 2, hash: previous });
  });

  test('keeps every entry through a close', async () => {
    const dir = folder();
    const first = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'));
    first.append(findOf(first));
    const links = [...first.links()];
    first.close();
    expect([...(await ledgerIn(dir)).links()]).toEqual(links);
  });

  test('adds all of several entries or none', async () => {
    const ledger = await ledgerIn(folder());
    const bad = { ...findOf(ledger), operator: 'two\nlines' } as NewEntry;
    expect(() => ledger.appendAll([findOf(ledger), bad])).toThrow(/operator/);
    expect(ledger.head().count).toBe(1);
  });

  test('reads a window at a time beyond a thousand entries, and one request of them', async () => {
    const ledger = await ledgerIn(folder());
    const entries = Array.from(
      { length: 2_300 },
      (_, index): NewEntry => ({
        ...findOf(ledger),
        request: index % 1_000 === 0 ? 'R-2026-0007' : null,
      }),
    );
    ledger.appendAll(entries);
    expect([...ledger.links()].map((link) => link.seq)).toEqual(
      Array.from({ length: 2_301 }, (_, i) => i + 1),
    );
    expect([...ledger.links({ request: 'R-2026-0007' })].map((link) => link.seq)).toEqual([2, 1_002, 2_002]);
  });

  test('knows the highest request number of a year, also beyond four digits', async () => {
    const ledger = await ledgerIn(folder());
    const named = (request: RequestId): NewEntry => ({ ...findOf(ledger), request });
    ledger.appendAll([
      named('R-2025-0900'),
      named('R-2026-9999'),
      named('R-2026-10000'),
      named('R-2026-0002'),
    ]);
    expect(ledger.highestRequest(2026)).toBe(10_000);
    expect(ledger.highestRequest(2027)).toBe(0);
  });
});

describe('a person in the ledger', () => {
  test('is an HMAC-SHA-256 under the key, told apart by type', async () => {
    const dir = folder();
    const ledger = await ledgerIn(dir);
    const key = readFileSync(join(dir, 'ledger.key'));
    const expected = createHmac('sha256', key).update('dsr:subject\nemail\nanna@example.se').digest('hex');
    expect(ledger.subjectTag('email', 'anna@example.se')).toBe(expected);
    expect(ledger.subjectTag('username', 'anna@example.se')).not.toBe(expected);
  });

  test('has another tag in another ledger', async () => {
    const [one, other] = [await ledgerIn(folder()), await ledgerIn(folder())];
    expect(one.subjectTag('email', 'anna@example.se')).not.toBe(other.subjectTag('email', 'anna@example.se'));
  });

  test('leaves nothing of the value in any file of the ledger', async () => {
    const dir = folder();
    const ledger = await ledgerIn(dir);
    const values = ['anna@example.se', '199006022397', '+46701740605', 'Anna Åberg'];
    for (const value of values) ledger.append(findOf(ledger, value));
    for (const name of ['ledger.db', 'ledger.key', 'ledger.head']) {
      const bytes = readFileSync(join(dir, name));
      for (const value of values) expect(bytes.includes(value), `${value} in ${name}`).toBe(false);
    }
  });

  test.each([
    ['a mail address as a collection', { collections: { 'anna@example.se': { own: 1 } } }],
    ['a value as a tag', { subject: [{ type: 'email', tag: 'anna@example.se' }] }],
    ['a value as a type', { subject: [{ type: 'Anna Åberg', tag: 'ab'.repeat(32) }] }],
    ['a personnummer as a request', { request: '199006022397' }],
    ['a name no entry has', { why: 'namnet stämmer' }],
    ['a value as a hash', { map: 'sha256:199006022397' }],
    ['a status that is no word', { sources: { crm: 'down: anna@example.se' } }],
  ])('is kept out: %s', async (_what, wrong) => {
    const ledger = await ledgerIn(folder());
    expect(() => ledger.append({ ...findOf(ledger), ...wrong } as NewEntry)).toThrow(/may not say this/);
  });

  test('is kept out whatever text stands under a name that is not known', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const entry = {
          kind: 'ledger',
          format: 1,
          key: 'ab'.repeat(32),
          at: '2026-03-03T09:00:00.000Z',
          text,
        };
        expect(() => checkImpersonal(entry as never)).toThrow(/text/);
      }),
    );
  });
});

describe('the ledger is append-only', () => {
  const refused = /append-only/;

  test.each([
    ['update', `update entries set body = '{}' where seq = 1`],
    ['update or replace', `update or replace entries set seq = 1 where seq = 2`],
    ['delete', `delete from entries where seq = 2`],
    ['replace', `replace into entries values (2, '{}', '')`],
    ['insert or ignore', `insert or ignore into entries values (2, '{}', '')`],
    ['upsert', `insert into entries values (2, '{}', '') on conflict do update set body = '{}'`],
    ['a number that leaves a gap', `insert into entries values (9, '{}', '')`],
    ['a number before the first', `insert into entries values (0, '{}', '')`],
    ['a number left to SQLite', `insert into entries (body, hash) values ('{}', '')`],
  ])('refuses %s', async (_what, sql) => {
    const dir = folder();
    const ledger = await ledgerIn(dir);
    ledger.append(findOf(ledger));
    const before = [...ledger.links()];
    expect(() => tamper(join(dir, 'ledger.db'), sql, true)).toThrow(refused);
    expect([...ledger.links()]).toEqual(before);
  });
});

describe('a ledger is refused', () => {
  test.each([['ledger.key'], ['ledger.head'], ['ledger.db']])('without %s', async (name) => {
    const dir = folder();
    const ledger = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'));
    ledger.append(findOf(ledger));
    ledger.close();
    rmSync(join(dir, name));
    const error = {
      kind: 'ledger',
      message: expect.stringContaining(name),
      hint: expect.stringMatching(/restore/),
    };
    await expect(openLedger(dir, clockAt('2026-03-03T09:00:00Z'))).rejects.toMatchObject(error);
    await expect(verifyLedger(dir)).rejects.toMatchObject(error);
    expect(existsSync(join(dir, name))).toBe(false);
  });

  test('with the key of another ledger', async () => {
    const [dir, other] = [folder(), folder()];
    const ledger = await ledgerIn(dir);
    ledger.append(findOf(ledger));
    await ledgerIn(other);
    writeFileSync(join(dir, 'ledger.key'), readFileSync(join(other, 'ledger.key')));
    await expect(ledgerIn(dir)).rejects.toMatchObject({ kind: 'ledger' });
    await expect(verifyLedger(dir)).rejects.toMatchObject({ kind: 'ledger' });
  });

  test('with the key and head of another ledger', async () => {
    const [dir, other] = [folder(), folder()];
    await ledgerIn(dir);
    await ledgerIn(other);
    for (const name of ['ledger.key', 'ledger.head']) {
      writeFileSync(join(dir, name), readFileSync(join(other, name)));
    }
    await expect(ledgerIn(dir)).rejects.toMatchObject({ kind: 'ledger' });
    await expect(verifyLedger(dir)).rejects.toMatchObject({ kind: 'ledger' });
  });

  test('with a key that was cut short', async () => {
    const dir = folder();
    await ledgerIn(dir);
    writeFileSync(join(dir, 'ledger.key'), Buffer.alloc(31));
    await expect(ledgerIn(dir)).rejects.toMatchObject({
      kind: 'ledger',
      message: expect.stringMatching(/31 bytes/),
    });
  });

  test('when it is no SQLite file', async () => {
    const dir = folder();
    const ledger = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'));
    ledger.close();
    writeFileSync(join(dir, 'ledger.db'), 'not a database, and long enough to look like one '.repeat(50));
    await expect(ledgerIn(dir)).rejects.toMatchObject({ kind: 'ledger' });
    await expect(verifyLedger(dir)).rejects.toMatchObject({ kind: 'ledger' });
  });

  test('but not when its making was broken off before the first entry', async () => {
    const dir = folder();
    await (await openLedger(dir, clockAt('2026-03-03T09:00:00Z'))).close();
    const key = readFileSync(join(dir, 'ledger.key'));
    rmSync(join(dir, 'ledger.db'));
    rmSync(join(dir, 'ledger.head'));
    const ledger = await ledgerIn(dir);
    ledger.append(findOf(ledger));
    expect(readFileSync(join(dir, 'ledger.key'))).toEqual(key);
    expect((await verifyLedger(dir)).entries).toBe(2);
  });
});

describe('a locked ledger', () => {
  test('is one clear message that names the file, and nothing is added', async () => {
    const dir = folder();
    const ledger = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'), { busyTimeoutMs: 50 });
    const holder = new Database(join(dir, 'ledger.db'));
    holder.exec('begin exclusive');
    try {
      expect(() => ledger.append(findOf(ledger))).toThrow(
        expect.objectContaining({
          kind: 'transient',
          message: expect.stringMatching(/ledger is locked by another process: .*ledger\.db/),
          hint: expect.stringMatching(/try again/),
        }),
      );
    } finally {
      holder.exec('rollback');
      holder.close();
    }
    expect(ledger.append(findOf(ledger))).toBe(2);
    ledger.close();
  });
});
