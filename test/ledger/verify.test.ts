import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { canonicalBody, chainHash } from '../../src/ledger/chain.js';
import { openLedger } from '../../src/ledger/ledger.js';
import { verifyLedger } from '../../src/ledger/verify.js';
import { clockAt, findOf, folder, tamper } from './support.js';

const ENTRIES = 7;

/** A closed ledger of ENTRIES entries, the first of them its making. */
async function sealed(): Promise<{ readonly dir: string; readonly db: string }> {
  const dir = folder();
  const ledger = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'));
  for (let seq = 2; seq <= ENTRIES; seq += 1) ledger.append(findOf(ledger, `anna${seq}@example.se`));
  ledger.close();
  return { dir, db: join(dir, 'ledger.db') };
}

function at(seq: number): object {
  return {
    kind: 'ledger',
    message: expect.stringMatching(new RegExp(`entry ${seq}\\b`)),
    hint: expect.any(String),
  };
}

/** Gives entry `seq` this body, and hashes that follow to all from there on, as a careful forger would. */
function forge(db: string, seq: number, change: (body: string) => string): void {
  const file = new Database(db);
  const rows = file
    .prepare<[], { seq: number; body: string; hash: string }>('select * from entries order by seq')
    .all();
  file.close();
  let previous = rows[seq - 2]?.hash ?? '0'.repeat(64);
  const sql = rows.slice(seq - 1).map((row) => {
    const body = row.seq === seq ? change(row.body) : row.body;
    previous = chainHash(previous, body);
    return `update entries set body = '${body.replaceAll("'", "''")}', hash = '${previous}' where seq = ${row.seq};`;
  });
  tamper(db, sql.join('\n'));
}

describe('verify', () => {
  test('tells how many entries hold, and the hash that stands for all of them', async () => {
    const { dir, db } = await sealed();
    const file = new Database(db, { readonly: true });
    const last = file.prepare<[], { hash: string }>('select hash from entries order by seq desc').get();
    file.close();
    expect(await verifyLedger(dir)).toEqual({ entries: ENTRIES, head: last?.hash });
  });

  test('holds for a ledger that was never begun, and makes none', async () => {
    const dir = folder();
    expect((await verifyLedger(dir)).entries).toBe(0);
    expect((await verifyLedger(dir)).entries).toBe(0);
  });

  test('changes no byte', async () => {
    const { dir, db } = await sealed();
    const before = readFileSync(db);
    await verifyLedger(dir);
    expect(readFileSync(db)).toEqual(before);
  });

  test.each([
    ['a changed body', `update entries set body = replace(body, '"per"', '"pär"') where seq = 4`, 4],
    ['a body that is no JSON', `update entries set body = 'gone' where seq = 4`, 4],
    ['an emptied body', `update entries set body = '' where seq = 4`, 4],
    ['a changed hash', `update entries set hash = replace(hash, substr(hash, 1, 1), 'x') where seq = 4`, 4],
    ['a hash in upper case', `update entries set hash = upper(hash) where seq = 4`, 4],
    ['a changed last entry', `update entries set body = replace(body, '"per"', '"pär"') where seq = 7`, 7],
    ['a changed first entry', `update entries set body = replace(body, '1', '2') where seq = 1`, 1],
    ['a removed entry', `delete from entries where seq = 4`, 4],
    ['a removed first entry', `delete from entries where seq = 1`, 1],
    [
      'a removed entry, the rest moved up',
      `delete from entries where seq = 4; update entries set seq = seq - 1 where seq > 4`,
      4,
    ],
    [
      'two entries that changed places',
      `update entries set seq = -4 where seq = 4; update entries set seq = 4 where seq = 5;
       update entries set seq = 5 where seq = -4`,
      4,
    ],
    [
      'an entry put before the first',
      `insert into entries select 0, body, hash from entries where seq = 2`,
      1,
    ],
    [
      'an entry added without a chain',
      `insert into entries select 8, body, hash from entries where seq = 2`,
      8,
    ],
    ['a cut-off end', `delete from entries where seq > 5`, 6],
    ['a cut-off last entry', `delete from entries where seq = 7`, 7],
    ['everything removed', `delete from entries`, 1],
    ['the table dropped', `drop table entries`, 1],
  ])('finds %s', async (_what, sql, seq) => {
    const { dir, db } = await sealed();
    tamper(db, sql, sql.startsWith('drop'));
    await expect(verifyLedger(dir)).rejects.toMatchObject(at(seq));
  });

  test('finds an entry rewritten together with every hash after it', async () => {
    const { dir, db } = await sealed();
    forge(db, 4, (body) => body.replace('"per"', '"pia"'));
    await expect(verifyLedger(dir)).rejects.toMatchObject(at(ENTRIES));
  });

  test('finds a body that is not in its canonical form, though its hash fits', async () => {
    const { dir, db } = await sealed();
    forge(db, 4, (body) => canonicalBody(JSON.parse(body)).replace(',', ', '));
    await expect(verifyLedger(dir)).rejects.toMatchObject({
      message: expect.stringMatching(/entry 4: its body is not canonical/),
    });
  });

  test('finds a body that names a thing twice, though its hash fits', async () => {
    const { dir, db } = await sealed();
    forge(db, 4, (body) => body.replace('{', '{"complete":false,'));
    await expect(verifyLedger(dir)).rejects.toMatchObject(at(4));
  });

  test('finds one changed byte anywhere in the rows', async () => {
    const { dir, db } = await sealed();
    const bytes = readFileSync(db);
    const start = bytes.indexOf('"kind":"find"');
    expect(start).toBeGreaterThan(0);
    for (const offset of [start, start + 8, start + 40, start + 200]) {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      writeFileSync(db, changed);
      await expect(verifyLedger(dir), `byte ${offset}`).rejects.toMatchObject({ kind: 'ledger' });
    }
    writeFileSync(db, bytes);
    expect((await verifyLedger(dir)).entries).toBe(ENTRIES);
  });

  test('finds an older ledger.db put back beside the newer head', async () => {
    const { dir, db } = await sealed();
    copyFileSync(db, `${db}.old`);
    const ledger = await openLedger(dir, clockAt('2026-03-04T09:00:00Z'));
    ledger.append(findOf(ledger));
    ledger.close();
    copyFileSync(`${db}.old`, db);
    await expect(verifyLedger(dir)).rejects.toMatchObject(at(ENTRIES + 1));
    await expect(openLedger(dir, clockAt('2026-03-04T09:00:00Z'))).rejects.toMatchObject(at(ENTRIES + 1));
  });

  test('finds a head that was changed to fit', async () => {
    const { dir, db } = await sealed();
    tamper(db, 'delete from entries where seq = 7');
    const head = join(dir, 'ledger.head');
    const file = new Database(db, { readonly: true });
    const last = file.prepare<[], { hash: string }>('select hash from entries order by seq desc').get();
    file.close();
    const [, , mac] = readFileSync(head, 'utf8').split(' ');
    writeFileSync(head, `6 ${last?.hash} ${mac}`);
    await expect(verifyLedger(dir)).rejects.toMatchObject({
      message: expect.stringMatching(/head was changed/),
    });
    rmSync(head);
    await expect(verifyLedger(dir)).rejects.toMatchObject({ message: expect.stringMatching(/ledger\.head/) });
  });

  test('finds that the triggers were taken away, though every entry holds', async () => {
    const { dir, db } = await sealed();
    tamper(db, 'drop trigger entries_are_not_removed', true);
    await expect(verifyLedger(dir)).rejects.toMatchObject({
      kind: 'ledger',
      message: expect.stringMatching(/7 entries .* hold .* entries_are_not_removed/),
    });
  });

  test('keeps the end from being papered over: nothing is appended to a ledger that was cut', async () => {
    const { dir, db } = await sealed();
    const ledger = await openLedger(dir, clockAt('2026-03-04T09:00:00Z'));
    tamper(db, 'delete from entries where seq = 7');
    expect(() => ledger.append(findOf(ledger))).toThrow(/entry 7 .* missing/);
    ledger.close();
  });
});
