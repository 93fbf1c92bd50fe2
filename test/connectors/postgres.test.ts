import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { postgresEngine } from '../../connectors/postgres/engine.js';
import postgres from '../../connectors/postgres/index.js';
import type { Query } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { hasEngine, withEngine } from '../harness/engines.js';
import { call, config, described, found, match, openOn, plansOf } from './asking.js';

const queryOf = (
  collection: string,
  matches: Query['matches'],
  key = ['id'],
  fields: string[] = [],
): Query => ({
  collection,
  key,
  matches,
  fields,
});

describe.skipIf(!hasEngine('postgres'))('the postgres catalog', () => {
  it('tells schemas, domains, enums, arrays, views and comments', async () => {
    const db = await withEngine('postgres');
    await db.exec(`
      create schema "Sales dept";
      create type mood as enum ('glad', 'it''s');
      create domain mail as varchar(80) check (value like '%@%');
      create table "Sales dept".customer (id int primary key);
      create table customer (id int primary key, email mail not null, mood mood, moods mood[], amount numeric(12,2),
        big bigint, zone timestamptz, span interval, at inet, tz timetz, code char(5));
      comment on table customer is 'people'; comment on column customer.email is 'their address';
      create view seen as select id from customer;
      create materialized view kept as select id from customer`);
    const connector = await openOn(postgres, db.connection);
    const { collections } = await connector.describe(call());
    expect(collections.map(({ id, kind, unqualified }) => [id, kind, unqualified])).toEqual([
      ['Sales dept.customer', 'table', false],
      ['public.customer', 'table', true],
      ['public.kept', 'view', true],
      ['public.seen', 'view', true],
    ]);
    const customer = collections[1];
    expect(customer?.comment).toBe('people');
    const types = Object.fromEntries(customer?.fields.map(({ name, type }) => [name, type]) ?? []);
    expect(types.email).toEqual({ kind: 'text', native: 'mail', length: 80 });
    expect(types.mood).toMatchObject({ kind: 'enum', values: ['glad', "it's"] });
    expect(types.moods).toMatchObject({ kind: 'array', element: { kind: 'enum' } });
    expect(types.amount).toMatchObject({ kind: 'decimal', native: 'numeric(12,2)' });
    expect(types.code).toMatchObject({ kind: 'text', length: 5 });
    expect(['zone', 'span', 'at', 'tz'].map((name) => types[name]?.kind)).toEqual([
      'instant',
      'other',
      'other',
      'other',
    ]);
    expect(customer?.fields.find(({ name }) => name === 'email')).toMatchObject({
      nullable: false,
      comment: 'their address',
    });
    await connector.close();
    await db.drop();
  });

  it('says which tables a role sees only in part, and why', async () => {
    const db = await withEngine('postgres');
    const role = `dsr_test_${process.pid}`;
    await db.exec(`
      create table open_to_all (id int primary key); create table closed (id int primary key);
      create table part (id int primary key, secret text); create table guarded (id int primary key);
      create schema locked; create table locked.away (id int primary key); create schema bare;
      alter table guarded enable row level security; create policy own on guarded using (id = 1);
      create table parent (id int primary key); create table child (email text) inherits (parent);
      drop role if exists ${role}; create role ${role} login;
      grant select on open_to_all, guarded, parent to ${role}; grant select (id) on part to ${role}`);
    try {
      const url = new URL(db.connection);
      url.username = role;
      const connector = await openOn(postgres, url.href);
      const tables = await described(connector);
      expect(Object.fromEntries([...tables].map(([name, { hidden }]) => [name, hidden]))).toEqual({
        open_to_all: null,
        closed: 'no SELECT on it',
        part: 'no SELECT on secret',
        guarded: 'row-level security applies to this role',
        parent: 'inheriting tables have columns of their own: child.email',
      });
      expect((await connector.describe(call())).hidden).toEqual(['locked']);
      const findings = await connector.check(call(), []);
      expect(findings.map(({ about }) => about)).toEqual(
        expect.arrayContaining(['crm: schema locked', 'public.closed', 'public.part', 'public.guarded']),
      );
      const refused = found(connector, queryOf('public.closed', [match('id', [1])]));
      await expect(refused).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('public.closed'),
      });
      await connector.close();
    } finally {
      await db.exec(`drop owned by ${role}; drop role ${role}`);
      await db.drop();
    }
  });

  it('takes as many statements for 60 tables as for none', async () => {
    const db = await withEngine('postgres');
    const count = async () => {
      const engine = await postgresEngine(postgres.parse(config(db.connection)));
      const session = await engine.connect(call().signal);
      let statements = 0;
      const counted: typeof session = {
        ...session,
        rows(statement, signal) {
          statements += 1;
          return session.rows(statement, signal);
        },
      };
      const { tables } = await engine.tables(counted, call().signal);
      await session.close();
      await engine.close();
      return { statements, tables: tables.length };
    };
    const before = await count();
    await db.exec(
      Array.from({ length: 60 }, (_one, at) => `create table t${at} (id int primary key)`).join(';'),
    );
    expect(await count()).toEqual({ statements: before.statements, tables: 60 });
    await db.drop();
  });

  it('counts keys of rows in child tables by table and row address', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table parent (id int, email text); create table child () inherits (parent);
      insert into parent values (1, 'a@example.se'); insert into child values (1, 'a@example.se')`);
    const connector = await openOn(postgres, db.connection);
    const parent = (await described(connector)).get('parent');
    expect(parent?.key).toEqual({ fields: ['tableoid', 'ctid'], kind: 'physical' });
    const both = [match('email', ['a@example.se']), match('id', [1])];
    expect(
      Object.values(await found(connector, queryOf('public.parent', both, [...(parent?.key.fields ?? [])]))),
    ).toEqual(['0:0 1:0', '0:0 1:0']);
    await connector.close();
    await db.drop();
  });
});

describe.skipIf(!hasEngine('postgres'))('searching in postgres', () => {
  it('compares each type as itself, and raises for no key', async () => {
    const db = await withEngine('postgres');
    await db.exec(`
      create domain mail as text; create extension if not exists citext;
      create collation folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table kinds (id int primary key, m mail, c citext, i inet, f real, ch char(6), x xml, b bit(4), r int4range,
        n text collate folding, z timestamptz);
      insert into kinds values (1, 'a', 'Anna@Example.SE', '10.0.0.1', 0.1, 'ab', '<a/>', '0101', '[1,5)', 'ÅSA',
        '2024-02-29 12:00:00.123456+02')`);
    const connector = await openOn(postgres, db.connection);
    const hit = async (column: string, ...keys: (string | number | boolean)[]) =>
      (await found(connector, queryOf('public.kinds', [match(column, keys)])))['1'];
    expect(await hit('m', 'b', 'a')).toBe('0:1');
    expect(await hit('c', 'ANNA@example.se', 'x')).toBe('0:0');
    expect(await hit('i', '10.0.0.2', '10.0.0.1', 'nonsense', '10.0.0.1/99')).toBe('0:1');
    expect(await hit('f', 0.1, '1e300', 'x')).toBe('0:0');
    expect(await hit('ch', 'ab', 'ab    ', 'ab\u0000')).toBe('0:0 0:1');
    expect(await hit('x', '<a/>')).toBe('0:0');
    expect(await hit('b', '101', '0101')).toBe('0:1');
    expect(await hit('r', '[1,5)', '[1,4)')).toBe('0:0');
    expect(await hit('n', 'åsa', 'Åsa')).toBe('0:0 0:1');
    for (const same of [
      '2024-02-29T10:00:00.123456Z',
      '2024-02-29 10:00:00.123456+00',
      '2024-02-29T12:00:00.123456+02:00',
    ]) {
      expect(await hit('z', '2024-02-29T10:00:00.123457Z', same)).toBe('0:1');
    }
    await connector.close();
    await db.drop();
  });

  it('is not misled by types of a built-in name', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create schema mine; create type mine.text as enum ('a'); create domain mine.int4 as text;
      create table odd (id int primary key, t mine.text, n mine.int4); insert into odd values (1, 'a', 'x')`);
    const connector = await openOn(postgres, db.connection);
    for (const mode of ['exact', 'folded', 'digits'] as const) {
      const asked = [match('t', ['a', 'b', ''], mode), match('n', ['x', ''], mode)];
      const hits = mode === 'digits' ? '0:2 1:1' : '0:0 1:0';
      expect(await found(connector, queryOf('public.odd', asked))).toEqual({ 1: hits });
    }
    await connector.close();
    await db.drop();
  });

  it('brings every value as exact text where JavaScript has no such number or time', async () => {
    expect.assertions(1);
    const db = await withEngine('postgres');
    await db.exec(`create table v (id int primary key, n numeric, j json, t timestamptz, a numeric[], d date, s interval, y bigint[][]);
      insert into v values (1, 'NaN', '{"a": 1.10, "a": 12345678901234567890}', '0044-03-15 12:00:00+00 BC',
        '{1.10,NULL}', 'infinity', '1 mon 2 days', '{{1,2},{9007199254740993,NULL}}')`);
    const connector = await openOn(postgres, db.connection);
    const reader = await connector.reader(call());
    const fields = ['n', 'j', 't', 'a', 'd', 's', 'y'];
    for await (const [one] of reader.find(queryOf('public.v', [match('id', [1])], ['id'], fields))) {
      expect(one?.values).toEqual([
        'NaN',
        { json: '{"a": 1.10, "a": 12345678901234567890}' },
        '0044-03-15 12:00:00+00 BC',
        ['1.10', null],
        'infinity',
        'P1M2D',
        [
          [1, 2],
          [9007199254740993n, null],
        ],
      ]);
    }
    await reader.close();
    await connector.close();
    await db.drop();
  });

  it('goes by index at 5,000 keys, in one statement a chunk, and one for a few keys in all matches', async () => {
    const db = await withEngine('postgres');
    await db.exec(`
      create table person (id bigint primary key, email varchar(200), phone text, payload text);
      insert into person select i, 'P' || i || '@Example.se', '070-' || i, repeat('x', 100) from generate_series(1, 400000) i;
      create index on person (email); create index on person (lower(email));
      create index on person (regexp_replace(phone, '[^0-9]', '', 'g')); analyze person`);
    const options = postgres.parse(config(db.connection));
    const keys = Array.from({ length: 12_000 }, (_one, at) => at * 33);
    const plans = async (...matches: Query['matches']) => {
      const all = await plansOf(await postgresEngine(options), queryOf('public.person', matches), 'explain');
      return all.map((plan) => plan.map((row) => String(row[0])).join('\n'));
    };
    const searches = {
      id: await plans(match('id', keys)),
      email: await plans(
        match(
          'email',
          keys.map((key) => `P${key}@Example.se`),
        ),
      ),
      folded: await plans(
        match(
          'email',
          keys.map((key) => `p${key}@example.se`),
          'folded',
        ),
      ),
      digits: await plans(
        match(
          'phone',
          keys.map((key) => `070${key}`),
          'digits',
        ),
      ),
    };
    for (const [name, sent] of Object.entries(searches)) {
      expect(sent, name).toHaveLength(3);
      for (const plan of sent) {
        expect(plan, name).toMatch(/Index Cond: .*k\.k0/);
        expect(plan, name).not.toMatch(/Seq Scan on person/);
      }
    }
    const [one, ...more] = await plans(
      match('id', [1]),
      match('email', ['P7@Example.se']),
      match('phone', ['0708'], 'digits'),
    );
    expect(more).toEqual([]);
    expect(one).not.toMatch(/Seq Scan on person/);
    // The check of the test itself: without its index the same search scans.
    await db.exec('drop index person_email_idx');
    expect((await plans(match('email', ['P7@Example.se']))).join()).toMatch(/Seq Scan on person/);
    await db.drop();
  });

  it('asks several matches with more keys than a chunk for hits first, and each record comes once', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table pair (a int, b bytea, c text, primary key (a, b));
      insert into pair select i % 100, decode(lpad(to_hex(i), 4, '0'), 'hex'), 'c' || i from generate_series(0, 6999) i`);
    const connector = await openOn(postgres, db.connection);
    const texts = Array.from({ length: 6_000 }, (_one, at) => `c${at}`);
    const all = await found(
      connector,
      queryOf('public.pair', [match('c', texts), match('a', ['7', '07', 8])], ['a', 'b'], ['c']),
    );
    expect(Object.keys(all)).toHaveLength(6_000 + 20);
    expect(all['7,\\x0007']).toBe('0:7 1:0 1:1');
    expect(all['8,\\x0008']).toBe('0:8 1:2');
    expect(all[`7,\\x${(6907).toString(16)}`]).toBe('1:0 1:1');
    await connector.close();
    await db.drop();
  });

  it('finds every one of identical rows in a view, which has no row address', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table base (email text, tags text[]); insert into base values ('a', '{x,x}'), ('a', '{x,x}'), ('b', '{x}');
      create view seen as select * from base`);
    const connector = await openOn(postgres, db.connection);
    const seen = (await described(connector)).get('seen');
    expect(seen?.key.kind).toBe('physical');
    const query = queryOf(
      'public.seen',
      [match('email', ['a', 'z']), match('tags', ['x', 'y'], 'exact', ['[]'])],
      [...(seen?.key.fields ?? [])],
    );
    const all = await found(connector, query);
    expect(Object.values(all).sort()).toEqual(['0:0 1:0', '0:0 1:0', '1:0']);
    await connector.close();
    await db.drop();
  });

  it('stops at the server too when it is aborted', async () => {
    const db = await withEngine('postgres');
    await db.exec(
      `create view slow as select i as id, 'a' || coalesce(pg_sleep(0.05)::text, '') as email from generate_series(1, 10000) i`,
    );
    const connector = await openOn(postgres, db.connection);
    const controller = new AbortController();
    const reader = await connector.reader({ signal: controller.signal, timeoutMs: 20_000 });
    const asked = reader
      .find(queryOf('public.slow', [match('email', ['z'])]))
      [Symbol.asyncIterator]()
      .next();
    asked.catch(() => undefined);
    const running = async () =>
      (
        await db.exec(
          `select 1 from pg_stat_activity where application_name = 'dsr' and state = 'active' and datname = current_database()`,
        )
      ).length;
    await expect.poll(running).toBe(1);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
    await expect.poll(running, { timeout: 2_000 }).toBe(0);
    await reader.close();
    await connector.close();
    await db.drop();
  });
});

describe.skipIf(!hasEngine('postgres'))('checking postgres', () => {
  it('names each search without an index, with SQL that makes it', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table person (id int primary key, email varchar(80), "Home phone" text, doc jsonb, tags text[]) ;
      insert into person select i, 'p' || i, '070-' || i from generate_series(1, 2000) i; analyze person;
      create table log (id int, email text) partition by range (id);
      create table log_a partition of log for values from (0) to (9); create table log_b partition of log for values from (9) to (99);
      create index on log_a (email)`);
    const at = (column: string, path: readonly string[] = []) => [{ column, path }];
    const asked = [
      { collection: 'public.person', fields: at('id'), mode: 'exact' },
      { collection: 'public.person', fields: at('email'), mode: 'folded' },
      { collection: 'public.person', fields: at('Home phone'), mode: 'digits' },
      { collection: 'public.person', fields: at('doc', ['a', "b'c"]), mode: 'exact' },
      { collection: 'public.person', fields: at('tags', ['[]']), mode: 'exact' },
      { collection: 'public.log', fields: at('email'), mode: 'exact' },
    ] as const;
    const missing = async () => {
      const connector = await openOn(postgres, db.connection);
      const findings = await connector.check(call(), asked);
      await connector.close();
      return findings.filter(({ message }) => message.startsWith('no index'));
    };
    const first = await missing();
    expect(first.map(({ about }) => about)).toEqual([
      'public.person.email',
      'public.person.Home phone',
      "public.person.doc.a.b'c",
      'public.person.tags[]',
      'public.log.email',
    ]);
    expect(first[0]).toMatchObject({
      severity: 'warning',
      hint: expect.stringContaining('(lower("email"))'),
    });
    for (const { hint } of first) if (hint !== null) await db.exec(hint);
    expect((await missing()).map(({ about }) => about)).toEqual(['public.person.tags[]']);
    await db.drop();
  });

  it('warns of a superuser', async () => {
    const db = await withEngine('postgres');
    const connector = await openOn(postgres, db.connection);
    expect(await connector.check(call(), [])).toContainEqual(
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('superuser') }),
    );
    await connector.close();
    await db.drop();
  });
});

describe('a postgres that cannot be reached', () => {
  it('is told by source, without the password', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    silent.close();
    await wait(10);
    const connector = await openOn(postgres, `postgres://u:hemligt@127.0.0.1:${port}/crm`);
    const error = await connector.describe(call()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DsrError);
    expect(error).toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('crm: the server refused'),
    });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('hemligt');
    expect(await connector.check(call(), [])).toMatchObject([{ severity: 'error', about: 'crm' }]);
    await connector.close();
  });

  it.skipIf(!hasEngine('postgres'))('may lack the database', async () => {
    const db = await withEngine('postgres');
    const url = new URL(db.connection);
    url.pathname = '/dsr_no_such_database';
    const connector = await openOn(postgres, url.href);
    await expect(connector.reader(call())).rejects.toMatchObject({ kind: 'config' });
    await connector.close();
    await db.drop();
  });
});

describe('the postgres connection', () => {
  it.each([
    ['mysql://u:hemligt@h/d', 'no postgres or postgresql URL'],
    ['u:hemligt@h', 'no'],
    [{ host: 'h', passwort: 'hemligt' }, 'passwort'],
    [{ host: 'h', port: 'hemligt' }, 'port'],
    [undefined, 'missing'],
  ])('is refused where it is not one', (connection, what) => {
    const parse = () => postgres.parse(config(connection));
    expect(parse).toThrow(DsrError);
    expect(parse).toThrow(what);
    try {
      parse();
    } catch (error) {
      expect(`${error} ${(error as DsrError).hint}`).not.toContain('hemligt');
    }
  });

  it('is printed without its password', () => {
    const options = postgres.parse(
      config('postgresql://anna:h%40emligt@db.example.se:5433/crm?sslmode=require'),
    );
    expect(options).toMatchObject({ password: 'h@emligt', port: 5433, ssl: 'require' });
    const shown = JSON.stringify(postgres.redact(options));
    expect(shown).toContain('db.example.se');
    expect(shown).not.toContain('emligt');
  });

  it('takes a Unix socket and options', () => {
    expect(
      postgres.parse(
        config('postgres:///crm?host=/var/run/postgresql', { schemas: ['a'], statementTimeout: 1.5 }),
      ),
    ).toMatchObject({
      ...{ socketPath: '/var/run/postgresql', host: null, schemas: ['a'], statementTimeoutMs: 1500 },
    });
    expect(() => postgres.parse(config('postgres://h/d', { shemas: ['a'] }))).toThrow('shemas');
  });
});
