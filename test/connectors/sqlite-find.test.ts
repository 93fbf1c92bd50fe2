import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sql } from '../../connectors/sql/fragment.js';
import { prepareFind } from '../../connectors/sqlite/find.js';
import sqlite from '../../connectors/sqlite/index.js';
import { openSession } from '../../connectors/sqlite/session.js';
import { readTable } from '../../connectors/sqlite/table.js';
import { threadsOf } from '../../connectors/sqlite/thread.js';
import type { Match } from '../../src/connector/contract.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Scalar } from '../../src/model/value.js';
import { ask, at, call, hitsByKey, infoOf, keysOf, matchOn } from '../conformance/ask.js';
import { type TestDatabase, withEngine } from '../harness/engines.js';
import { scratchFolder } from '../harness/scratch.js';
import { memoryConnector } from '../support/memory-connector.js';

async function opened(...statements: readonly string[]) {
  const db = await withEngine('sqlite');
  for (const statement of statements) await db.exec(statement);
  return { db, connector: await connectorOf(db) };
}

function connectorOf(db: TestDatabase) {
  return sqlite.open(
    sqlite.parse({
      name: 'crm',
      connection: db.connection,
      options: {},
      workspace: '/',
      scratch: scratchFolder(),
    }),
  );
}

/** The plan of the statement that a find would run, as SQLite explains it. */
async function planOf(
  db: TestDatabase,
  table: string,
  matches: readonly Match[],
): Promise<readonly string[]> {
  const place = { source: 'crm', file: db.connection };
  const threads = threadsOf(place);
  const session = await openSession(threads, place, call());
  const query = { collection: table, key: [], fields: [], matches };
  const { statement } = await prepareFind(
    session,
    call(),
    await readTable(session, call(), table),
    query,
    [],
  );
  if (statement === null) throw new Error('nothing to find');
  const plan = await session.all(call(), sql`explain query plan ${statement}`);
  await threads.end();
  return plan.map((row) => String(row[3]));
}

const PEOPLE = `create table people (
  id integer primary key, email text, email_nc text collate nocase, phone text, phone_number integer, any_value)`;

describe('a SQLite find', () => {
  it('compares across the types that a column without affinity may hold', async () => {
    const { connector } = await opened(
      'create table t (id integer primary key, v)',
      `insert into t values (1, 5), (2, '5'), (3, 5.5), (4, '5.5'), (5, x'35'), (6, 9007199254740993), (7, null)`,
    );
    const keys = async (...asked: Scalar[]) =>
      keysOf(await ask(connector, { table: 't', matches: [matchOn('v', asked)] }));
    expect(await keys('5')).toEqual(['1', '2']);
    expect(await keys(5)).toEqual(['1', '2']);
    expect(await keys('5.5')).toEqual(['3', '4']);
    expect(await keys('\\x35')).toEqual(['5']);
    expect(await keys('9007199254740993')).toEqual(['6']);
    await connector.close();
  });

  it('finds what a column holds against its declaration', async () => {
    const { connector } = await opened(
      'create table t (id integer primary key, n integer, s text, b boolean)',
      `insert into t values (1, '070-174 06 05', x'616263', 'yes'), (2, 701740605, 'abc', 1), (3, 'x', 'ABC', 0)`,
      'create index n on t (n)',
    );
    const ids = async (...matches: Match[]) => keysOf(await ask(connector, { table: 't', matches }));
    expect(await ids(matchOn('n', ['0701740605'], { mode: 'digits' }))).toEqual(['1']);
    expect(await ids(matchOn('n', ['701740605'], { mode: 'digits' }))).toEqual(['2']);
    expect(await ids(matchOn('n', ['x']))).toEqual(['3']);
    expect(await ids(matchOn('s', ['abc'], { mode: 'folded' }))).toEqual(['1', '2', '3']);
    expect(await ids(matchOn('b', ['yes']))).toEqual(['1']);
    expect(await ids(matchOn('b', [true, 'false']))).toEqual(['2', '3']);
    await connector.close();
  });

  it('reads JSON in text columns, and passes over what is none', async () => {
    const { connector } = await opened(
      'create table t (id integer primary key, doc text)',
      `insert into t values (1, '{"a": {"email": "a@example.se"}}'), (2, '{"a": '), (3, ''), (4, null),
        (5, 'a@example.se'), (6, '{"a": {"email": 5e0}}')`,
    );
    const found = await ask(connector, {
      table: 't',
      matches: [matchOn('doc.a.email', ['a@example.se', '5e0'])],
    });
    expect(hitsByKey(found)).toEqual({ 1: ['0:0'], 6: ['0:1'] });
    await connector.close();
  });

  it('keeps apart what a NOCASE column holds in two cases, and finds both by a folded key', async () => {
    const { connector } = await opened(
      PEOPLE,
      `insert into people (id, email_nc) values (1, 'Anna'), (2, 'ANNA'), (3, 'Bo')`,
    );
    const both = await ask(connector, {
      table: 'people',
      matches: [matchOn('email_nc', ['anna'], { mode: 'folded' }), matchOn('email_nc', ['Anna'])],
    });
    // Equality is the column's own: a net.
    expect(hitsByKey(both)).toEqual({ 1: ['0:0', '1:0'], 2: ['0:0', '1:0'] });
    await connector.close();
  });

  it('reads tables without rowid, by index and by scan', async () => {
    const { db, connector } = await opened(
      'create table w (a text, b int, email text, primary key (a, b)) without rowid',
      `insert into w values ('x', 0, 'a@example.se'), ('x', 1, 'b@example.se'), ('', 0, 'A@example.se')`,
    );
    const matches = [matchOn('email', ['a@example.se'], { mode: 'folded' }), matchOn(['a', 'b'], [['x', 1]])];
    const expected = { 'x|0': ['0:0'], '|0': ['0:0'], 'x|1': ['1:0'] };
    expect(hitsByKey(await ask(connector, { table: 'w', matches }))).toEqual(expected);
    await db.exec('create index e on w (lower(email))');
    expect(hitsByKey(await ask(connector, { table: 'w', matches }))).toEqual(expected);
    expect((await planOf(db, 'w', matches)).filter((line) => /^SCAN t\b/.test(line))).toEqual([]);
    await connector.close();
  });

  it('reads full-text and other virtual tables', async () => {
    const { connector } = await opened(
      'create virtual table notes using fts5(body, author)',
      `insert into notes values ('ring Anna', 'a@example.se'), ('x', 'b@example.se')`,
    );
    const found = await ask(connector, {
      table: 'notes',
      matches: [matchOn('author', ['a@example.se'])],
      fields: ['body'],
    });
    expect(found.map(({ key, values }) => [key, values])).toEqual([[[1], ['ring Anna']]]);
    await connector.close();
  });

  it('reads two results at once, and drops the keys of each', async () => {
    const { connector } = await opened(
      'create table t (id integer primary key, owner int)',
      'insert into t with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000) select i, 1 from n',
    );
    const reader = await connector.reader(call());
    const query = { collection: 't', key: ['id'], fields: [], matches: [matchOn('owner', [1])] };
    let count = 0;
    for await (const batch of reader.find(query)) {
      for await (const inner of reader.find({
        ...query,
        matches: [
          matchOn(
            'id',
            batch.slice(0, 2).map(({ key }) => key),
          ),
        ],
      })) {
        count += inner.length;
      }
    }
    expect(count).toBe(12);
    await reader.close();
    await connector.close();
  });
});

describe('the index that check asks for', () => {
  const fields: readonly (readonly [string, MatchMode])[] = [
    ['email', 'exact'],
    ['email', 'folded'],
    ['phone', 'digits'],
    ['phone_number', 'digits'],
    ['phone_number', 'folded'],
    ['any_value', 'exact'],
    ['any_value', 'folded'],
    ['email_nc', 'exact'],
  ];

  it.each(fields)('serves %s, %s', async (field, mode) => {
    const { db, connector } = await opened(PEOPLE);
    const matched = [{ collection: 'people', fields: [at(field)], mode }];
    const about = async () =>
      (await connector.check(call(), matched)).filter(({ about: what }) => what !== db.connection);
    const [finding, ...more] = await about();
    expect([finding?.severity, finding?.about, more]).toEqual(['warning', `people.${field}`, []]);
    const matches = [matchOn(field, ['anna', '0701740605'], { mode })];
    expect(await planOf(db, 'people', matches)).toContain('SCAN t');
    await db.exec(finding?.hint ?? '');
    expect(await about()).toEqual([]);
    const plan = await planOf(db, 'people', matches);
    expect(plan.filter((line) => /^SCAN t\b/.test(line))).toEqual([]);
    expect(plan.filter((line) => /^SEARCH t USING .*INDEX dsr_people_/.test(line)).length).toBeGreaterThan(0);
    await connector.close();
  });

  it('is not asked for where one is there: the key, a nocase index, the first columns of another', async () => {
    const { connector } = await opened(
      PEOPLE,
      'create index e on people (email, phone)',
      'create index nc on people (email_nc)',
    );
    const found = await connector.check(call(), [
      { collection: 'people', fields: [at('id')], mode: 'exact' },
      { collection: 'people', fields: [at('email')], mode: 'exact' },
      { collection: 'people', fields: [at('email'), at('phone')], mode: 'exact' },
      { collection: 'people', fields: [at('email_nc')], mode: 'folded' },
    ]);
    expect(found.filter(({ severity }) => severity !== 'info')).toEqual([]);
    await connector.close();
  });

  it('is one for several columns together', async () => {
    const { db, connector } = await opened(PEOPLE);
    const together = [{ collection: 'people', fields: [at('email'), at('phone')], mode: 'folded' as const }];
    const [finding] = (await connector.check(call(), together)).filter(
      ({ severity }) => severity === 'warning',
    );
    await db.exec(finding?.hint ?? '');
    expect(
      (await connector.check(call(), together)).filter(({ severity }) => severity === 'warning'),
    ).toEqual([]);
    await connector.close();
  });

  it('is not invented for a path into JSON, a view, or a field that is gone', async () => {
    const { connector } = await opened(PEOPLE, 'create view seen as select * from people');
    const found = await connector.check(call(), [
      { collection: 'people', fields: [at('any_value.email')], mode: 'folded' },
      { collection: 'seen', fields: [at('email')], mode: 'exact' },
      { collection: 'people', fields: [at('gone')], mode: 'exact' },
      { collection: 'gone', fields: [at('email')], mode: 'exact' },
    ]);
    expect(
      found.slice(1).map(({ severity, hint }) => [severity, hint?.startsWith('create') ?? false]),
    ).toEqual([
      ['info', false],
      ['info', false],
      ['error', false],
      ['error', false],
    ]);
    await connector.close();
  });
});

describe('a SQLite find on any data', () => {
  const INDEXES = `create index e1 on t (lower(a)); create index e2 on t (a); create index e3 on t (n); create index e4 on t (
    case when replace(replace(replace(replace(replace(replace(replace(a, ' ', ''), '-', ''), '(', ''), ')', ''), '/', ''), '.', ''), '+', '')
    glob '*[^0-9]*' then '?' else
    replace(replace(replace(replace(replace(replace(replace(a, ' ', ''), '-', ''), '(', ''), ')', ''), '/', ''), '.', ''), '+', '') end)`;

  it('answers as the reference connector does, with indexes and without', async () => {
    const { db, connector } = await opened('create table t (id integer primary key, a text, n integer)');
    const indexed = await opened('create table t (id integer primary key, a text, n integer)', INDEXES);
    const letters = fc.constantFrom(
      'a',
      'A',
      'å',
      'Å',
      '\u212b',
      'é',
      'É',
      'ß',
      '0',
      '1',
      '7',
      ' ',
      '-',
      '+',
      '(',
      '?',
      '\u00a0',
      '–',
      '%',
      "'",
    );
    const text = fc.string({ unit: letters, maxLength: 5 });
    // Not below 0: the digits of -1 are no number that an index could find.
    const number = fc.oneof(fc.nat({ max: 200 }), fc.constant(701740605));
    const row = fc.record({ a: fc.option(text), n: fc.option(number) });
    const mode = fc.constantFrom<MatchMode>('exact', 'folded', 'digits');
    const key = fc.oneof(text, number.map(String));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(fc.constantFrom('a', 'n'), mode, fc.array(key, { maxLength: 6 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (rows, asked) => {
          for (const { exec } of [db, indexed.db]) {
            await exec('delete from t');
            for (const [id, { a, n }] of rows.entries()) {
              await exec('insert into t values (?, ?, ?)', [id, a, n]);
            }
          }
          const info = await infoOf(connector, 't');
          const reference = memoryConnector({
            collections: [{ info, rows: rows.map((one, id) => ({ id, a: one.a, n: one.n })) }],
          });
          const matches = asked.map(([field, how, keys]) =>
            // Half of the keys are what a row holds, in the form that the mode asks for.
            matchOn(
              field,
              [...keys, ...rows.map((one) => String(field === 'a' ? one.a : one.n))].map((one) =>
                formed(one, how),
              ),
              {
                mode: how,
              },
            ),
          );
          const expected = hitsByKey(await ask(reference, { table: 't', matches }));
          expect(hitsByKey(await ask(connector, { table: 't', matches }))).toEqual(expected);
          expect(hitsByKey(await ask(indexed.connector, { table: 't', matches }))).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
    await connector.close();
    await indexed.connector.close();
  }, 120_000);

  function formed(text: string, mode: MatchMode): string {
    if (mode === 'folded') return text.toLowerCase();
    return mode === 'digits' ? text.replace(/\D/g, '') : text;
  }
});
