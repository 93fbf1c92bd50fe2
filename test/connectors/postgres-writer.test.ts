import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postgresEngine } from '../../connectors/postgres/engine.js';
import postgres from '../../connectors/postgres/index.js';
import type { Query } from '../../src/connector/contract.js';
import type { Scalar, Value } from '../../src/model/value.js';
import { hasEngine, withEngine } from '../harness/engines.js';
import { call, config, match, openOn } from './asking.js';
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
const all = (
  collection: string,
  fields: readonly string[],
  keys: readonly Scalar[] = ids,
  key = 'id',
): Query => ({
  ...{ collection, key: [key], fields },
  matches: [match(key, keys)],
});

describe.skipIf(!hasEngine('postgres'))('the postgres writer', () => {
  it('writes values of every kind so that they are read as they were given', async () => {
    const db = await withEngine('postgres');
    await db.exec(`
      create extension if not exists citext;
      create type mood as enum ('glad', 'it''s', '1');
      create domain mail as varchar(80) check (value like '%@%');
      create domain short as mail check (length(value) < 60);
      create table kinds (id int primary key, s int2, i int4, b int8, n numeric, n2 numeric(24,4), f float8, f4 float4,
        yes bool, t text, v varchar(40), c citext, m mood, ms mood[], u uuid, d date, tm time, ts timestamp, tz timestamptz,
        by bytea, j json, jb jsonb, ta text[], ia int8[], na numeric[][], ba bytea[], dom short, mails mail[], ip inet, span interval,
        bits bit(4), vb bit varying(9), cash money, r int4range, xmlish xml, q "char", tza timestamptz[], pt point);
      insert into kinds (id) select n from generate_series(0, ${ROWS - 1}) n`);
    const kinds: Readonly<Record<string, fc.Arbitrary<Value>>> = {
      s: made.integer(16),
      i: made.integer(32),
      b: made.wide(-(2n ** 63n), 2n ** 63n - 1n),
      n: fc.oneof(
        made.decimal,
        fc.constantFrom('NaN', 'Infinity', '1.10', '0', `${'9'.repeat(60)}.${'1'.repeat(60)}`),
      ),
      n2: made.decimal,
      f: fc.oneof(made.double, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0)),
      f4: made.single(true),
      yes: fc.boolean(),
      t: made.text(false),
      v: made.text(false),
      c: made.text(false),
      m: fc.constantFrom('glad', "it's", '1'),
      ms: fc.array(fc.constantFrom('glad', "it's", null)),
      u: made.uuid,
      d: fc.oneof(made.date, fc.constantFrom('infinity', '0044-03-15 BC', '12345-01-01')),
      tm: fc.oneof(made.time, fc.constant('24:00:00')),
      ts: fc.oneof(made.timestamp, fc.constantFrom('infinity', '-infinity', '12345-01-01T00:00:00.000001')),
      tz: fc.oneof(
        made.timestamp.map((at) => `${at}+00:00`),
        fc.constant('infinity'),
      ),
      by: made.bytes,
      j: made.json(true),
      jb: fc.constantFrom(
        { json: '{"a": 1.10, "b": [null, true]}' },
        { json: '"\\\\u0000"' },
        { json: 'null' },
      ),
      ta: fc.array(fc.oneof(made.text(false), fc.constant(null))),
      ia: fc.array(made.wide(-(2n ** 63n), 2n ** 63n - 1n)),
      na: fc.tuple(fc.array(made.decimal, { minLength: 2, maxLength: 2 }), fc.constant(['1', null])),
      ba: fc.array(made.bytes),
      dom: made.text(false, 30).map((text) => `${text}@`),
      mails: fc.array(made.text(false, 30).map((text) => `${text}@`)),
      ip: fc.oneof(fc.ipV4(), fc.constantFrom('10.0.0.0/8', '::1')),
      span: fc.constantFrom('P1M', 'P30D', 'PT-0.000001S', 'P1Y2M3DT4H5M6.7S'),
      bits: fc.constantFrom('0000', '1010'),
      vb: fc.constantFrom('', '1', '101010101'),
      cash: fc.constantFrom('$1.10', '-$92,233,720,368,547,758.08'),
      r: fc.constantFrom('empty', '[1,5)', '(,)'),
      xmlish: fc.constantFrom('<a>å</a>', 'text'),
      q: fc.constantFrom('a', '"'),
      tza: fc.array(made.timestamp.map((at) => `${at}+00:00`)),
      pt: fc.constantFrom('(1,2)', '(0.1,-1e-07)'),
    };
    const fields = Object.keys(kinds);
    const connector = await openOn(postgres, db.connection);
    await fc.assert(
      fc.asyncProperty(fc.array(made.rowOf(kinds), { minLength: ROWS, maxLength: ROWS }), async (rows) => {
        const change = update(
          'public.kinds',
          fields,
          rows.map((values, id) => [id, ...values]),
        );
        expect(await committed(connector, change)).toBe(ROWS);
        const read = await valuesOf(connector, all('public.kinds', fields));
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
    const db = await withEngine('postgres');
    await db.exec(`create table t (id int primary key, v varchar(5), n numeric(6,2), b bool, e uuid, j jsonb, a int[], x text, g int generated always as identity);
      insert into t (id) values (1)`);
    const connector = await openOn(postgres, db.connection);
    const secret = 'secret-2397';
    const wrong: readonly (readonly [string, Value])[] = [
      ...[
        ['v', secret] as const,
        ['n', '1234567.891'] as const,
        ['b', secret] as const,
        ['e', secret] as const,
      ],
      ...[
        ['j', { json: `{"${secret}": "\\u0000"}` }] as const,
        ['j', { json: secret }] as const,
        ['a', [secret]] as const,
      ],
      ...[
        ['a', secret] as const,
        ['x', `${secret}\0`] as const,
        ['x', `${secret}\ud800`] as const,
        ['g', 7] as const,
      ],
      ...[['x', new Uint8Array([1])] as const, ['x', { json: '1' }] as const],
    ];
    for (const [field, value] of wrong) {
      const error = await caught(committed(connector, update('public.t', [field], [[1, value]])));
      expect([field, error]).toEqual([field, expect.objectContaining({ kind: 'data' })]);
      expect(allOf(error)).not.toContain('2397');
    }
    await connector.close();
    await db.drop();
  });

  it('changes only the record whose key is the asked one, where the column holds others equal', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create extension if not exists citext;
      create collation folding (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
      create table c (code citext, n int); insert into c values ('AB', 0), ('ab', 0);
      create table f (code text collate folding, n int); insert into f values ('AB', 0), ('ab', 0), ('åb', 0)`);
    const connector = await openOn(postgres, db.connection);
    for (const table of ['public.c', 'public.f']) {
      const writer = await writerOn(connector);
      expect(await writer.lock(records(table, ['code'], [['Ab'], ['ab']]))).toBe(1);
      expect(
        await writer.apply(
          update(
            table,
            ['n'],
            [
              ['ab', 1],
              ['aB', 2],
            ],
            'code',
          ),
        ),
      ).toEqual({ records: 1 });
      expect(await writer.apply(deletion(table, ['AB', 'Åb'], 'code'))).toEqual({ records: 1 });
      await writer.commit();
      await writer.close();
    }
    expect(await db.exec('select code, n from c')).toEqual([{ code: 'ab', n: 1 }]);
    expect(await db.exec('select code, n from f order by n')).toEqual([
      { code: 'åb', n: 0 },
      { code: 'ab', n: 1 },
    ]);
    await connector.close();
    await db.drop();
  });

  it('goes by index at 5,000 keys', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table person (id bigint primary key, a int, b varchar(30), note text, unique (a, b));
      insert into person select n, n, 'b' || n, 'n' from generate_series(1, 100000) n; analyze person`);
    const keys = Array.from({ length: 5_000 }, (_one, at) => at * 20);
    const pair = keys.map((key) => [key, `b${key}`]);
    const changes = [
      deletion('public.person', keys),
      { kind: 'delete', ...records('public.person', ['a', 'b'], pair) } as const,
      update(
        'public.person',
        ['note', 'b'],
        keys.map((key) => [key, 'x', null]),
      ),
    ];
    for (const change of changes) {
      const engine = await postgresEngine(postgres.parse(config(db.connection)));
      for (const plan of await plansOfChange(engine, change, 'explain')) {
        const text = plan.flat().join('\n');
        expect(text).toMatch(/Index (Only )?Scan using person_(pkey|a_b_key) on person t/);
        expect(text).not.toContain('Seq Scan');
      }
    }
    await db.drop();
  });

  it('changes partitions and inheriting tables through their parent', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table parted (id int primary key, name text) partition by range (id);
      create table p1 partition of parted for values from (0) to (5); create table p2 partition of parted for values from (5) to (50);
      insert into parted select n, 'n' from generate_series(0, 9) n;
      create table parent (id int primary key, name text); create table child (more text) inherits (parent);
      insert into parent values (1, 'p'); insert into child values (2, 'c'), (3, 'same'); insert into parent values (3, 'same')`);
    const connector = await openOn(postgres, db.connection);
    const writer = await writerOn(connector);
    expect(await writer.lock(records('public.parted', ['id'], [[4], [5], [60]]))).toBe(2);
    expect(await writer.apply(update('public.parted', ['id', 'name'], [[4, 40, 'moved']]))).toEqual({
      records: 1,
    });
    expect(await writer.apply(deletion('public.parted', [0, 9]))).toEqual({ records: 2 });
    expect(await writer.lock(records('public.parent', ['id'], [[1], [2]]))).toBe(2);
    expect(
      await writer.apply(
        update(
          'public.parent',
          ['name'],
          [
            [1, 'x'],
            [2, 'y'],
          ],
        ),
      ),
    ).toEqual({ records: 2 });
    expect(
      (await everything(writer, all('public.parted', ['name'], [40, 41]))).map(({ values }) => values),
    ).toEqual([['moved']]);
    // Two records of one key: nothing keeps a child from having its parent's. Asked for by two matches.
    const twice = { ...all('public.parent', [], [3]), matches: [match('id', [3]), match('name', ['same'])] };
    expect(await everything(writer, twice)).toHaveLength(2);
    await writer.commit();
    await writer.close();
    expect(await db.exec('select name from child order by id')).toEqual([{ name: 'y' }, { name: 'same' }]);
    await connector.close();
    await db.drop();
  });

  it('puts deferrable constraints off until it settles, so that the end alone counts', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table a (id int primary key, b int not null); create table b (id int primary key, a int not null references a deferrable);
      alter table a add constraint a_b foreign key (b) references b deferrable; begin; set constraints all deferred;
      insert into a values (1, 1), (2, 2); insert into b values (1, 1), (2, 2); commit`);
    const connector = await openOn(postgres, db.connection);
    expect(await committed(connector, deletion('public.a', [1]), deletion('public.b', [1]))).toBe(2);
    const writer = await writerOn(connector);
    await writer.apply(deletion('public.a', [2]));
    expect(await caught(writer.settle())).toMatchObject({
      kind: 'data',
      message: expect.stringContaining('b_a_fkey'),
    });
    await writer.close();
    const unsettled = await writerOn(connector);
    await unsettled.apply(deletion('public.b', [2]));
    expect(await caught(unsettled.commit())).toMatchObject({
      kind: 'data',
      message: expect.stringContaining('a_b'),
    });
    await unsettled.close();
    expect(await db.exec('select * from a')).toHaveLength(1);
    await connector.close();
    await db.drop();
  });

  it('says of a commit that was killed at work that it may have landed', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create table t (id int primary key); insert into t values (1);
      create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(20); return null; end';
      create constraint trigger waits after delete on t deferrable initially deferred for each row execute function slow()`);
    const connector = await openOn(postgres, db.connection);
    const writer = await writerOn(connector);
    await writer.apply(deletion('public.t', [1]));
    const commit = caught(writer.commit());
    const sleeping = `from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
    await expect.poll(async () => (await db.exec(`select 1 ${sleeping}`)).length).toBe(1);
    await db.exec(`select pg_terminate_backend(pid) ${sleeping}`);
    expect(await commit).toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('may have landed'),
    });
    await writer.close();
    const late = await writerOn(connector, call(400));
    await late.apply(deletion('public.t', [1]));
    expect(await caught(late.commit())).toMatchObject({
      kind: 'transient',
      message: 'crm: no answer in time at the commit: it may have landed, or not',
    });
    await late.close();
    await connector.close();
    await db.drop();
  });

  it('names the privileges that are missing', async () => {
    const db = await withEngine('postgres');
    const role = `dsr_test_w_${process.pid}`;
    await db.exec(
      `create table t (id int primary key, name text); drop role if exists ${role}; create role ${role} login; grant select on t to ${role}`,
    );
    try {
      const url = new URL(db.connection);
      url.username = role;
      const connector = await openOn(postgres, url.href);
      const findings = (await connector.check(call(), [])).filter(({ message }) =>
        message.includes('tables'),
      );
      expect(findings).toMatchObject([
        {
          message: expect.stringContaining(`${role} may not UPDATE and DELETE in 1 of 1 tables`),
          hint: expect.stringContaining(`grant select, update, delete on "public"."t" to "${role}";`),
          severity: 'info',
        },
      ]);
      for (const change of [deletion('public.t', [1]), update('public.t', ['name'], [[1, null]])]) {
        expect(await caught(committed(connector, change))).toMatchObject({
          kind: 'config',
          message: 'crm: public.t: a privilege is missing (code 42501)',
          hint: expect.stringContaining('grant SELECT, UPDATE, DELETE'),
        });
      }
      await connector.close();
    } finally {
      await db.exec(`drop owned by ${role}; drop role ${role}`);
      await db.drop();
    }
  });
});
