import { describe, expect, it } from 'vitest';
import sqlite from '../../connectors/sqlite/index.js';
import type { Catalog, CollectionInfo } from '../../src/model/catalog.js';
import { ask, call, matchOn } from '../conformance/ask.js';
import { withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';

async function opened(...statements: readonly string[]) {
  const db = await withEngine('sqlite');
  for (const statement of statements) await db.exec(statement);
  const connector = await sqlite.open(
    sqlite.parse({
      name: 'crm',
      connection: db.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    }),
  );
  return { db, connector };
}

async function catalogOf(...statements: readonly string[]): Promise<Catalog> {
  const { connector } = await opened(...statements);
  const catalog = await connector.describe(call());
  await connector.close();
  return catalog;
}

function named(catalog: Catalog, name: string): CollectionInfo {
  const found = catalog.collections.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`no ${name} among ${catalog.collections.map((one) => one.name).join()}`);
  return found;
}

/** SQLite tells the common types in capitals, whatever was written. */
function escaped(text: string): string {
  return text.replace(/[()]/g, '\\$&');
}

describe('a SQLite catalog', () => {
  it.each([
    ['integer', 'integer', null],
    ['BIGINT UNSIGNED', 'integer', null],
    ['varchar(20)', 'text', 20],
    ['NATIVE CHARACTER (70)', 'text', 70],
    ['text', 'text', null],
    ['CLOB', 'text', null],
    ['real', 'float', null],
    ['double precision', 'float', null],
    ['decimal(10, 2)', 'decimal', null],
    ['NUMERIC', 'decimal', null],
    ['boolean', 'boolean', null],
    ['date', 'date', null],
    ['DATETIME', 'timestamp', null],
    ['timestamp with time zone', 'instant', null],
    ['time', 'time', null],
    ['blob', 'bytes', null],
    ['json', 'json', null],
    ['', 'other', null],
    ['STRING', 'other', null],
  ])("takes a column declared '%s' for %s", async (declared, kind, length) => {
    const [field] = named(await catalogOf(`create table t (a ${declared})`), 't').fields;
    expect(field?.type).toEqual({
      kind,
      native: expect.stringMatching(new RegExp(`^${escaped(declared)}$`, 'i')),
      length,
    });
  });

  it('lists tables and views, not what belongs to SQLite or to a full-text table', async () => {
    const catalog = await catalogOf(
      'create table people (id integer primary key autoincrement, name text)',
      'create view named as select name from people',
      'create virtual table notes using fts5(body)',
      'create temp table passing (a)',
      'analyze',
    );
    expect(catalog.collections.map(({ name, kind }) => [name, kind])).toEqual([
      ['named', 'view'],
      ['notes', 'table'],
      ['people', 'table'],
    ]);
  });

  it('tells a broken view as hidden and still lists the rest', async () => {
    const catalog = await catalogOf(
      'create table people (id integer primary key)',
      'create table gone (a)',
      'create view broken as select a from gone',
      'drop table gone',
    );
    expect(named(catalog, 'broken').hidden).toMatch(/broken/);
    expect(named(catalog, 'people').hidden).toBeNull();
  });

  it('takes the primary key, a unique key that cannot be null, or the rowid', async () => {
    const catalog = await catalogOf(
      'create table a (id integer primary key)',
      'create table b (x text, y int, primary key (y, x)) without rowid',
      'create table c (x text not null unique, y text)',
      'create table d (x text unique, y text)',
      'create table e (rowid text, y text)',
    );
    const keys = Object.fromEntries(catalog.collections.map(({ name, key }) => [name, key]));
    expect(keys).toEqual({
      a: { fields: ['id'], kind: 'declared' },
      b: { fields: ['y', 'x'], kind: 'declared' },
      c: { fields: ['x'], kind: 'declared' },
      d: { fields: ['rowid'], kind: 'physical' },
      e: { fields: ['_rowid_'], kind: 'physical' },
    });
    expect(named(catalog, 'b').fields.map(({ nullable }) => nullable)).toEqual([false, false]);
  });

  it('does not take a primary key that holds NULL, as SQLite lets it, for an address', async () => {
    const { db, connector } = await opened(
      'create table t (code text primary key, email text)',
      "insert into t values ('a', 'a@example.se')",
    );
    expect(named(await connector.describe(call()), 't').key).toEqual({ fields: ['code'], kind: 'declared' });
    await db.exec("insert into t values (null, 'a@example.se'), (null, 'a@example.se')");
    expect(named(await connector.describe(call()), 't').key.kind).toBe('physical');
    expect(await ask(connector, { table: 't', matches: [matchOn('email', ['a@example.se'])] })).toHaveLength(
      3,
    );
    await connector.close();
  });

  it('resolves references that name no column, name it in another case, or lead nowhere', async () => {
    const catalog = await catalogOf(
      'create table Parent (Id integer primary key, a int, b int, unique (a, b))',
      `create table child (
         p int references parent, q int references PARENT (ID) on delete set null, r int references nowhere (id),
         x int, y int, foreign key (x, y) references Parent (a, b) on delete cascade on update set default)`,
    );
    expect(
      named(catalog, 'child').references.map(({ fields, to, on, onDelete }) => ({
        fields,
        to,
        on,
        onDelete,
      })),
    ).toEqual(
      expect.arrayContaining([
        { fields: ['p'], to: 'Parent', on: ['Id'], onDelete: 'no-action' },
        { fields: ['q'], to: 'Parent', on: ['Id'], onDelete: 'set-null' },
        { fields: ['x', 'y'], to: 'Parent', on: ['a', 'b'], onDelete: 'cascade' },
      ]),
    );
    expect(named(catalog, 'child').references).toHaveLength(3);
  });

  it('tells indexes by their parts, expressions as they are written, and leaves partial ones out', async () => {
    const catalog = await catalogOf(
      'create table t (a text, b text, c text unique)',
      "create index one on t (a, lower(b) , replace(b, ',', '(') desc)",
      'create unique index two on t (b) where a is not null',
      'create unique index three on t (a, b)',
      'create unique index four on t (lower(a))',
    );
    const { indexes, unique } = named(catalog, 't');
    expect(indexes.filter(({ name }) => name === 'one')).toEqual([
      { name: 'one', parts: ['a', 'lower(b)', "replace(b, ',', '(') desc"], unique: false },
    ]);
    expect(indexes.map(({ name }) => name)).not.toContain('two');
    expect([...unique].sort()).toEqual([['a', 'b'], ['c']]);
  });

  it('flags generated columns and defaults', async () => {
    const { fields } = named(
      await catalogOf(
        `create table t (id integer primary key, a int default 5, b int generated always as (a + 1) virtual,
           c text as ('x' || a) stored not null) strict`,
      ),
      't',
    );
    expect(
      fields.map(({ name, generated, hasDefault, nullable }) => [name, generated, hasDefault, nullable]),
    ).toEqual([
      ['id', false, true, false],
      ['a', false, true, true],
      ['b', true, false, true],
      ['c', true, false, false],
    ]);
  });

  it('counts rows by analyze where it ran, else no higher than the highest rowid', async () => {
    const rows = Array.from({ length: 50 }, (_none, id) => `(${id + 1})`).join();
    const { db, connector } = await opened(
      'create table t (id integer primary key)',
      `insert into t values ${rows}`,
      'create table w (a text primary key) without rowid',
    );
    const catalog = await connector.describe(call());
    expect([named(catalog, 't').rows, named(catalog, 'w').rows]).toEqual([50, null]);
    await db.exec("insert into w values ('a'), ('b'); analyze");
    expect(named(await connector.describe(call()), 'w').rows).toBe(2);
    await connector.close();
  });
});
