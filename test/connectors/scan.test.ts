import fc from 'fast-check';
import { expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import { leastNeedles, needlePattern } from '../../connectors/sql/needles.js';
import sqlite from '../../connectors/sqlite/index.js';
import type { Connector, Scanned } from '../../src/connector/contract.js';
import { describeEngines, type Engine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, described, openOn } from './asking.js';

const open = (db: TestDatabase): Promise<Connector> => {
  if (db.engine === 'sqlite') return openOn(sqlite, db.connection);
  return db.engine === 'postgres' ? openOn(postgres, db.connection) : openOn(mysql, db.connection);
};

async function* batches(
  connector: Connector,
  name: string,
  fields: readonly string[],
  containing: readonly string[] | null,
): AsyncGenerator<readonly Scanned[]> {
  const info = (await described(connector)).get(name);
  const reader = await connector.reader(call());
  try {
    const scan = { collection: info?.id ?? '', key: info?.key.fields ?? [], fields, containing };
    yield* reader.scan?.(scan) ?? [];
  } finally {
    await reader.close();
  }
}

async function keys(...asked: Parameters<typeof batches>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const batch of batches(...asked)) all.push(...batch.map(({ key }) => key.join('|')));
  return all.sort();
}

const mark = (engine: Engine, position: number) => (engine === 'postgres' ? `$${position}` : '?');

/** Texts in which what is looked for nearly stands, and stands. */
const ALPHABET = [...'aAbB0_.@-+%\\*(|"\'åÅß😀 \n'];
const texts = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 12 }).map((all) => all.join(''));
const needle = fc
  .array(fc.constantFrom(...'aAbB0_.@-+'), { minLength: 1, maxLength: 4 })
  .map((all) => all.join(''));
const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

describeEngines('a pass that looks for texts', (engine) => {
  it('brings what holds one of them and nothing else, for any texts', async () => {
    const db = await withEngine(engine);
    const long = 'x'.repeat(9_000);
    await db.exec('create table t (id int primary key, a text, b text)');
    const connector = await open(db);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.option(texts), fc.option(texts), fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.array(needle, { minLength: 1, maxLength: 6 }),
        async (rows, needles) => {
          await db.exec('delete from t');
          const held = rows.map(([a, b, isLong]) => [a, b === null ? null : isLong ? long + b + long : b]);
          for (const [id, [a, b]] of held.entries()) {
            const marks = [1, 2, 3].map((position) => mark(engine, position)).join(', ');
            await db.exec(`insert into t values (${marks})`, [id, a, b]);
          }
          const expected = held.flatMap((row, id) =>
            row.some((text) => needles.some((one) => asciiLower(text ?? '').includes(asciiLower(one))))
              ? [String(id)]
              : [],
          );
          expect(await keys(connector, 't', ['a', 'b'], needles)).toEqual(expected.sort());
        },
      ),
      { numRuns: 40 },
    );
    await connector.close();
    await db.drop();
  });

  it('gives signs of life while it finds nothing', async () => {
    const db = await withEngine(engine);
    await db.exec('create table t (id int primary key, a text)');
    const numbers = 'with recursive n (i) as (select 1 union all select i + 1 from n where i < 100000)';
    await db.exec(
      engine === 'mysql'
        ? "insert into t select seq, concat('a', seq) from seq_1_to_100000"
        : engine === 'postgres'
          ? "insert into t select i, 'a' || i from generate_series(1, 100000) i"
          : `insert into t ${numbers} select i, 'a' || i from n`,
    );
    const connector = await open(db);
    let signs = 0;
    for await (const batch of batches(connector, 't', ['a'], ['nobody@example.se'])) {
      expect(batch).toEqual([]);
      signs += 1;
    }
    expect(signs).toBeGreaterThanOrEqual(3);
    await connector.close();
    await db.drop();
  });

  it('looks through a table of 300 columns', async () => {
    const db = await withEngine(engine);
    const names = Array.from({ length: 300 }, (_none, at) => `c${at}`);
    await db.exec(
      `create table wide (id int primary key, ${names.map((name) => `${name} text`).join(', ')})`,
    );
    await db.exec("insert into wide (id, c0) values (1, 'a@example.se'), (4, 'x')");
    await db.exec("insert into wide (id, c150) values (2, 'A@Example.se')");
    await db.exec("insert into wide (id, c299) values (3, 'a@example.SE')");
    await db.exec('insert into wide (id) values (5)');
    const connector = await open(db);
    expect(await keys(connector, 'wide', names, ['a@example.se'])).toEqual(['1', '2', '3']);
    expect(await keys(connector, 'wide', names, null)).toEqual(['1', '2', '3', '4']);
    await connector.close();
    await db.drop();
  });
});

describeEngines('a pass over types of PostgreSQL', () => {
  it('finds text in each of them', async () => {
    const db = await withEngine('postgres');
    await db.exec(`
        create type pair as (mail text, number integer);
        create domain mail as text;
        create collation case_blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create table t (id int primary key, a json, b xml, c tsvector, d inet, e pair, f mail[], g bytea[],
          h text collate case_blind, i name, j bit varying, k money, l text[][]);
        insert into t (id, a) values (1, '{"to": "A.B@example.se"}');
        insert into t (id, b) values (2, '<to>a.b@example.se</to>');
        insert into t (id, c) values (3, to_tsvector('simple', 'a.b@example.se'));
        insert into t (id, d) values (4, '192.0.2.17');
        insert into t (id, e) values (5, ('a.b@example.se', 1)), (6, (null, 192));
        insert into t (id, f) values (7, array['x', 'a.b@Example.se']::mail[]);
        insert into t (id, g) values (8, array['\\x00', 'a.b@example.se'::bytea]);
        insert into t (id, h) values (9, 'A.B@EXAMPLE.se');
        insert into t (id, i) values (10, 'a.b@example.se');
        insert into t (id, l) values (11, array[['a'], ['a.b@example.se']]);
        insert into t (id) values (12)`);
    const connector = await openOn(postgres, db.connection);
    const fields = [...'abcdefghijkl'];
    const found = await keys(connector, 't', fields, ['a.b@example.se', '192.0.2.17', '199006022397']);
    expect(found).toEqual(['1', '10', '11', '2', '3', '4', '5', '7', '8', '9']);
    expect(await keys(connector, 't', fields, null)).toHaveLength(11);
    await connector.close();
    await db.drop();
  });
}, ['postgres']);

describeEngines('a pass over character sets of MariaDB', () => {
  it('finds text in each of them, and in numbers, sets and bytes', async () => {
    const db = await withEngine('mysql');
    await db.exec(`
        create table t (id int primary key, a varchar(100) character set utf16, b varchar(100) character set latin1
          collate latin1_bin, c varchar(100) character set utf8mb4 collate utf8mb4_bin, d longblob,
          e set('x', 'a.b@example.se'), f decimal(20, 2), g inet6, h bit(4), i geometry, j float, k year,
          l varchar(100) character set ucs2, m binary(20))`);
    await db.exec("insert into t (id, a) values (1, 'åA.B@example.seå')");
    await db.exec("insert into t (id, b) values (2, 'åA.B@example.seå')");
    await db.exec("insert into t (id, c) values (3, '😀A.b@example.se\\0')");
    await db.exec("insert into t (id, d) values (4, x'ff00e5612e62406578616d706c652e7365c3')");
    await db.exec("insert into t (id, e) values (5, 'x,a.b@example.se')");
    await db.exec('insert into t (id, f) values (6, 199006022397), (7, 199006022398)');
    await db.exec("insert into t (id, l) values (8, 'a.B@example.se')");
    await db.exec("insert into t (id, m) values (9, 'a.B@example.se')");
    await db.exec("insert into t (id, g, h, i, j, k) values (10, '2001:db8::1', 5, point(1, 2), 0.1, 1990)");
    await db.exec('insert into t (id) values (11)');
    const connector = await openOn(mysql, db.connection);
    const fields = [...'abcdefghijklm'];
    const found = await keys(connector, 't', fields, ['a.b@example.se', '199006022397']);
    expect(found).toEqual(['1', '2', '3', '4', '5', '6', '8', '9']);
    expect(await keys(connector, 't', fields, ['1990'])).toEqual(['10', '6', '7']);
    expect(await keys(connector, 't', fields, null)).toHaveLength(10);
    await connector.close();
    await db.drop();
  });

  it('brings a row that is longer than the server puts together', async () => {
    const db = await withEngine('mysql');
    const [server] = await db.exec('select @@global.max_allowed_packet as bytes');
    const half = Math.floor(Number(server?.bytes) * 0.6);
    await db.exec('create table t (id int primary key, a longtext, b longtext)');
    await db.exec(`insert into t values (1, repeat('x', ${half}), repeat('y', ${half})), (2, 'x', 'y')`);
    const connector = await openOn(mysql, db.connection);
    expect(await keys(connector, 't', ['a', 'b'], ['a.b@example.se'])).toEqual(['1']);
    await connector.close();
    await db.drop();
  });
}, ['mysql']);

describeEngines('a pass over what SQLite holds', () => {
  it('finds text whatever the column was declared as, beyond a NUL and inside blobs', async () => {
    const db = await withEngine('sqlite');
    await db.exec(`
        create table t (id integer primary key, a integer, b, c blob, d text);
        insert into t (id, a) values (1, 'A.B@example.se'), (2, 199006022397), (3, 199006022397.0);
        insert into t (id, b) values (4, x'ff00c3612e62406578616d706c652e7365');
        insert into t (id, c) values (5, 'a.b@EXAMPLE.se');
        insert into t (id, d) values (6, 'x' || char(0) || 'å a.b@example.se'), (7, 'x'), (8, null);
        create virtual table letters using fts5 (body);
        insert into letters values ('till A.B@example.se'), ('annat')`);
    const connector = await openOn(sqlite, db.connection);
    const found = await keys(connector, 't', [...'abcd'], ['a.b@example.se', '199006022397']);
    expect(found).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(await keys(connector, 'letters', ['body'], ['a.b@example.se'])).toHaveLength(1);
    await connector.close();
    await db.drop();
  });
}, ['sqlite']);

it('a pattern fits exactly the texts that hold a needle', () => {
  fc.assert(
    fc.property(fc.array(needle, { minLength: 1, maxLength: 8 }), texts, (needles, text) => {
      const least = leastNeedles(needles);
      const holds = needles.some((one) => asciiLower(text).includes(asciiLower(one)));
      expect(new RegExp(needlePattern(least), 'i').test(text)).toBe(holds);
      expect(new RegExp(needlePattern(needles), 'i').test(text)).toBe(holds);
    }),
  );
});
