import { expect, it } from 'vitest';
import { describeEngines, type Engine } from '../harness/engines.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const people = { subject: 'customer', fields: { email }, key: ['code'], erase: 'delete' };
const orders = {
  system: ['id'],
  fields: { code: { references: 'people.code', relation: 'owned-by' }, what: 'user.behavior' },
  erase: 'delete',
};

/** A key that tells letters apart, referred to by a column that does not. */
const columns: Readonly<Record<Engine, { readonly strict: string; readonly folding: string }>> = {
  sqlite: { strict: 'text', folding: 'text collate nocase' },
  mysql: { strict: 'varchar(20) collate utf8mb4_bin', folding: 'varchar(20) collate utf8mb4_general_ci' },
  postgres: { strict: 'varchar(20)', folding: 'varchar(20) collate folding' },
};

describeEngines('a reference', (engine) => {
  it("under a folding collation never brings another person's record along", async () => {
    const { strict, folding } = columns[engine];
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          ...(engine === 'postgres'
            ? [`create collation folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`]
            : []),
          `create table people (code ${strict} primary key, email varchar(80))`,
          `create table orders (id int primary key, code ${folding}, what varchar(40))`,
          `insert into people values ('asa', 'anna@example.se'), ('ASA', 'bo@example.se')`,
          `insert into orders values (1, 'asa', 'ANNAS'), (2, 'ASA', 'BOS'), (3, 'Asa', 'NOBODYS'), (4, null, 'NULLS')`,
        ],
        collections: { people, orders },
      },
    });
    expect(await world.found('anna@example.se')).toEqual(['own shop.orders:1', 'own shop.people:asa']);
    expect(await world.found('bo@example.se')).toEqual(['own shop.orders:2', 'own shop.people:ASA']);
    const files = await world.extract('anna@example.se');
    expect([...files.values()].join('')).not.toMatch(/BOS|NOBODYS/);
    await world.close();
  });

  it('that a folding key answers to is followed, as the database itself would', async () => {
    const { folding } = columns[engine];
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          ...(engine === 'postgres'
            ? [`create collation folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`]
            : []),
          `create table people (code ${folding} primary key, email varchar(80))`,
          `create table orders (id int primary key, code ${folding}, what varchar(40))`,
          `insert into people values ('asa', 'anna@example.se'), ('bo', 'bo@example.se')`,
          `insert into orders values (1, 'asa', 'x'), (2, 'ASA', 'y'), (3, 'BO', 'z')`,
        ],
        collections: { people, orders },
      },
    });
    expect(await world.found('anna@example.se')).toEqual([
      'own shop.orders:1',
      'own shop.orders:2',
      'own shop.people:asa',
    ]);
    await world.close();
  });

  it('inside JSON leads to its person, to the last digit, and carries the identifiers that are of it', async () => {
    const json = engine === 'postgres' ? 'jsonb' : 'json';
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          'create table people (code bigint primary key, email varchar(80))',
          `create table events (id int primary key, payload ${json})`,
          `insert into people values (9007199254740993, 'anna@example.se'), (9007199254740992, 'bo@example.se')`,
          `insert into events values
             (1, '{"cid": 9007199254740993, "email": "anna.ny@example.se"}'),
             (2, '{"cid": 9007199254740992, "email": "bo.ny@example.se"}'),
             (3, '{"cid": null, "email": "anna.ny@example.se"}')`,
        ],
        collections: {
          people,
          events: {
            system: ['id'],
            fields: {
              'payload.cid': { references: 'people.code', relation: 'owned-by' },
              'payload.email': { ...email, of: 'payload.cid' },
            },
            erase: 'delete',
          },
        },
      },
    });
    const annas = ['own shop.events:1', 'own shop.events:3', 'own shop.people:9007199254740993'];
    expect(await world.found('anna@example.se')).toEqual(annas);
    expect(await world.found('anna.ny@example.se')).toEqual(annas);
    await world.close();
  });
});
