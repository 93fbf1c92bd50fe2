import { describe, expect, it } from 'vitest';
import { mysqlEngine } from '../../connectors/mysql/engine.js';
import mysql from '../../connectors/mysql/index.js';
import type { Query } from '../../src/connector/contract.js';
import { hasEngine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, config, described, found, match, openOn, plansOf } from './asking.js';

const nameOf = (db: TestDatabase) => new URL(db.connection).pathname.slice(1);
const queryOn = (
  db: TestDatabase,
  table: string,
  matches: Query['matches'],
  key = ['id'],
  fields: string[] = [],
): Query => ({
  collection: `${nameOf(db)}.${table}`,
  key,
  matches,
  fields,
});

describe.skipIf(!hasEngine('mysql'))('the mysql catalog', () => {
  it('tells types, checks of JSON, generated columns, views and comments', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table customer (id int unsigned auto_increment primary key, active boolean not null default true,
        mood enum('glad','it''s') comment 'how', doc json, text_doc longtext, amount decimal(12,2), y year, b bit(4), u uuid,
        twice int as (id * 2) virtual, code char(5) character set latin1, unique (code)) comment 'people'`);
    await db.exec('create table prefix (email text not null, unique (email(10)))');
    await db.exec('create view seen as select id from customer');
    await db.exec('create table old (id int primary key) with system versioning');
    const connector = await openOn(mysql, db.connection);
    const tables = await described(connector);
    expect([...tables].map(([name, { kind, unqualified }]) => [name, kind, unqualified])).toEqual([
      ['customer', 'table', true],
      ['old', 'table', true],
      ['prefix', 'table', true],
      ['seen', 'view', true],
    ]);
    const customer = tables.get('customer');
    expect(customer).toMatchObject({
      comment: 'people',
      key: { fields: ['id'], kind: 'declared' },
      unique: [['code']],
      hidden: null,
    });
    expect(Object.fromEntries(customer?.fields.map(({ name, type }) => [name, type.kind]) ?? [])).toEqual({
      ...{ id: 'integer', active: 'boolean', mood: 'enum', doc: 'json', text_doc: 'text', amount: 'decimal' },
      ...{ y: 'other', b: 'other', u: 'uuid', twice: 'integer', code: 'text' },
    });
    const field = (name: string) => customer?.fields.find((one) => one.name === name);
    expect(field('mood')).toMatchObject({ comment: 'how', type: { values: ['glad', "it's"] } });
    expect(field('id')).toMatchObject({ hasDefault: true, generated: false, nullable: false });
    expect(field('active')).toMatchObject({ hasDefault: true, nullable: false });
    expect(field('doc')).toMatchObject({ hasDefault: false, nullable: true });
    expect(field('twice')).toMatchObject({ generated: true });
    expect(tables.get('prefix')).toMatchObject({ key: { kind: 'physical' }, unique: [] });
    expect(tables.get('old')?.hidden).toContain('earlier versions');
    await connector.close();
    await db.drop();
  });

  it('says where a user was granted single columns only', async () => {
    const db = await withEngine('mysql');
    const user = `dsr_test_${process.pid}`;
    await db.exec(
      'create table part (id int primary key, email text, secret text); create table whole (id int primary key)',
    );
    await db.exec(`create or replace user ${user}@'%'; create or replace user ${user}@localhost`);
    for (const host of ['%', 'localhost']) {
      await db.exec(`grant select (id, email) on ${nameOf(db)}.part to ${user}@'${host}'`);
      await db.exec(`grant select on ${nameOf(db)}.whole to ${user}@'${host}'`);
    }
    try {
      const url = new URL(db.connection);
      url.username = user;
      const connector = await openOn(mysql, url.href);
      const tables = await described(connector);
      expect(tables.get('whole')?.hidden).toBeNull();
      expect(tables.get('part')?.hidden).toContain('single columns');
      await connector.close();
    } finally {
      await db.exec(`drop user ${user}@'%', ${user}@localhost`);
      await db.drop();
    }
  });
});

describe.skipIf(!hasEngine('mysql'))('searching in mysql', () => {
  it('compares each type as itself, and finds 0 for no text', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table kinds (id int primary key, n int, l varchar(50) character set latin1, bin varchar(50) collate utf8mb4_bin,
      d decimal(10,2), f float, b bit(4), y year, s set('a','b'), u uuid, i inet6, h binary(4), z timestamp(6) null, flag boolean, big bigint unsigned)`);
    await db.exec("set time_zone = '+00:00'");
    await db.exec(`insert into kinds values (1, 0, 'Åsa?', 'ab', 1.23, 0.1, b'0101', 2024, 'a,b',
      '6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f', '::1', x'00ff00ff', '2024-02-29 10:00:00.123456', 2, 18446744073709551615)`);
    const connector = await openOn(mysql, db.connection);
    const hit = async (column: string, ...keys: (string | number | boolean)[]) =>
      (await found(connector, queryOn(db, 'kinds', [match(column, keys)])))['1'];
    expect(await hit('n', 'x', '', 'abc')).toBeUndefined();
    expect(await hit('n', '0')).toBe('0:0');
    expect(await hit('l', 'Åsa漢', 'ÅSA?')).toBe('0:1');
    expect(await hit('bin', 'AB', 'ab', 'ab ')).toBe('0:1 0:2');
    expect(await hit('d', '1.234', '1.230')).toBe('0:1');
    expect(await hit('f', 0.1, '0.10000001')).toMatch(/0:0/);
    expect(await hit('b', '101', '0101')).toBe('0:1');
    expect(await hit('y', '2024')).toBe('0:0');
    expect(await hit('s', 'a', 'a,b')).toBe('0:1');
    expect(await hit('u', '6F1C9F6E-9d5b-4c8e-8f5a-3b2a1c0d9e8f')).toBe('0:0');
    expect(await hit('i', '::1', '10.0.0.1', 'x')).toBe('0:0');
    expect(await hit('h', '\\x00FF00FF', '\\x00ff')).toBe('0:0');
    expect(await hit('z', '2024-02-29T12:00:00.123456+02:00', '2024-02-29T10:00:00.123455Z')).toBe('0:0');
    expect(await hit('flag', true, 2)).toBe('0:1');
    expect(await hit('big', '18446744073709551615', '18446744073709551616', -1)).toBe('0:0');
    await connector.close();
    await db.drop();
  });

  it('brings values without loss', async () => {
    expect.assertions(1);
    const db = await withEngine('mysql');
    await db.exec(
      `create table v (id int primary key, f float, b bit(10), g point, s set('a','b'), flag boolean, d date, big bigint unsigned, j json)`,
    );
    await db.exec("set sql_mode = ''");
    await db.exec(
      `insert into v values (1, 16777217.0, b'11', point(1, 2), 'a,b', 2, '0000-00-00', 18446744073709551615, '{"n": 1.10}')`,
    );
    const connector = await openOn(mysql, db.connection);
    const reader = await connector.reader(call());
    const fields = ['f', 'b', 'g', 's', 'flag', 'd', 'big', 'j'];
    for await (const [one] of reader.find(queryOn(db, 'v', [match('id', [1])], ['id'], fields))) {
      expect(one?.values).toEqual([
        ...[16777216, '0000000011', 'POINT(1 2)', 'a,b', 2, '0000-00-00', 18446744073709551615n],
        { json: '{"n": 1.10}' },
      ]);
    }
    await reader.close();
    await connector.close();
    await db.drop();
  });

  it('goes by index at 5,000 keys, in latin1 too, in one statement a chunk', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table person (id bigint primary key, email varchar(100) character set latin1 collate latin1_swedish_ci,
      mail varchar(100) collate utf8mb4_bin, phone varchar(30), amount decimal(10,2), token binary(4), born date, long_name text, seen timestamp(6) null,
      mail_lower varchar(100) collate utf8mb4_bin as (lower(mail)) persistent,
      phone_digits varchar(30) as (regexp_replace(phone, '[^0-9]', '')) persistent,
      index (email), index (mail), index (mail_lower), index (phone_digits), index (amount), index (token), index (born), index (long_name(40)), index (seen))`);
    await db.exec(`insert into person (id, email, mail, phone, amount, token, born, long_name, seen)
      select seq, concat('p', seq, '@example.se'), concat('P', seq, '@Example.se'), concat('070-', seq), seq / 100, unhex(lpad(hex(seq), 8, '0')),
        '2000-01-01' + interval seq mod 9000 day, concat('n', seq), from_unixtime(1000000000 + seq) from seq_1_to_50000; analyze table person`);
    const options = mysql.parse(config(db.connection));
    const keys = Array.from({ length: 12_000 }, (_one, at) => at * 4);
    const plans = async (...matches: Query['matches']) => {
      const all = await plansOf(await mysqlEngine(options), queryOn(db, 'person', matches), 'explain');
      return all.map((plan) => plan.filter((row) => row[2] === 't').map((row) => `${row[3]} ${row[5]}`));
    };
    const ref = (index: string) => Array.from({ length: 3 }, () => [`ref ${index}`]);
    const of = (make: (key: number) => string) => keys.map(make);
    expect(await plans(match('id', keys))).toEqual(Array.from({ length: 3 }, () => ['eq_ref PRIMARY']));
    expect(
      await plans(
        match(
          'email',
          of((key) => `p${key}@example.se`),
        ),
      ),
    ).toEqual(ref('email'));
    expect(
      await plans(
        match(
          'email',
          of((key) => `p${key}@example.se`),
          'folded',
        ),
      ),
    ).toEqual(ref('email'));
    expect(
      await plans(
        match(
          'mail',
          of((key) => `P${key}@Example.se`),
        ),
      ),
    ).toEqual(ref('mail'));
    expect(
      await plans(
        match(
          'mail',
          of((key) => `p${key}@example.se`),
          'folded',
        ),
      ),
    ).toEqual(ref('mail_lower'));
    expect(
      await plans(
        match(
          'phone',
          of((key) => `070${key}`),
          'digits',
        ),
      ),
    ).toEqual(ref('phone_digits'));
    expect(
      await plans(
        match(
          'amount',
          of((key) => `${key / 100}`),
        ),
      ),
    ).toEqual(ref('amount'));
    expect(
      await plans(
        match(
          'token',
          of((key) => `\\x${key.toString(16).padStart(8, '0')}`),
        ),
      ),
    ).toEqual(ref('token'));
    expect(
      await plans(
        match(
          'long_name',
          of((key) => `n${key}`),
        ),
      ),
    ).toEqual(ref('long_name'));
    expect(await plans(match('born', ['2000-01-02', '2001-01-01']))).toEqual([['ref born']]);
    expect(await plans(match('seen', ['2001-09-09T01:46:41+00:00', '2001-09-09T01:46:42+00:00']))).toEqual([
      ['ref seen'],
    ]);
    const together = await plans(
      match('id', [1]),
      match('email', ['p7@example.se']),
      match('phone', ['0708'], 'digits'),
    );
    expect(together).toEqual([['eq_ref PRIMARY', 'ref email', 'ref phone_digits']]);
    await db.drop();
  });

  it('without an index reads the table once, not once a key', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table log (id int primary key, phone varchar(30), mail varchar(60) collate utf8mb4_bin);
      insert into log select seq, concat('070-', seq), concat('P', seq, '@Example.se') from seq_1_to_100000`);
    const connector = await openOn(mysql, db.connection);
    const keys = Array.from({ length: 5_000 }, (_one, at) => at * 20);
    for (const asked of [
      match(
        'phone',
        keys.map((key) => `070-${key}`),
      ),
      match(
        'phone',
        keys.map((key) => `070${key}`),
        'digits',
      ),
      match(
        'mail',
        keys.map((key) => `p${key}@example.se`),
        'folded',
      ),
    ]) {
      const started = Date.now();
      expect(Object.keys(await found(connector, queryOn(db, 'log', [asked])))).toHaveLength(4_999);
      // Compared key by key it takes more than 15 s.
      expect(Date.now() - started).toBeLessThan(5_000);
    }
    await connector.close();
    await db.drop();
  });

  it('asks several matches with more keys than a chunk for hits first, and each record comes once', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table pair (a int, b varbinary(8), c varchar(20), primary key (a, b));
      insert into pair select seq % 100, unhex(lpad(hex(seq), 4, '0')), concat('c', seq) from seq_0_to_6999`);
    const connector = await openOn(mysql, db.connection);
    const texts = Array.from({ length: 6_000 }, (_one, at) => `c${at}`);
    const all = await found(
      connector,
      queryOn(db, 'pair', [match('c', [...texts, 'C7']), match('a', ['7', '07', 8])], ['a', 'b'], ['c']),
    );
    expect(Object.keys(all)).toHaveLength(6_000 + 20);
    expect(all['7,\\x0007']).toBe('0:6000 0:7 1:0 1:1');
    expect(all['8,\\x0008']).toBe('0:8 1:2');
    await connector.close();
    await db.drop();
  });

  it('tells identical rows of a table without a key apart, and NULL from its name', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table loose (email varchar(50), note varchar(50), doc json, f float, b blob);
      insert into loose values ('a', null, '{"t": ["x", "x"]}', 0.1, x'ff'), ('a', null, '{"t": ["x", "x"]}', 0.1, x'ff'),
        ('a', 'NULL', '{"t": ["x"]}', 0.1, x'ff'), (null, 'a', null, null, null)`);
    const connector = await openOn(mysql, db.connection);
    const key = [...((await described(connector)).get('loose')?.key.fields ?? [])];
    const all = await found(
      connector,
      queryOn(db, 'loose', [match('email', ['a', 'A', 'z']), match('doc', ['x'], 'exact', ['t', '[]'])], key),
    );
    expect(Object.values(all)).toEqual(['0:0 0:1 1:0', '0:0 0:1 1:0', '0:0 0:1 1:0']);
    await connector.close();
    await db.drop();
  });

  it('reads partitions through their table', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table log (id int primary key, email varchar(50)) partition by range (id)
      (partition p0 values less than (10), partition p1 values less than maxvalue); insert into log values (1, 'a'), (11, 'a')`);
    const connector = await openOn(mysql, db.connection);
    expect([...(await described(connector)).keys()]).toEqual(['log']);
    expect(await found(connector, queryOn(db, 'log', [match('email', ['a'])]))).toEqual({
      1: '0:0',
      11: '0:0',
    });
    await connector.close();
    await db.drop();
  });

  it('stops at the server too when it is aborted, and refuses a second query at once', async () => {
    const db = await withEngine('mysql');
    await db.exec(
      `create view slow as select seq as id, concat('a', seq, sleep(0.05)) as email from seq_1_to_10000`,
    );
    const connector = await openOn(mysql, db.connection);
    const controller = new AbortController();
    const reader = await connector.reader({ signal: controller.signal, timeoutMs: 20_000 });
    const ask = () =>
      reader
        .find(queryOn(db, 'slow', [match('email', ['z'])]))
        [Symbol.asyncIterator]()
        .next();
    const asked = ask();
    asked.catch(() => undefined);
    const running = async () =>
      (
        await db.exec(
          `select 1 from information_schema.processlist where command = 'Query' and info like 'select%slow%' and info not like '%processlist%' and db = database()`,
        )
      ).length;
    await expect.poll(running).toBe(1);
    await expect(ask()).rejects.toMatchObject({ kind: 'internal' });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
    await expect.poll(running, { timeout: 2_000 }).toBe(0);
    await reader.close();
    await connector.close();
    await db.drop();
  });
});

describe.skipIf(!hasEngine('mysql'))('checking mysql', () => {
  it('names each search without an index, with SQL that makes it', async () => {
    const db = await withEngine('mysql');
    await db.exec(`create table person (id int primary key, email varchar(80), mail varchar(80) collate utf8mb4_bin, phone varchar(40), doc json);
      insert into person (id, email) select seq, concat('p', seq) from seq_1_to_2000; analyze table person`);
    const collection = `${nameOf(db)}.person`;
    const at = (column: string, path: readonly string[] = []) => [{ column, path }];
    const asked = [
      { collection, fields: at('id'), mode: 'exact' },
      { collection, fields: at('email'), mode: 'folded' },
      { collection, fields: at('mail'), mode: 'folded' },
      { collection, fields: at('phone'), mode: 'digits' },
      { collection, fields: at('doc', ['a']), mode: 'exact' },
    ] as const;
    const missing = async () => {
      const connector = await openOn(mysql, db.connection);
      const findings = await connector.check(call(), asked);
      await connector.close();
      return findings.filter(({ message }) => message.startsWith('no index'));
    };
    const first = await missing();
    expect(first.map(({ about }) => about)).toEqual(
      ['email', 'mail', 'phone', 'doc.a'].map((name) => `${collection}.${name}`),
    );
    for (const { hint } of first) if (hint !== null) await db.exec(hint);
    expect((await missing()).map(({ about }) => about)).toEqual([`${collection}.doc.a`]);
    await db.drop();
  });

  it('warns of an administrator', async () => {
    const db = await withEngine('mysql');
    const connector = await openOn(mysql, db.connection);
    const findings = await connector.check(call(), []);
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('administrator') }),
    );
    await connector.close();
    await db.drop();
  });
});

describe('a mysql that cannot be reached', () => {
  it('is told by source, without the password', async () => {
    const connector = await openOn(mysql, 'mysql://u:hemligt@127.0.0.1:1/crm');
    const error = await connector.describe(call()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('crm: the server refused'),
    });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('hemligt');
    await connector.close();
  });

  it.skipIf(!hasEngine('mysql'))('may lack the database, or refuse the user', async () => {
    const db = await withEngine('mysql');
    const reject = async (change: (url: URL) => void) => {
      const url = new URL(db.connection);
      change(url);
      const connector = await openOn(mysql, url.href);
      const error = await connector.reader(call()).catch((caught: unknown) => caught);
      await connector.close();
      return error;
    };
    expect(await reject((url) => (url.pathname = '/dsr_no_such_database'))).toMatchObject({ kind: 'config' });
    const refused = await reject((url) => Object.assign(url, { username: 'root', password: 'hemligt' }));
    expect(refused).toMatchObject({ kind: 'config', message: expect.stringContaining('refused') });
    expect(String(refused)).not.toContain('hemligt');
    await db.drop();
  });
});
