import { expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import sqlite from '../../connectors/sqlite/index.js';
import { applyPlan } from '../../src/apply/apply.js';
import type { ApplyInput, ApplyResult } from '../../src/apply/input.js';
import type { Connector, Reader } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { limited } from '../../src/connector/limits.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { DataMap, Field } from '../../src/model/map.js';
import type { Key, Value } from '../../src/model/value.js';
import type { FieldChange, Plan, PlanGroup, PlanRow } from '../../src/plan/plan.js';
import { describeEngines, type Engine, type TestDatabase, withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';
import { group, HEADER, planOf } from '../plan/plan-support.js';
import { mapOf } from '../support/world.js';

const CALL = { signal: new AbortController().signal, timeoutMs: 20_000 };

interface Opened {
  readonly database: TestDatabase;
  readonly connector: Connector;
  readonly catalog: Catalog;
  readonly map: DataMap;
}

interface Drawn {
  readonly facts: Partial<PlanGroup> & { readonly collection: string };
  readonly rows: readonly PlanRow[];
}

/** Tables in a database, and a map in which every column is somebody's. */
async function opened(engine: Engine, sql: string, key = 'id'): Promise<Opened> {
  const database = await withEngine(engine);
  await database.exec(sql);
  const settings = {
    name: 'crm',
    connection: database.connection,
    options: {},
    workspace: '/',
    scratch: scratchFolder(),
  };
  const connector = limited(await open(engine, settings), 'crm');
  const catalog = await connector.describe(CALL);
  const base = mapOf(
    Object.fromEntries(catalog.collections.map(({ name }) => [`crm.${name}`, { rows: [] }])),
  );
  const map: DataMap = {
    ...base,
    collections: base.collections.map((collection) => {
      const info = catalog.collections.find(({ name }) => name === collection.name);
      const [some] = mapOf({ 'crm.x': { identifiers: { x: { type: 'email' } }, rows: [] } }).collections;
      return {
        ...collection,
        table: info?.id ?? '',
        key: [key],
        fields: (info?.fields ?? []).map(
          ({ name, type, nullable }): Field => ({
            ...(some?.fields[0] as Field),
            ...{ name, type, nullable, at: { column: name, path: [] } },
            identifier: name === 'email' ? { type: 'email', match: null, encoding: null } : null,
          }),
        ),
      };
    }),
  };
  return { database, connector, catalog, map };
}

async function open(engine: Engine, settings: Parameters<typeof postgres.parse>[0]): Promise<Connector> {
  if (engine === 'postgres') return postgres.open(postgres.parse(settings));
  return engine === 'mysql' ? mysql.open(mysql.parse(settings)) : sqlite.open(sqlite.parse(settings));
}

function drawn(parts: readonly Drawn[]): Plan {
  return planOf({
    header: { ...HEADER, map: 'sha256:test' },
    groups: parts.map(({ facts, rows }) => ({
      group: group({ ...facts, collection: `crm.${facts.collection}` }),
      rows,
    })),
  });
}

async function apply(
  { connector, catalog, map }: Opened,
  parts: readonly Drawn[],
  redraw: ApplyInput['redraw'] = async () => drawn(parts),
): Promise<ApplyResult> {
  return applyPlan({
    ...{ plan: drawn(parts), map, redraw },
    catalogs: new Map([['crm', catalog]]),
    connectors: new Map([['crm', connector]]),
    types: identifierTypes(),
    seed: new Uint8Array(32).fill(3),
    person: { identifiers: [{ type: 'email', value: 'anna@example.se' }], names: ['Anna Berg'] },
    onIntent: () => {},
    onReady: () => {},
    onOutcome: () => {},
    ...CALL,
    report: () => {},
    tmp: scratchFolder(),
  });
}

async function close({ connector, database }: Opened): Promise<void> {
  await connector.close();
  await database.drop();
}

const keys = (...ids: readonly Key[0][]): readonly PlanRow[] =>
  ids.map((id) => ({ key: [id], old: [], new: [] }));
const to = (fields: Readonly<Record<string, FieldChange['to']>>): readonly FieldChange[] =>
  Object.entries(fields).map(([field, mask]) => ({ field, to: mask }));

const COLUMNS: Readonly<Record<Engine, Readonly<Record<string, string>>>> = {
  sqlite: {
    amount: 'numeric',
    code: 'text',
    doc: 'json',
    at: 'text',
    bin: 'blob',
    small: 'real',
    flag: 'boolean',
  },
  postgres: {
    amount: 'numeric(12,4)',
    code: 'char(8)',
    doc: 'jsonb',
    at: 'timestamptz',
    moment: 'timestamp',
    day: 'date',
    hour: 'time',
    bin: 'bytea',
    small: 'real',
    big: 'bigint',
    flag: 'boolean',
    guid: 'uuid',
    list: 'text[]',
    spread: 'interval',
    host: 'inet',
  },
  mysql: {
    amount: 'decimal(12,4)',
    code: 'char(8)',
    doc: 'json',
    moment: 'datetime(6)',
    at: 'timestamp(6) null',
    day: 'date',
    hour: 'time(3)',
    bin: 'binary(4)',
    small: 'float',
    big: 'bigint unsigned',
    flag: 'tinyint(1)',
    guid: 'uuid',
  },
};

/** As a plan may have them: not always as the database spells them. */
const VALUES: Readonly<Record<string, Value>> = {
  amount: '12.5',
  code: 'ab',
  doc: { json: '{"b": [1.50, null, "å"],  "a": {"z": 1, "y": 2}}' },
  at: '2026-03-03T10:00:00.120000+00:00',
  moment: '2026-03-03T10:00:00.5',
  day: '2026-03-03',
  hour: '10:00:00',
  bin: new Uint8Array([1, 0, 255, 0]),
  small: 0.1,
  big: 2n ** 62n + 1n,
  flag: true,
  guid: '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
  list: ['a', null, 'x"y,{z}'],
  spread: 'P1D',
  host: '192.0.2.1',
};

const SQL = {
  people: `create table people (id int primary key, email varchar(60) not null unique, name varchar(40) not null,
    phone varchar(20), note text, updated varchar(20));
    insert into people values (1, 'anna@example.se', 'Anna Berg', '070', 'call Anna', null),
      (2, 'bo@example.se', 'Bo Ek', '071', 'Anna', null), (3, 'anna+1@example.se', 'Anna', null, null, null);
    create table orders (id int primary key, person int not null references people (id), total int);
    insert into orders values (1, 1, 5), (2, 2, 6)`,
};

const TRIGGERS: Readonly<Record<Engine, (column: string, value: string) => string>> = {
  sqlite: (column, value) =>
    `create trigger t after update on people begin update people set ${column} = ${value} where id = new.id; end`,
  postgres: (column, value) =>
    `create function f() returns trigger language plpgsql as $$ begin new.${column} := ${value}; return new; end $$;
     create trigger t before update on people for each row execute function f()`,
  mysql: (column, value) =>
    `create trigger t before update on people for each row set new.${column} = ${value}`,
};

describeEngines('applying a plan', (engine) => {
  it('takes for written what the database spells in its own way', async () => {
    const columns = COLUMNS[engine];
    const names = Object.keys(columns);
    const one = await opened(
      engine,
      `create table kinds (id int primary key, ${names.map((name) => `${name} ${columns[name]}`).join(', ')});
       insert into kinds (id) values (1), (2)`,
    );
    const news = names.map((name) => VALUES[name] ?? null);
    const olds = names.map(() => null);
    const result = await apply(one, [
      {
        facts: {
          collection: 'kinds',
          action: 'update',
          fields: names.map((field) => ({ field, to: 'new' })),
        },
        rows: [
          { key: [1], old: olds, new: news },
          { key: [2], old: news, new: olds },
        ],
      },
    ]);
    expect(result.sources.map(({ error }) => error?.message)).toEqual([undefined]);
    expect(result.complete).toBe(true);
    // Written once more, from what is read now, it is still the same.
    const again = await readAll(one, names);
    expect(
      (
        await apply(one, [
          {
            facts: {
              collection: 'kinds',
              action: 'update',
              fields: names.map((field) => ({ field, to: 'new' })),
            },
            rows: [{ key: [1], old: news, new: again }],
          },
        ])
      ).complete,
    ).toBe(true);
    expect(await readAll(one, names)).toEqual(again);
    await close(one);
  });

  const mask: Drawn = {
    facts: {
      collection: 'people',
      action: 'mask',
      fields: to({ email: 'pseudonym', name: 'pseudonym', phone: 'null', note: 'redact' }),
    },
    rows: keys(1, 3),
  };
  const orders: Drawn = { facts: { collection: 'orders', action: 'delete' }, rows: keys(1) };

  it('deletes and masks, and leaves the others as they were', async () => {
    const one = await opened(engine, SQL.people);
    const before = await one.database.exec('select * from people where id = 2');
    expect((await apply(one, [orders, mask])).sources).toMatchObject([{ status: 'committed', records: 3 }]);
    expect(await one.database.exec('select * from people where id = 2')).toEqual(before);
    expect(await one.database.exec('select id from orders')).toEqual([{ id: 2 }]);
    const rows = await one.database.exec('select email, phone, note from people where id <> 2 order by id');
    expect(rows).toEqual([
      { email: expect.stringMatching(/\.invalid$/), phone: null, note: 'call [redacted]' },
      { email: expect.stringMatching(/\.invalid$/), phone: null, note: null },
    ]);
    await close(one);
  });

  it('lets a trigger touch other fields, and rolls back where it touches a planned one', async () => {
    const fine = await opened(engine, SQL.people);
    await fine.database.exec(TRIGGERS[engine]('updated', "'now'"));
    expect((await apply(fine, [mask])).complete).toBe(true);
    await close(fine);
    const broken = await opened(engine, SQL.people);
    await broken.database.exec(TRIGGERS[engine]('phone', "'070'"));
    const before = await broken.database.exec('select * from people order by id');
    const result = await apply(broken, [orders, mask]);
    expect(result.sources).toMatchObject([{ status: 'rolled-back', error: { kind: 'data' } }]);
    expect(result.sources[0]?.error?.message).toBe('crm.people.phone does not hold what was written to it');
    expect(await broken.database.exec('select * from people order by id')).toEqual(before);
    expect(await broken.database.exec('select id from orders')).toHaveLength(2);
    await close(broken);
  });

  it('is rolled back whole by a foreign key that refuses, and tells no value', async () => {
    const one = await opened(engine, SQL.people);
    const before = await one.database.exec('select * from people order by id');
    const result = await apply(one, [
      mask,
      { facts: { collection: 'people', action: 'delete' }, rows: keys(2) },
    ]);
    expect(result.sources).toMatchObject([{ status: 'rolled-back', error: { kind: 'data' } }]);
    const { error } = result.sources[0] ?? {};
    expect(`${error?.message} ${error?.hint} ${error?.stack} ${error?.cause}`).not.toMatch(/example\.se/);
    expect(await one.database.exec('select * from people order by id')).toEqual(before);
    await close(one);
  });

  it('sees, with the records held, what came after the plan', async () => {
    const one = await opened(engine, SQL.people);
    const redraw: ApplyInput['redraw'] = async (readers) => {
      const found = await ordersOf(one, readers);
      return drawn([{ ...orders, rows: keys(...found) }, mask]);
    };
    await one.database.exec('insert into orders values (9, 1, 7)');
    await expect(apply(one, [orders, mask], redraw)).rejects.toMatchObject({
      kind: 'conflict',
      message: 'the plan is stale: since it was drawn up, something changed in crm.orders',
    });
    expect(await one.database.exec('select id from orders')).toHaveLength(3);
    expect(await one.database.exec("select id from people where email like '%invalid'")).toEqual([]);
    await close(one);
  });

  it('changes thousands of records in few statements, each with its own pseudonym', async () => {
    const one = await opened(
      engine,
      'create table people (id int primary key, email varchar(60) not null unique)',
    );
    const ids = Array.from({ length: 2_500 }, (_none, id) => id);
    for (let at = 0; at < ids.length; at += 500) {
      const rows = ids.slice(at, at + 500).map((id) => `(${id}, 'anna+${id}@example.se')`);
      await one.database.exec(`insert into people values ${rows.join(', ')}`);
    }
    const result = await apply(one, [
      {
        facts: { collection: 'people', action: 'mask', fields: to({ email: 'pseudonym' }) },
        rows: keys(...ids),
      },
    ]);
    expect(result.complete).toBe(true);
    const left = await one.database.exec(
      "select count(distinct email) as n from people where email like '%.invalid'",
    );
    expect(Number(left[0]?.n)).toBe(2_500);
    await close(one);
  });
});

async function readAll({ connector, catalog }: Opened, names: readonly string[]): Promise<readonly Value[]> {
  const reader = await connector.reader(CALL);
  try {
    for await (const batch of reader.find({
      collection: catalog.collections[0]?.id ?? '',
      key: ['id'],
      matches: [{ fields: [{ column: 'id', path: [] }], mode: 'exact', keys: keySetOf([[1]]), when: [] }],
      fields: names,
    })) {
      return batch[0]?.values ?? [];
    }
    return [];
  } finally {
    await reader.close();
  }
}

async function ordersOf({ map }: Opened, readers: ReadonlyMap<string, Reader>): Promise<readonly Key[0][]> {
  const found: Key[0][] = [];
  for await (const batch of readers.get('crm')?.find({
    collection: map.collections.find(({ id }) => id === 'crm.orders')?.table ?? '',
    key: ['id'],
    matches: [{ fields: [{ column: 'person', path: [] }], mode: 'exact', keys: keySetOf([[1]]), when: [] }],
    fields: [],
  }) ?? []) {
    found.push(...batch.map(({ key }) => key[0] ?? 0));
  }
  return found;
}
