import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, expectDone, expectUntouched } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const text = 'user.content.private';
const ANNA = ['anna@example.se', 'Anna Lind'];

describeEngines('odd databases', (engine) => {
  const q = (name: string) =>
    engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;

  it('reserved words, blanks, quotes, camelCase and Swedish in names', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          `create table ${q('user')} (${q('ID')} int primary key, ${q('e mail')} varchar(100), ${q('från "när"')} varchar(40), ${q('select')} int)`,
          `create table ${q('Order Rows')} (${q('rowId')} int primary key, ${q("o'wner")} int not null, ${q('group')} varchar(40),
             foreign key (${q("o'wner")}) references ${q('user')} (${q('ID')}))`,
          `insert into ${q('user')} values (1, 'anna@example.se', 'Anna Lind', 1), (2, 'bo@example.se', 'Bo', 2)`,
          `insert into ${q('Order Rows')} values (1, 1, 'a'), (2, 2, 'b')`,
        ],
        collections: {
          user: {
            subject: 'customer',
            disable: { select: 0 },
            system: ['ID', 'select'],
            fields: { 'e mail': email, 'från "när"': 'user.name' },
            erase: 'mask',
          },
          rows: {
            table: 'Order Rows',
            system: ['rowId'],
            fields: { "o'wner": 'owned-by', group: text },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual(['crm.Order Rows 1|1|a', 'crm.user 1|anna@example.se|Anna Lind|1']);
    expect(done.came).toEqual(['crm.user 1|null|null|0']);
    await world.close();
  });

  it('12,000 orders: every one of hers goes and none of anybody else', async () => {
    const series = {
      sqlite: 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000) select',
      postgres: 'select',
      mysql: 'select',
    }[engine];
    const from = {
      sqlite: 'n',
      postgres: 'generate_series(1, 12000) as n(i)',
      mysql: '(select seq as i from seq_1_to_12000) as n',
    }[engine];
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          'create table users (id int primary key, email varchar(100))',
          'create table orders (id int primary key, user_id int not null, what varchar(20), foreign key (user_id) references users (id))',
          'create table order_lines (id int primary key, order_id int not null, foreign key (order_id) references orders (id))',
          `insert into users values (1, 'anna@example.se'), (2, 'bo@example.se')`,
          `insert into orders ${series} i, case when i % 100 = 0 then 2 else 1 end, 'x' from ${from}`,
          `insert into order_lines ${series} i, i from ${from} where i % 10 = 1`,
          'create index lines_of on order_lines (order_id)',
          'create index orders_of on orders (user_id)',
        ],
        collections: {
          users: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
          orders: { system: ['id'], fields: { user_id: 'owned-by', what: text }, erase: 'delete' },
          order_lines: { system: ['id'], fields: { order_id: 'owned-by' }, erase: 'delete' },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual([
      ...['shop.order_lines delete 1200', 'shop.orders delete 11880', 'shop.users delete 1'],
    ]);
    expect(done.gone).toHaveLength(11_880 + 1_200 + 1);
    expect(done.gone.filter((row) => /^shop\.orders .*\|2\|x$/.test(row))).toEqual([]);
    expect(done.came).toEqual([]);
    await world.close();
  }, 60_000);

  it('one table in two collections, a view beside it, and columns that the database computes', async () => {
    const computed = `generated always as (${engine === 'sqlite' ? "name || '!'" : 'upper(name)'}) stored`;
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          `create table parties (id int primary key, kind varchar(10), email varchar(100), name varchar(40), shout varchar(40) ${computed}, org_no varchar(20))`,
          `create view active_people as select id, email, name from parties where kind = 'person'`,
          `insert into parties (id, kind, email, name, org_no) values (1, 'person', 'anna@example.se', 'Anna Lind', null),
             (2, 'person', 'bo@example.se', 'Bo', null), (3, 'firm', null, 'Firma AB', '556036-0793')`,
        ],
        nonpersonal: ['active_people'],
        collections: {
          people: {
            table: 'parties',
            subject: { is: 'person', when: { kind: 'person' } },
            system: ['id', 'kind'],
            fields: { email, name: 'user.name', shout: 'user.name' },
            ignore: ['org_no'],
            erase: 'mask',
          },
          firms: {
            table: 'parties',
            subject: { is: 'firm', when: { kind: 'firm' } },
            system: ['id', 'kind'],
            fields: {
              org_no: { category: 'user.unique_id', identifier: 'organisationsnummer' },
              name: 'user.name',
              shout: 'user.name',
            },
            ignore: ['email'],
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['crm.people mask 1']);
    expect(done.gone).toHaveLength(1);
    expect(done.came).toEqual(['crm.parties 1|person|null|null|null|null']);
    await world.close();
  });

  it('keys that are NULL, and a table without a key: named, not touched', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (id int primary key, email varchar(100))',
          'create table codes (code varchar(20) unique, email varchar(100), body varchar(20))',
          'create table log (email varchar(100), body varchar(20))',
          `insert into users values (1, 'anna@example.se')`,
          `insert into codes values (null, 'anna@example.se', 'a'), ('x', 'anna@example.se', 'b'), ('', 'bo@example.se', 'c')`,
          `insert into log values ('anna@example.se', 'a'), ('anna@example.se', 'a'), ('bo@example.se', 'b')`,
        ],
        collections: {
          users: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
          codes: { key: ['code'], fields: { email, body: text }, erase: 'delete' },
          log: { fields: { email, body: text }, erase: 'delete' },
        },
      },
    });
    const call = changing(world, ANNA);
    const done = await call('erase', 'anna@example.se', '--yes');
    // What has no key cannot be told from others: the source is left, and named.
    expect(done.code).toBe(3);
    expectUntouched(done);
    expect(done.document.incomplete.join('\n')).toMatch(/codes.*(?:NULL|no value)/);
    await world.databases.crm?.exec(`update codes set code = 'y' where code is null`);
    const again = await call('erase', 'anna@example.se', '--yes');
    expect(again.code).toBe(3);
    expect(again.gone).toEqual([
      ...['crm.codes x|anna@example.se|b', 'crm.codes y|anna@example.se|a', 'crm.users 1|anna@example.se'],
    ]);
    expect(again.actions).toEqual(['crm.codes delete 2', 'crm.log manual 2', 'crm.users delete 1']);
    expect(again.document.incomplete.join('\n')).toMatch(/crm\.log.*no key/);
    await world.close();
  });
});

describeEngines(
  'PostgreSQL only',
  (engine) => {
    it('schemas, enums, arrays, inheritance and tables of one name', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            'create schema app',
            `create type app.mood as enum ('glad', 'arg')`,
            'create table users (id int primary key, email text)',
            'create table app.users (id uuid primary key, mails text[] not null, mood app.mood not null, tags int[], parent uuid references app.users (id) on delete set null)',
            `insert into users values (1, 'anna@example.se'), (2, 'bo@example.se')`,
            `insert into app.users values ('00000000-0000-0000-0000-000000000000', '{anna@example.se,ann@example.com}', 'glad', '{1,2}', null),
               ('00000000-0000-0000-0000-000000000001', '{bo@example.se}', 'arg', null, '00000000-0000-0000-0000-000000000000')`,
          ],
          collections: {
            users: {
              table: 'public.users',
              subject: 'customer',
              system: ['id'],
              fields: { email },
              erase: 'delete',
            },
            accounts: {
              table: 'app.users',
              subject: 'account',
              system: ['id', 'tags'],
              fields: { 'mails[]': email, mood: 'user.behavior', parent: 'mentions' },
              erase: 'mask',
            },
          },
        },
      });
      const done = await changing(world, [...ANNA, 'ann@example.com'])('erase', 'anna@example.se', '--yes');
      expectDone(done);
      expect(done.gone).toHaveLength(3);
      const [masked, cleared] = done.came;
      expect(masked).toMatch(
        /^crm\.app\.users 00000000-0000-0000-0000-000000000000\|\{NULL,NULL\}\|(?:glad|arg)\|\{1,2\}\|null$/,
      );
      expect(cleared).toBe(
        'crm.app.users 00000000-0000-0000-0000-000000000001|{bo@example.se}|arg|null|null',
      );
      await world.close();
    });
  },
  ['postgres'],
);
