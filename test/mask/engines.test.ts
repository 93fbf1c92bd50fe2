import { expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import sqlite from '../../connectors/sqlite/index.js';
import type { Connector, ConnectorFactory, Found } from '../../src/connector/contract.js';
import { keySetOf } from '../../src/connector/key-set.js';
import { rowSetOf } from '../../src/connector/row-set.js';
import { canMake } from '../../src/mask/maker.js';
import { maskTarget } from '../../src/mask/target.js';
import type { Value } from '../../src/model/value.js';
import { call, config } from '../connectors/asking.js';
import { describeEngines, type Engine, withEngine } from '../harness/engines.js';
import { collection, makerOf } from './build.js';

const FACTORIES: Readonly<Record<Engine, () => ConnectorFactory<never>>> = {
  sqlite: () => sqlite as ConnectorFactory<never>,
  postgres: () => postgres as ConnectorFactory<never>,
  mysql: () => mysql as ConnectorFactory<never>,
};

/** Column definition and a value to begin with; all NOT NULL. */
const SHARED: readonly (readonly [string, string])[] = [
  ['varchar(40)', "'x'"],
  ['varchar(9)', "'x'"],
  ['char(12)', "'x'"],
  ["varchar(20) check (C in ('new','it''s'))", "'new'"],
  ['varchar(50) check (length(C) between 2 and 10)', "'xx'"],
  ["varchar(50) check (C like '%@%' and C not like '% %')", "'a@b'"],
  ["varchar(20) check (C <> '' and C = upper(C))", "'X'"],
  ["varchar(20) check (C = 'abc' or C = 'def')", "'abc'"],
  ["varchar(20) check (trim(C) <> '' and C not in ('a','b'))", "'x'"],
  ['integer check (C >= 18 and C <= 21)', '18'],
  ['integer check (C % 2 = 0 and C between -6 and 6)', '2'],
  ['smallint', '1'],
  ['bigint', '1'],
  ['numeric(10,2)', '1.5'],
  ['numeric(6,2) check (C > 0.5 and C < 0.9)', '0.75'],
  ['real', '1'],
  ['double precision', '1'],
  ["date check (C >= '2020-01-01' and C < '2020-02-01')", "'2020-01-05'"],
  ['date', "'2020-01-05'"],
  ['time', "'01:02:03'"],
];
const OWN: Readonly<Record<Engine, readonly (readonly [string, string])[]>> = {
  postgres: [
    ["text check (C ~ '^[A-Z]{2}-[0-9]{4}$')", "'AB-1234'"],
    ["text check (C ~* '^[^@[:space:]]+@[^@]+\\.[a-z]{2,}$')", "'a@b.se'"],
    ['mood', "'a'"],
    ['uuid', "'00112233-4455-4677-8899-aabbccddeeff'"],
    ['timestamp check (C < now())', "'2020-01-05'"],
    ['timestamptz', "'2020-01-05'"],
    ['timestamptz(0)', "'2020-01-05'"],
    ["jsonb check (jsonb_typeof(C) = 'object')", '\'{"a":1}\''],
    ['text[] check (cardinality(C) > 0)', "'{a}'"],
    ['posint', '5'],
    ['boolean check (not C)', 'false'],
    ['bytea', "'\\x00ff'"],
    ['inet', "'192.0.2.1'"],
    ['numeric', '1'],
    ["text check (position('@' in C) > 1 and octet_length(C) < 60)", "'a@b.se'"],
  ],
  mysql: [
    ["text check (C regexp '^[A-Z]{2}-[0-9]{4}$')", "'AB-1234'"],
    ["enum('a','b')", "'a'"],
    ['boolean', '1'],
    ['tinyint unsigned', '1'],
    ['mediumint', '1'],
    ['datetime(6)', "'2020-01-05'"],
    ['timestamp', "'2020-01-05'"],
    ['json', '\'{"a":1}\''],
    ['binary(16)', "x'00ff'"],
    ['varbinary(20)', "x'00ff'"],
    ['uuid', "'00112233-4455-4677-8899-aabbccddeeff'"],
    ['float', '1'],
  ],
  sqlite: [
    ["text check (C glob '[A-Z][A-Z][0-9]*')", "'AB1'"],
    ["text check (typeof(C) = 'text' and length(C) > 3)", "'abcd'"],
    ['boolean', '1'],
    ['datetime', "'2020-01-05 01:02:03'"],
    ['json check (json_valid(C))', '\'{"a":1}\''],
    ['blob', "x'00ff'"],
    ['', "'x'"],
    ['decimal', '1.5'],
  ],
};
const ROWS = 12;

/** The addresses of some columns, to see that these fit too. */
const EMAILS = /@/;

async function rowsOf(
  connector: Connector,
  table: string,
  fields: readonly string[],
): Promise<readonly Found[]> {
  const reader = await connector.reader(call());
  const found: Found[] = [];
  try {
    const keys = keySetOf(Array.from({ length: ROWS }, (_, index) => [index]));
    const matches = [{ fields: [{ column: 'id', path: [] }], mode: 'exact' as const, keys, when: [] }];
    for await (const batch of reader.find({ collection: table, key: ['id'], matches, fields }))
      found.push(...batch);
  } finally {
    await reader.close();
  }
  return found.sort((a, b) => Number(a.key[0]) - Number(b.key[0]));
}

describeEngines('a pseudonym', (engine) => {
  it('is taken by a column of every type and check, and read back as it was written', async () => {
    const db = await withEngine(engine);
    const columns = [...SHARED, ...OWN[engine]].map(([definition, first], index) => ({
      name: `c${index}`,
      sql: `c${index} ${definition.replaceAll(/\bC\b/g, `c${index}`).replace(/(?= check )|$/, ' not null')}`,
      first,
      email: EMAILS.test(definition),
    }));
    if (engine === 'postgres') {
      await db.exec("create type mood as enum ('a','b')");
      await db.exec('create domain posint as integer check (value > 0 and value < 200)');
    }
    await db.exec(`create table t (id integer primary key, ${columns.map(({ sql }) => sql).join(', ')})`);
    for (let id = 0; id < ROWS; id += 1) {
      await db.exec(`insert into t values (${[id, ...columns.map(({ first }) => first)].join(', ')})`);
    }
    const factory = FACTORIES[engine]();
    const connector = await factory.open(factory.parse(config(db.connection)));
    try {
      const { collections } = await connector.describe(call());
      const info = collections.find(({ name }) => name === 't');
      if (info === undefined || connector.writer === undefined) throw new Error('no table to write to');
      const names = columns.map(({ name }) => name);
      const targets = columns.map(({ name, email }) => ({
        ...maskTarget(collection([]), info, name),
        category: email ? 'user.contact.email' : null,
      }));
      for (const target of targets) expect(canMake(target)).toBeNull();
      const maker = makerOf();
      const rows = (await rowsOf(connector, info.id, names)).map(({ key, values }) => ({
        key,
        values: targets.map(
          (target, index): Value => maker.value(target, 'pseudonym', values[index] ?? null, Number(key[0])),
        ),
      }));
      const writer = await connector.writer(call());
      try {
        const applied = await writer.apply({
          kind: 'update',
          collection: info.id,
          key: ['id'],
          fields: names,
          rows: rowSetOf(rows),
        });
        expect(applied.records).toBe(ROWS);
        await writer.commit();
      } finally {
        await writer.close();
      }
      for (const [at, { values }] of (await rowsOf(connector, info.id, names)).entries()) {
        values.forEach((value, index) => {
          expect(value, `${columns[index]?.sql}`).toEqual(rows[at]?.values[index]);
        });
      }
    } finally {
      await connector.close();
      await db.drop();
    }
  });
});
