import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import sqlite from '../../connectors/sqlite/index.js';
import type { Connector, Leftover } from '../../src/connector/contract.js';
import { limited } from '../../src/connector/limits.js';
import { errorOf } from '../conformance/error-of.js';
import { type TestDatabase, withEngine } from '../harness/engines.js';
import { call, config } from './asking.js';
import { committed, deletion, update } from './writing.js';

const MARKER = 'anna.marker@example.se';
const COUNT = 2_000;

/** People of whom the first is to go, so that a page is freed only in part; big values fill pages of their own. */
async function filled(mode: 'wal' | 'delete'): Promise<TestDatabase> {
  const db = await withEngine('sqlite');
  await db.exec(`pragma journal_mode = ${mode}`);
  await db.exec(`create table people (id integer primary key, email text, notes text);
    create index people_email on people (email);
    with recursive n (i) as (select 2 union all select i + 1 from n where i < ${COUNT})
    insert into people select i, 'p' || i || '@example.se', '' from n;
    insert into people values (1, '${MARKER}', printf('%.*c', 9000, 'x') || '${MARKER}')`);
  if (mode === 'wal') await db.exec('pragma wal_checkpoint(truncate)');
  return db;
}

async function open(db: TestDatabase, options = {}): Promise<Connector> {
  return limited(await sqlite.open(sqlite.parse(config(db.connection, options))), 'crm');
}

/** The file and what stands beside it, byte by byte. */
function standsIn({ connection }: TestDatabase): readonly string[] {
  return ['', '-wal', '-journal'].filter(
    (end) => existsSync(connection + end) && readFileSync(connection + end).includes(MARKER),
  );
}

const erasing = [
  ['deleted', [deletion('people', [1])]],
  ['masked', [update('people', ['email', 'notes'], [[1, 'p1@example.se', '']])]],
] as const;

describe.each(erasing)('the bytes of a SQLite record that was %s', (_how, changes) => {
  it('stay without options', async () => {
    const db = await filled('delete');
    const connector = await open(db);
    expect(connector.compact).toBeUndefined();
    expect(await committed(connector, ...changes)).toBe(1);
    expect(standsIn(db)).toEqual(['']);
    await connector.close();
    await db.drop();
  });

  it('are overwritten by secure_delete', async () => {
    const db = await filled('delete');
    expect(standsIn(db)).toEqual(['']);
    const connector = await open(db, { secure_delete: true });
    expect(connector.compact).toBeUndefined();
    await committed(connector, ...changes);
    expect(standsIn(db)).toEqual([]);
    await connector.close();
    await db.drop();
  });

  it.each(['delete', 'wal'] as const)('are gone after compaction, in journal mode %s', async (mode) => {
    const db = await filled(mode);
    const connector = await open(db, { vacuum: true });
    await committed(connector, ...changes);
    expect(standsIn(db)).toContain('');
    await connector.compact?.(call());
    expect(standsIn(db)).toEqual([]);
    await connector.compact?.(call());
    const [row] = await db.exec('select count(*) as rows from people');
    expect(Number(row?.rows)).toBe(changes[0].kind === 'delete' ? COUNT - 1 : COUNT);
    expect(await db.exec('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await connector.close();
    await db.drop();
  });
});

describe('compaction of a SQLite file', () => {
  it.each(['delete', 'wal'] as const)(
    'that is in use is transient and names the source, in journal mode %s',
    async (mode) => {
      const db = await filled(mode);
      const connector = await open(db, { vacuum: true });
      await committed(connector, deletion('people', [1]));
      // A reader of another program, in the middle of its reading.
      const other = await db.session();
      await other.exec('begin');
      await other.exec('select count(*) from people');
      const error = await errorOf(connector.compact?.(call(1_500)) ?? Promise.resolve());
      expect(error.kind).toBe('transient');
      expect(error.message).toContain('crm');
      expect(error.message).toContain('locked by another program');
      await other.exec('rollback');
      await connector.compact?.(call());
      expect(standsIn(db)).toEqual([]);
      await connector.close();
      await db.drop();
    },
  );
});

describe('what a deletion leaves in a SQLite file', () => {
  const told = async (db: TestDatabase, options = {}): Promise<readonly Leftover[]> => {
    const connector = await open(db, options);
    const left = await connector.leftovers?.(call());
    await connector.close();
    return left ?? [];
  };
  const what = (left: readonly Leftover[]) => left.map((one) => one.what).join(' ');

  it('is told by its journal mode and the options of the source', async () => {
    const db = await filled('delete');
    const plain = await told(db);
    expect(what(plain)).toContain('free pages');
    expect(plain[0]?.remedy).toContain('secure_delete: true');
    expect(what(plain)).not.toMatch(/-wal|-journal|full-text/);
    expect(what(await told(db, { secure_delete: true }))).not.toContain('free pages');
    const emptied = await told(db, { vacuum: true });
    expect(emptied[0]?.until).toContain('VACUUM has run');
    expect(emptied[0]?.remedy).toBeNull();
    expect([emptied[0]?.compacted, plain[0]?.compacted]).toEqual([true, undefined]);

    await db.exec('pragma journal_mode = wal');
    const logged = await told(db, { secure_delete: true });
    expect(what(logged)).toContain('(-wal)');
    expect(logged[0]?.until).toContain('checkpoint');
    await db.drop();
  });

  it('names a journal that stays, and a full-text index', async () => {
    const db = await filled('delete');
    await db.exec('pragma journal_mode = persist');
    await db.exec('create virtual table letters using fts5 (body)');
    expect(what(await told(db))).toMatch(/\(-journal\).*full-text index/);
    await db.drop();
  });
});
