import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { raw } from '../../connectors/sql/fragment.js';
import sqlite from '../../connectors/sqlite/index.js';
import { openSession } from '../../connectors/sqlite/session.js';
import { threadsOf } from '../../connectors/sqlite/thread.js';
import type { DsrError } from '../../src/model/error.js';
import { allOf, ask, call, infoOf, keysOf, matchOn, queryOf } from '../conformance/ask.js';
import { withEngine } from '../harness/engines.js';
import { permittedSkip } from '../harness/permitted-skip.js';
import { scratchFolder } from '../harness/scratch.js';

function source(connection: unknown, workspace = '/nowhere', options = {}) {
  return sqlite.parse({ name: 'crm', connection, options, workspace, scratch: scratchFolder() });
}

async function rejection(work: Promise<unknown>): Promise<DsrError> {
  return work.then(
    () => Promise.reject(new Error('did not reject')),
    (error: DsrError) => error,
  );
}

async function filled() {
  const db = await withEngine('sqlite');
  await db.exec(`create table people (id integer primary key, email text);
    insert into people values (1, 'a@example.se'), (2, 'b@example.se')`);
  return db;
}

describe('the connection of a SQLite source', () => {
  it('is a path from the workspace, or an object with it', () => {
    expect(source('data/crm.db', '/work/space').file).toBe('/work/space/data/crm.db');
    expect(source({ file: '../crm.db' }, '/work/space').file).toBe('/work/crm.db');
    expect(source('/var/crm.db', '/work').file).toBe('/var/crm.db');
    expect(sqlite.redact(source('/var/crm.db'))).toEqual({
      file: '/var/crm.db',
      secure_delete: false,
      vacuum: false,
    });
  });

  it.each([null, '', 5, {}, { file: '' }, { path: 'x' }])(
    'is refused as %j, naming the source',
    (connection) => {
      expect(() => source(connection)).toThrow(
        expect.objectContaining({ kind: 'config', message: expect.stringContaining("'crm'") }),
      );
    },
  );

  it('takes two options, true or false, and no others', () => {
    expect(source('a.db', '/')).toMatchObject({ secureDelete: false, vacuum: false });
    const both = source('a.db', '/', { secure_delete: true, vacuum: true });
    expect(both).toMatchObject({ secureDelete: true, vacuum: true });
    expect(() => source('a.db', '/', { wal: true })).toThrow(/crm.*wal/);
    for (const wrong of ['yes', 1, null, []]) {
      const asked = () => source('a.db', '/', { vacuum: wrong });
      if (wrong === null) expect(asked().vacuum).toBe(false);
      else expect(asked).toThrow(/crm.*options\.vacuum is neither true nor false/);
    }
  });
});

describe('a SQLite file', () => {
  it('that is missing, a folder, or no database is a configuration error that names source and path', async () => {
    const db = await withEngine('sqlite');
    const folder = dirname(db.connection);
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'not a database, though long enough to be taken for one\n'.repeat(50));
    for (const path of [join(folder, 'gone.db'), folder]) {
      const error = await rejection(sqlite.open(source(path)));
      expect([error.kind, error.message]).toEqual(['config', expect.stringContaining(path)]);
      expect(error.message).toContain("'crm'");
    }
    const connector = await sqlite.open(source(text));
    const error = await rejection(connector.describe(call()));
    expect([error.kind, error.message]).toEqual(['config', expect.stringMatching(/not a SQLite database/)]);
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    await connector.close();
  });

  it('that may not be read is a configuration error', async (context) => {
    if (process.getuid?.() === 0) permittedSkip(context, 'root');
    const db = await filled();
    chmodSync(db.connection, 0o000);
    const error = await rejection(sqlite.open(source(db.connection)));
    expect([error.kind, error.message]).toEqual(['config', expect.stringContaining('no permission')]);
  });

  it('that is damaged is a data error without a word of its contents', async () => {
    const db = await filled();
    await db.exec(`insert into people with recursive n (i) as (select 10 union all select i + 1 from n where i < 5000)
      select i, 'secret' || i from n`);
    truncateSync(db.connection, 4096 * 3);
    const connector = await sqlite.open(source(db.connection));
    const error = await rejection(
      ask(connector, { table: 'people', key: ['id'], matches: [matchOn('email', ['secret4000'])] }),
    );
    expect([error.kind, error.message]).toEqual(['data', expect.stringContaining('damaged')]);
    expect(`${error.message}${error.hint}`).not.toContain('secret');
    await connector.close();
  });

  it('that another program locks is a transient error, soon', async () => {
    const db = await filled();
    const other = await db.session();
    await other.exec('begin exclusive');
    const connector = await sqlite.open(source(db.connection));
    const started = Date.now();
    const error = await rejection(connector.describe(call()));
    expect([error.kind, error.message]).toEqual([
      'transient',
      expect.stringContaining('locked by another program'),
    ]);
    expect(Date.now() - started).toBeLessThan(3_000);
    await other.exec('rollback');
    expect((await infoOf(connector, 'people')).name).toBe('people');
    await connector.close();
  });

  it('is not changed by being read, and nothing is left beside it', async () => {
    const db = await filled();
    const before = readFileSync(db.connection);
    const connector = await sqlite.open(source(db.connection));
    const matches = [matchOn('email', ['A@example.se', 'a@example.se'], { mode: 'folded' })];
    expect(await ask(connector, { table: 'people', matches })).toHaveLength(1);
    await connector.check(call(), []);
    await connector.close();
    expect(readFileSync(db.connection).equals(before)).toBe(true);
    expect(readdirSync(dirname(db.connection))).toEqual(['test.db']);
  });

  it('cannot be written through the session that reads it', async () => {
    const db = await filled();
    const threads = threadsOf(source(db.connection));
    const session = await openSession(threads, source(db.connection), call());
    for (const statement of ['delete from people', 'create table more (a)', 'pragma user_version = 7']) {
      const error = await rejection(session.run(call(), raw(statement)));
      expect([statement, error.kind]).toEqual([statement, 'config']);
    }
    await threads.end();
    expect(await db.exec('select count(*) as n from people')).toEqual([{ n: 2 }]);
  });

  it('is still read as it was when the reader was opened, after others were written or dropped', async () => {
    const db = await filled();
    await db.exec('pragma journal_mode = wal');
    const connector = await sqlite.open(source(db.connection));
    const query = await queryOf(connector, { table: 'people', matches: [matchOn('id', [1, 2, 3])] });
    const reader = await connector.reader(call());
    await db.exec(
      'delete from people where id = 1; drop table people; create table people (id integer primary key)',
    );
    expect(keysOf(await allOf(reader, query))).toEqual(['1', '2']);
    await connector.close();
  });

  it('outside WAL holds writers back only while a reader is open', async () => {
    const db = await filled();
    await db.exec('pragma busy_timeout = 0');
    const connector = await sqlite.open(source(db.connection));
    const reader = await connector.reader(call());
    await expect(db.exec("update people set email = 'x'")).rejects.toThrow(/locked/);
    await reader.close();
    await db.exec("update people set email = 'x'");
    await connector.close();
  });

  it('whose folder has odd characters is read too', async () => {
    const db = await filled();
    const folder = join(dirname(db.connection), "Åsa's #1 %20 ?mode=rw");
    mkdirSync(folder);
    const file = join(folder, 'crm.db');
    writeFileSync(file, readFileSync(db.connection));
    const connector = await sqlite.open(source(file));
    expect((await infoOf(connector, 'people')).rows).toBe(2);
    await connector.close();
  });
});
