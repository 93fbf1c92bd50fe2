import { copyFileSync, existsSync, linkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { raw, type Sql, sql } from '../../connectors/sql/fragment.js';
import { sqliteError } from '../../connectors/sqlite/errors.js';
import sqlite from '../../connectors/sqlite/index.js';
import { pick } from '../../connectors/sqlite/picked.js';
import { openSession, type Session } from '../../connectors/sqlite/session.js';
import { readTable } from '../../connectors/sqlite/table.js';
import { threadsOf } from '../../connectors/sqlite/thread.js';
import type { Connector } from '../../src/connector/contract.js';
import type { RowSet } from '../../src/connector/row-set.js';
import type { Value } from '../../src/model/value.js';
import { ask, call, infoOf, matchOn } from '../conformance/ask.js';
import { errorOf, told } from '../conformance/error-of.js';
import { deletionOf, done, recordsOf, updateOf, writerOf, writing } from '../conformance/writer-steps.js';
import { type TestDatabase, withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';

async function opened(
  ...statements: readonly string[]
): Promise<{ readonly db: TestDatabase; readonly connector: Connector }> {
  const db = await withEngine('sqlite');
  for (const statement of statements) await db.exec(statement);
  const { connection } = db;
  const config = { name: 'crm', connection, options: {}, workspace: '/', scratch: scratchFolder() };
  return { db, connector: await sqlite.open(sqlite.parse(config)) };
}

/** What stands in the file, with the storage class of each value. */
async function stored(
  db: TestDatabase,
  table: string,
  ...columns: readonly string[]
): Promise<readonly string[]> {
  const list = columns
    .map((column) => `typeof("${column}") || ' ' || quote("${column}")`)
    .join(` || ', ' || `);
  const rows = await db.exec(`select ${list} as row from ${table} order by 1`);
  return rows.map(({ row }) => String(row));
}

async function readBack(connector: Connector, table: string, fields: readonly string[]) {
  const found = await ask(connector, { table, key: ['id'], matches: [matchOn('one', [1])], fields });
  return found.map(({ key, values }): [Value & number, ...Value[]] => [Number(key[0]), ...values]);
}

describe('writing to SQLite', () => {
  it('leaves every value as it was stored when what was read is written back', async () => {
    const fields = ['bare', 'num', 'int', 'flt', 'txt', 'bool', 'moment', 'doc', 'bin'];
    const { db, connector } = await opened(
      `create table kept (id integer primary key, one integer default 1, bare, num decimal(10,2), int integer,
         flt real, txt text collate nocase, bool boolean, moment datetime, doc json, bin blob)`,
      `insert into kept (id, bare, num, int, flt, txt, bool, moment, doc, bin) values
         (1, 5, 12.5, 9007199254740993, 5.0, 'Ab', 1, '2024-02-29 23:59:59.123456', '{"n": 1.50}', x'00ff'),
         (2, 5.0, 0.1, -9223372036854775808, 0.1, '5', 0, '2024-02-29T23:59:59.123456', '12', 'text'),
         (3, '5', '9007199254740993', 'abc', 1e300, '', 'maybe', 1709251199, 'no json', null),
         (4, x'35', 123456789.123456789, 1.5, -0.0, null, 2, '2024-02-29', '[12345678901234567890.5]', 7),
         (5, null, 'n/a', null, 5e-324, 'x', null, 1709251199.5, null, x''),
         (6, 0.1, 1e300, 0, 3, '0', 'true', 'soon', 'true', '5')`,
    );
    const before = await stored(db, 'kept', ...fields);
    const rows = await readBack(connector, 'kept', fields);
    expect(await done(connector, await updateOf(connector, 'kept', fields, rows))).toEqual([6]);
    expect(await stored(db, 'kept', ...fields)).toEqual(before);
    await connector.close();
  });

  it('writes a timestamp with the space or the T that stood there', async () => {
    const { db, connector } = await opened(
      `create table t (id integer primary key, one integer default 1, at datetime)`,
      `insert into t (id, at) values (1, '2020-01-01 10:00:00'), (2, '2020-01-01T10:00:00'), (3, null)`,
    );
    const at = '2024-02-29T00:00:00';
    await done(
      connector,
      await updateOf(
        connector,
        't',
        ['at'],
        [
          [1, at],
          [2, at],
          [3, at],
        ],
      ),
    );
    expect(await stored(db, 't', 'at')).toEqual([
      "text '2024-02-29 00:00:00'",
      "text '2024-02-29 00:00:00'",
      "text '2024-02-29T00:00:00'",
    ]);
    await connector.close();
  });

  it("tells 5 from '5' where the key has no affinity, and not where it has", async () => {
    const { db, connector } = await opened(
      'create table bare (code, note text)',
      `insert into bare values (5, 'number'), ('5', 'text'), (x'35', 'bytes')`,
      'create table typed (code integer, note text)',
      `insert into typed values (5, 'number')`,
    );
    const deletion = (table: string, key: string | number) => deletionOf(connector, table, [key], ['code']);
    expect(await done(connector, await deletion('bare', '5'))).toEqual([1]);
    expect(await stored(db, 'bare', 'note')).toEqual(["text 'bytes'", "text 'number'"]);
    expect(await done(connector, await deletion('bare', '\\x35'), await deletion('bare', 5))).toEqual([1, 1]);
    expect(await done(connector, await deletion('typed', '5'))).toEqual([1]);
    await connector.close();
  });

  it('changes tables without a rowid, with hidden rowid names, and by unindexed keys', async () => {
    const { connector } = await opened(
      'create table bare (a integer, b text, n integer, primary key (a, b)) without rowid',
      `insert into bare values (0, '', 1), (0, 'x', 2), (1, '', 3)`,
      'create table hidden (rowid text, oid integer primary key, n integer)',
      `insert into hidden values ('1', 7, 1), ('7', 1, 2)`,
      'create table loose (code text collate nocase, n integer)',
      'create index loose_code on loose (code)',
      `insert into loose values ('AB', 1), ('ab', 2)`,
    );
    expect(await done(connector, await updateOf(connector, 'bare', ['n'], [[[0, ''], 9]]))).toEqual([1]);
    expect(
      await done(
        connector,
        await deletionOf(connector, 'bare', [
          [0, ''],
          [1, ''],
        ]),
      ),
    ).toEqual([2]);
    expect(await done(connector, await deletionOf(connector, 'hidden', ['1'], ['rowid']))).toEqual([1]);
    expect(await done(connector, await updateOf(connector, 'loose', ['n'], [['ab', 5]], ['code']))).toEqual([
      1,
    ]);
    const left = await ask(connector, {
      table: 'hidden',
      matches: [matchOn('oid', [1, 7])],
      fields: ['rowid'],
    });
    expect(left.map(({ values }) => values)).toEqual([['7']]);
    await connector.close();
  });

  it('keeps foreign keys, though the application has them off and left some broken', async () => {
    const { db, connector } = await opened(
      'pragma foreign_keys = off',
      'create table owners (id integer primary key)',
      'create table things (id integer primary key, owner integer references owners, note text)',
      `insert into owners values (1), (2)`,
      `insert into things values (10, 1, null), (77, 99, null), (78, 98, null)`,
    );
    expect(await done(connector, await updateOf(connector, 'things', ['note'], [[77, 'x']]))).toEqual([1]);
    expect(
      await done(
        connector,
        await deletionOf(connector, 'things', [78]),
        await deletionOf(connector, 'owners', [2]),
      ),
    ).toEqual([1, 1]);
    const error = await errorOf(done(connector, await deletionOf(connector, 'owners', [1])));
    expect([error.kind, error.message]).toEqual(['data', expect.stringContaining('foreign key')]);
    // Any order, so long as nothing is left.
    expect(
      await done(
        connector,
        await deletionOf(connector, 'owners', [1]),
        await deletionOf(connector, 'things', [10]),
      ),
    ).toEqual([1, 1]);
    expect(await stored(db, 'things', 'id')).toEqual(['integer 77']);
    await connector.close();
  });

  it('settles as often as asked, and finds what is still broken after what was mended', async () => {
    const { connector } = await opened(
      'create table owners (id integer primary key)',
      'create table things (id integer primary key, owner integer references owners on delete restrict)',
      'insert into owners values (1), (2)',
      'insert into things values (10, 1), (20, 2)',
    );
    await writing(connector, async (writer) => {
      await writer.settle();
      await writer.apply(await deletionOf(connector, 'owners', [1, 2]));
      await writer.apply(await deletionOf(connector, 'things', [10, 20]));
      await writer.settle();
      await writer.settle();
      await writer.commit();
    });
    await connector.close();
  });

  it('does not count what a trigger kept from it, and counts what a cascade took first', async () => {
    const { connector } = await opened(
      'create table notes (id integer primary key, reply_to integer references notes on delete cascade, text text)',
      'insert into notes values (1, null, null), (2, 1, null), (3, 2, null), (4, null, null)',
      `create trigger kept_2 before delete on notes when old.id = 4 begin select raise(ignore); end`,
      `create trigger kept_1 before update on notes when old.id = 4 begin select raise(ignore); end`,
    );
    expect(
      await done(
        connector,
        await updateOf(
          connector,
          'notes',
          ['text'],
          [
            [3, 'x'],
            [4, 'x'],
          ],
        ),
      ),
    ).toEqual([1]);
    expect(await done(connector, await deletionOf(connector, 'notes', [1, 2, 3, 4]))).toEqual([3]);
    await connector.close();
  });

  it('never replaces another record, whatever a column says of conflicts', async () => {
    const { db, connector } = await opened(
      'create table people (id integer primary key, email text unique on conflict replace)',
      `insert into people values (1, 'a@example.se'), (2, 'b@example.se')`,
    );
    const update = await updateOf(connector, 'people', ['email'], [[1, 'b@example.se']]);
    const error = await errorOf(done(connector, update));
    expect(error.message).toContain('people.email');
    expect(told(error)).not.toContain('b@example');
    expect(await stored(db, 'people', 'id')).toEqual(['integer 1', 'integer 2']);
    await connector.close();
  });

  it('lets nothing through after a trigger that rolled all of it back', async () => {
    const { db, connector } = await opened(
      'create table people (id integer primary key, name text)',
      `insert into people values (1, 'one'), (2, 'two')`,
      `create trigger no before delete on people when old.id = 2 begin select raise(rollback, 'no'); end`,
    );
    const writer = await writerOf(connector);
    await writer.apply(await updateOf(connector, 'people', ['name'], [[1, 'x']]));
    const deletion = await deletionOf(connector, 'people', [2]);
    expect((await errorOf(writer.apply(deletion))).kind).toBe('data');
    await errorOf(writer.apply(await deletionOf(connector, 'people', [1])));
    await errorOf(writer.commit());
    await writer.close();
    expect(await stored(db, 'people', 'name')).toEqual(["text 'one'", "text 'two'"]);
    await connector.close();
  });

  it('waits for another program, and tells in the end that the file is locked', async () => {
    const { db, connector } = await opened(
      'create table people (id integer primary key)',
      'insert into people values (1)',
    );
    await db.exec('begin immediate');
    const started = Date.now();
    const error = await errorOf(writerOf(connector, call(3_000)));
    expect([error.kind, error.message]).toEqual(['transient', expect.stringContaining('locked')]);
    expect(Date.now() - started).toBeGreaterThan(500);
    const waiting = writerOf(connector);
    await wait(200);
    await db.exec('commit');
    await (await waiting).close();
    await connector.close();
  });

  it('rolls back where a reader keeps the commit waiting too long, and leaves no journal', async () => {
    const { db, connector } = await opened(
      'create table people (id integer primary key)',
      'insert into people values (1)',
    );
    const file = String(db.connection);
    const deletion = await deletionOf(connector, 'people', [1]);
    const reader = await connector.reader(call());
    const error = await errorOf(
      writing(
        connector,
        async (writer) => {
          await writer.apply(deletion);
          await writer.commit();
        },
        call(800),
      ),
    );
    // `transient` at a commit would mean that it may have landed.
    expect([error.kind, error.message]).toEqual(['data', expect.stringContaining('locked')]);
    await reader.close();
    expect(await stored(db, 'people', 'id')).toEqual(['integer 1']);
    expect(await done(connector, deletion)).toEqual([1]);
    expect(existsSync(`${file}-journal`)).toBe(false);
    await connector.close();
  });

  it('breaks off a long change when aborted, with nothing changed and nothing locked', async () => {
    const { db, connector } = await opened(
      'create table many (id integer primary key, n integer)',
      `insert into many with recursive s (i) as (select 1 union all select i + 1 from s where i < 100000) select i, 0 from s`,
    );
    const controller = new AbortController();
    const rows: RowSet = {
      size: 100_000,
      *chunks(most) {
        for (let id = 1; id <= 100_000; id += most) {
          if (id > 20_000) controller.abort();
          yield Array.from({ length: most }, (_none, at) => ({ key: [id + at], values: [1] }));
        }
      },
    };
    const change = { ...(await updateOf(connector, 'many', ['n'], [])), rows } as Awaited<
      ReturnType<typeof updateOf>
    >;
    const error = await errorOf(
      writing(connector, (writer) => writer.apply(change), call(20_000, controller.signal)),
    );
    expect(error.kind).toBe('cancelled');
    expect(await db.exec('select sum(n) as changed from many')).toEqual([{ changed: 0 }]);
    expect(await done(connector, await deletionOf(connector, 'many', [1]))).toEqual([1]);
    await connector.close();
  });

  it('tells a file that may not be written as a matter of configuration', () => {
    const place = { source: 'crm', file: '/data/crm.db', writing: true };
    for (const code of ['SQLITE_READONLY', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_CANTOPEN']) {
      const error = sqliteError(code, place);
      expect([error.kind, error.message]).toEqual(['config', expect.stringContaining('cannot be written')]);
    }
  });

  it('tells what a table asks of the application and we cannot give', async () => {
    const { connector } = await opened(
      'create table people (id integer primary key, name text)',
      `insert into people values (1, 'one')`,
      `create trigger audited after update on people begin select application_function(new.name); end`,
    );
    const error = await errorOf(
      done(connector, await updateOf(connector, 'people', ['name'], [[1, 'secret']])),
    );
    expect([error.kind, error.hint]).toEqual(['data', expect.stringContaining('application')]);
    expect(told(error)).not.toContain('secret');
    await connector.close();
  });

  it('locks by counting: the whole file is its own', async () => {
    const { connector } = await opened(
      'create table people (id integer primary key)',
      'insert into people values (1), (2)',
    );
    await writing(connector, async (writer) => {
      expect(await writer.lock(await recordsOf(connector, 'people', [1, 2, 3, '2']))).toBe(2);
    });
    await connector.close();
  });

  it.each([
    ['id', ['SEARCH k', 'SEARCH t']],
    ['email', ['SEARCH k', 'SEARCH t']],
    ['name', ['SCAN t', 'SEARCH k']],
  ])('looks keys of %s up the way that an index serves: %j', async (key, way) => {
    const { db, connector } = await opened(
      'create table people (id integer primary key, email text collate nocase unique, name text)',
    );
    const place = { source: 'crm', file: String(db.connection), writing: true };
    const threads = threadsOf(place);
    const session = await openSession(threads, place, call());
    const run: Sql[] = [];
    const spied: Session = {
      ...session,
      run(made, statement, table) {
        run.push(statement);
        return session.run(made, statement, table);
      },
    };
    const table = await readTable(session, call(), 'people');
    await pick(spied, call(), table, [key], [['x']]);
    const plan = await session.all(call(), sql`explain query plan ${run[0] ?? raw('')}`);
    const steps = plan.map((row) => String(row[3])).filter((step) => /^(SEARCH|SCAN) /.test(step));
    expect(steps.map((step) => step.split(' ').slice(0, 2).join(' '))).toEqual(way);
    await session.close();
    await threads.end();
    await connector.close();
  });

  it('tells beforehand that rows without any address are never changed', async () => {
    const { connector } = await opened(
      'create table hiding (id text primary key not null, rowid, _rowid_, oid)',
      "insert into hiding values ('a', 1, 1, 1)",
      'create table keyed (id text primary key not null, rowid, _rowid_, oid) without rowid',
      "insert into keyed values ('a', 1, 1, 1)",
    );
    expect((await infoOf(connector, 'hiding')).unchangeable).toContain('rowid');
    const error = await errorOf(done(connector, await deletionOf(connector, 'hiding', ['a'])));
    expect([error.kind, error.message]).toEqual([
      'config',
      expect.stringContaining('hiding cannot be changed'),
    ]);
    expect((await infoOf(connector, 'keyed')).unchangeable).toBeUndefined();
    expect(await done(connector, await deletionOf(connector, 'keyed', ['a']))).toEqual([1]);
    await connector.close();
  });

  it('refuses two sources over one file, whatever path leads to it, as long as both are open', async () => {
    const { db, connector: crm } = await opened('create table people (id integer primary key)');
    const beside = join(dirname(db.connection), 'beside.db');
    const links = { symbolic: `${beside}.symbolic`, hard: `${beside}.hard` };
    symlinkSync(db.connection, links.symbolic);
    linkSync(db.connection, links.hard);
    const other = async (name: string, connection: string) =>
      sqlite.open(sqlite.parse({ name, connection, options: {}, workspace: '/', scratch: scratchFolder() }));
    for (const path of [db.connection, links.symbolic, links.hard]) {
      const shop = await other('shop', path);
      for (const one of [crm, shop]) {
        const error = await errorOf(writerOf(one));
        expect([error.kind, error.message]).toEqual([
          'config',
          expect.stringMatching(/^the sources '.*same file/),
        ]);
        expect(error.message).toContain("'crm'");
        expect(error.message).toContain("'shop'");
        const findings = await one.check(call(), []);
        expect(findings.map(({ severity }) => severity)).toContain('warning');
      }
      await shop.close();
      await writing(crm, async (writer) => writer.commit());
    }
    copyFileSync(db.connection, beside);
    const shop = await other('shop', beside);
    const again = await other('crm', db.connection);
    await writing(shop, (one) => writing(crm, async (two) => Promise.all([one.commit(), two.commit()])));
    expect((await again.check(call(), [])).map(({ severity }) => severity)).not.toContain('warning');
    await Promise.all([shop, again, crm].map((one) => one.close()));
  });
});
