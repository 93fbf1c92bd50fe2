import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mysqlEngine } from '../../connectors/mysql/engine.js';
import mysql from '../../connectors/mysql/index.js';
import { sqlConnector } from '../../connectors/sql/connector.js';
import { raw } from '../../connectors/sql/fragment.js';
import type { Query } from '../../src/connector/contract.js';
import type { Scalar, Value } from '../../src/model/value.js';
import { hasEngine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, config, described, match, openOn } from './asking.js';
import {
  allOf,
  caught,
  committed,
  deletion,
  everything,
  plansOfChange,
  records,
  update,
  valuesOf,
  writerOn,
} from './writing.js';
import * as made from './written-values.js';

const ROWS = 40;
const ids = Array.from({ length: ROWS }, (_one, at) => at);
const idOf = (db: TestDatabase, table: string) => `${new URL(db.connection).pathname.slice(1)}.${table}`;
const all = (
  collection: string,
  fields: readonly string[],
  keys: readonly Scalar[] = ids,
  key = 'id',
): Query => ({
  ...{ collection, key: [key], fields },
  matches: [match(key, keys)],
});

describe.skipIf(!hasEngine('mysql'))('the mysql writer', () => {
  it('writes values of every kind so that they are read as they were given', async () => {
    const db = await withEngine('mysql');
    await db.exec(`
      create table kinds (id int primary key, i int, iu int unsigned, b bigint, bu bigint unsigned, n decimal(24,4), d double, f float,
        yes boolean, t longtext, v varchar(40) collate utf8mb4_swedish_ci, l varchar(40) character set latin1, c char(40) collate utf8mb4_nopad_bin,
        m enum('glad', 'it''s', '1'), s set('a', 'b'), u uuid, ip inet6, da date, tm time(6), ts datetime(6), tz timestamp(6) null,
        by1 blob, by2 varbinary(40), j json, y year, bits bit(40), g point);
      insert into kinds (id) select seq from seq_0_to_${ROWS - 1}`);
    const kinds: Readonly<Record<string, fc.Arbitrary<Value>>> = {
      i: made.integer(32),
      iu: fc.nat(),
      b: made.wide(-(2n ** 63n), 2n ** 63n - 1n),
      bu: made.wide(0n, 2n ** 64n - 1n),
      n: made.decimal,
      d: made.double,
      f: made.single(false),
      yes: fc.constantFrom(true, false, 2, -128),
      t: fc.oneof(made.text(true), fc.constant('lång '.repeat(15_000))),
      v: made.text(true),
      l: fc.constantFrom('', 'Åsa', '\0', ' x ', '€', '\'\\"'),
      c: made.text(true).map((text) => text.replace(/ +$/, '')),
      m: fc.constantFrom('glad', "it's", '1'),
      s: fc.constantFrom('', 'a', 'a,b'),
      // MariaDB takes no later versions.
      u: fc.uuid({ version: [1, 4, 5] }),
      ip: fc.constantFrom('::1', '::ffff:10.0.0.1', '2001:db8::1'),
      da: fc.oneof(made.date, fc.constantFrom('0000-00-00', '2024-02-31', '2024-00-00')),
      tm: fc
        .oneof(made.time, fc.constantFrom('-838:59:59', '100:00:00.000001'))
        .map((text) =>
          text.replace(
            /^(-?[\d:]+)(?:\.(\d+))?$/,
            (_all, time: string, rest = '') => `${time}.${rest.padEnd(6, '0')}`,
          ),
        ),
      ts: made.timestamp.map(micros),
      tz: fc
        .date({ min: new Date('1970-01-02'), max: new Date('2038-01-18'), noInvalidDate: true })
        .map((at) => `${at.toISOString().slice(0, 23)}123+00:00`),
      by1: made.bytes,
      by2: made.bytes,
      j: made.json(true),
      y: fc.constantFrom('1901', '2155', '0000'),
      bits: fc.constantFrom('0'.repeat(40), '1'.repeat(40), `${'01'.repeat(20)}`),
      g: fc.constantFrom('POINT(1 2)', 'POINT(-1.5 0.1)'),
    };
    const fields = Object.keys(kinds);
    const connector = await openOn(mysql, db.connection);
    await fc.assert(
      fc.asyncProperty(fc.array(made.rowOf(kinds), { minLength: ROWS, maxLength: ROWS }), async (rows) => {
        const change = update(
          idOf(db, 'kinds'),
          fields,
          rows.map((values, id) => [id, ...values]),
        );
        expect(await committed(connector, change)).toBe(ROWS);
        const read = await valuesOf(connector, all(idOf(db, 'kinds'), fields));
        for (const [id, values] of rows.entries()) {
          for (const [at, field] of fields.entries()) {
            expect([field, read.get(String(id))?.[at]]).toEqual([field, values[at]]);
          }
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
    await connector.close();
    await db.drop();
  });

  it('refuses what a column cannot hold instead of cutting or changing it, and tells no value', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table t (id int primary key, v varchar(5), n decimal(6,2), b boolean, e enum('a','b'), j json, l varchar(40) character set latin1,
        must varchar(20) not null, d date, u uuid, g int as (id + 1) persistent); insert into t (id, must) values (1, 'x')`);
    const connector = await openOn(mysql, db.connection);
    const secret = 'secret-2397';
    const wrong: readonly (readonly [string, Value])[] = [
      ...([
        ['v', secret],
        ['n', '1234567.891'],
        ['b', secret],
        ['e', secret],
        ['e', '1'],
        ['j', { json: `{"${secret}"` }],
      ] as const),
      ...([
        ['j', secret],
        ['l', `${secret} 漢`],
        ['must', null],
        ['d', secret],
        ['u', secret],
        ['g', 7],
        ['v', `\ud800`],
      ] as const),
      ...([
        ['v', new Uint8Array([1])],
        ['n', true],
      ] as const),
    ];
    for (const [field, value] of wrong) {
      const error = await caught(committed(connector, update(idOf(db, 't'), [field], [[1, value]])));
      expect([field, error]).toEqual([field, expect.objectContaining({ kind: 'data' })]);
      expect(allOf(error)).not.toContain('2397');
    }
    await connector.close();
    await db.drop();
  });

  it('changes only the record whose key is the asked one, where the column holds others equal', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table f (code varchar(20) collate utf8mb4_swedish_ci, n int, index (code));
      insert into f values ('AB', 0), ('ab', 0), ('ab ', 0), ('áb', 0);
      create table b (code varchar(20) collate utf8mb4_bin, n int); insert into b values ('a', 0), ('a ', 0);
      create table c (code char(20) character set latin1 primary key, n int); insert into c values ('Åsa', 0)`);
    const connector = await openOn(mysql, db.connection);
    const writer = await writerOn(connector);
    expect(await writer.lock(records(idOf(db, 'f'), ['code'], [['Ab'], ['ab'], ['ab ']]))).toBe(2);
    expect(
      await writer.apply(
        update(
          idOf(db, 'f'),
          ['n'],
          [
            ['ab', 1],
            ['aB', 2],
          ],
          'code',
        ),
      ),
    ).toEqual({ records: 1 });
    expect(await writer.apply(deletion(idOf(db, 'f'), ['AB', 'ÁB'], 'code'))).toEqual({ records: 1 });
    expect(await writer.apply(update(idOf(db, 'b'), ['n'], [['a ', 1]], 'code'))).toEqual({ records: 1 });
    expect(await writer.apply(deletion(idOf(db, 'c'), ['ÅSA', 'Asa', 'Åsa ', '漢'], 'code'))).toEqual({
      records: 0,
    });
    expect(await writer.apply(deletion(idOf(db, 'c'), ['Åsa'], 'code'))).toEqual({ records: 1 });
    await writer.commit();
    await writer.close();
    expect(
      (await db.exec('select code, n from f order by n, code')).map(({ code, n }) => `${code}:${n}`).sort(),
    ).toEqual(['ab :0', 'ab:1', 'áb:0']);
    expect(await db.exec("select n from b where cast(code as binary) = 'a'")).toEqual([{ n: 0 }]);
    await connector.close();
    await db.drop();
  });

  it('goes by index at 5,000 keys, and in a table of three rows too', async () => {
    const db = await withEngine('mysql');
    for (const [table, rows] of [
      ['big', 50_000],
      ['small', 3],
    ] as const) {
      await db.exec(`create table ${table} (id bigint primary key, a int, b varchar(30) character set latin1, note text, unique pair (a, b), index lone (b));
        insert into ${table} select seq, seq, concat('b', seq), 'n' from seq_1_to_${rows}; analyze table ${table}`);
    }
    const keys = Array.from({ length: 5_000 }, (_one, at) => at * 10);
    const pair = keys.map((key) => [key, `b${key}`]);
    for (const table of ['big', 'small']) {
      const id = idOf(db, table);
      const changes = [
        [deletion(id, keys), 'PRIMARY'],
        [{ kind: 'delete', ...records(id, ['a', 'b'], pair) }, 'pair'],
        [
          deletion(
            id,
            keys.map((key) => `b${key}`),
            'b',
          ),
          'lone',
        ],
        [
          update(
            id,
            ['note', 'a'],
            keys.map((key) => [key, 'x', null]),
          ),
          'PRIMARY',
        ],
      ] as const;
      for (const [change, index] of changes) {
        const plans = await plansOfChange(
          await mysqlEngine(mysql.parse(config(db.connection))),
          change,
          'explain',
        );
        for (const plan of plans) {
          const told = plan.filter((row) => row[2] === 't').map((row) => `${row[3]} ${row[5]}`);
          expect([table, told]).toEqual([table, [expect.stringMatching(new RegExp(`ref ${index}$`))]]);
        }
      }
    }
    await db.drop();
  });

  it('refuses a table whose changes could not be taken back', async () => {
    const db = await withEngine('mysql');
    await db.exec(
      'create table old (id int primary key) engine = MyISAM; create table aria (id int primary key) engine = Aria',
    );
    const connector = await openOn(mysql, db.connection);
    const findings = await connector.check(call(), []);
    expect(findings.filter(({ message }) => message.includes('no transactions'))).toHaveLength(2);
    const told = await described(connector);
    for (const table of ['old', 'aria']) {
      expect(told.get(table)?.unchangeable).toMatch(/^its storage engine (MyISAM|Aria) has no transactions$/);
      expect(await caught(committed(connector, deletion(idOf(db, table), [1])))).toMatchObject({
        kind: 'config',
        message: expect.stringContaining(`${table} cannot be changed: its storage engine`),
        hint: expect.stringMatching(/engine = InnoDB/),
      });
    }
    await connector.close();
    await db.drop();
  });

  it('locks and changes what others changed since it first looked, snapshot isolation or not', async () => {
    const db = await withEngine('mysql');
    await db.exec(
      "create table t (id int primary key, name varchar(20)); insert into t values (1, 'a'), (2, 'b')",
    );
    const engine = await mysqlEngine(mysql.parse(config(db.connection)));
    const [isolates] = await db.exec("show variables like 'innodb_snapshot_isolation'");
    const connector = sqlConnector({
      ...engine,
      async connect(signal, writing) {
        const session = await engine.connect(signal, writing);
        if (isolates !== undefined) await session.change(raw('set innodb_snapshot_isolation = on'), signal);
        return session;
      },
    });
    const writer = await writerOn(connector);
    await everything(writer, all(idOf(db, 't'), ['name'], [1, 2]));
    await db.exec(
      "update t set name = 'new' where id = 1; delete from t where id = 2; insert into t values (3, 'c')",
    );
    expect(await writer.lock(records(idOf(db, 't'), ['id'], [[1], [2], [3]]))).toBe(2);
    const names = update(
      idOf(db, 't'),
      ['name'],
      [
        [1, 'x'],
        [3, 'y'],
      ],
    );
    expect(await writer.apply(names)).toEqual({ records: 2 });
    await writer.commit();
    await writer.close();
    await connector.close();
    await db.drop();
  });

  it('tells a deadlock as something to try again', async () => {
    const db = await withEngine('mysql');
    await db.exec(
      "create table t (id int primary key, name varchar(20)); insert into t select seq, 'a' from seq_1_to_20",
    );
    const connector = await openOn(mysql, db.connection);
    const writer = await writerOn(connector);
    const other = await db.session();
    await other.exec("set autocommit = 0; update t set name = 'o' where id > 10");
    await writer.lock(records(idOf(db, 't'), ['id'], [[1]]));
    const waiting = other.exec('update t set name = 1 where id = 1');
    const mine = await caught(writer.lock(records(idOf(db, 't'), ['id'], [[11]])));
    expect(mine).toMatchObject({ kind: 'transient', message: expect.stringContaining('deadlock') });
    await writer.close();
    await waiting;
    await other.exec('rollback');
    await connector.close();
    await db.drop();
  });

  it('names the privileges that are missing', async () => {
    const db = await withEngine('mysql');
    const user = `dsr_test_w_${process.pid}`;
    await db.exec(
      `create table t (id int primary key, name varchar(9)); create or replace user ${user}@'%'; create or replace user ${user}@localhost`,
    );
    for (const host of ['%', 'localhost'])
      await db.exec(`grant select on ${idOf(db, 't')} to ${user}@'${host}'`);
    try {
      const url = new URL(db.connection);
      url.username = user;
      const connector = await openOn(mysql, url.href);
      const told = async () =>
        (await connector.check(call(), [])).filter(({ message }) => message.includes(' of 1 tables'));
      expect(await told()).toMatchObject([
        {
          message: expect.stringContaining(`may not UPDATE and DELETE in 1 of 1 tables`),
          hint: expect.stringMatching(`grant select, update, delete on \`\\w+\`.\`t\` to '${user}'@'`),
          severity: 'info',
        },
      ]);
      for (const change of [deletion(idOf(db, 't'), [1]), update(idOf(db, 't'), ['name'], [[1, null]])]) {
        expect(await caught(committed(connector, change))).toMatchObject({
          kind: 'config',
          message: expect.stringContaining('a privilege is missing'),
          hint: expect.stringContaining('grant SELECT, UPDATE, DELETE'),
        });
      }
      for (const host of ['%', 'localhost'])
        await db.exec(`grant update, delete on ${idOf(db, 't')} to ${user}@'${host}'`);
      expect(await told()).toMatchObject([{ message: expect.stringContaining('may change 1 of 1 tables') }]);
      expect(await committed(connector, deletion(idOf(db, 't'), [1]))).toBe(0);
      await connector.close();
    } finally {
      await db.exec(`drop user ${user}@'%', ${user}@localhost`);
      await db.drop();
    }
  });
});

/** As a column of six digits prints it. */
function micros(text: string): string {
  const [at = '', rest = ''] = text.split('.');
  return `${at}.${rest.padEnd(6, '0')}`;
}
