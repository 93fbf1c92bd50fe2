import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, expectDone } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const ANNA = ['anna@example.se', 'Anna Lind'];

describeEngines('looking again', (engine) => {
  it('takes no pseudonym for the person, however the masked row is found, nor the second time', async () => {
    const world = await caseWorkspace(
      engine,
      {
        crm: {
          sql: [
            'create table users (id int primary key, no varchar(10) not null unique, email varchar(100) not null)',
            'create table invoices (id int primary key, user_no varchar(10) not null, day date, foreign key (user_no) references users (no))',
            `insert into users values (1, 'K-1', 'anna@example.se')`,
            `insert into invoices values (1, 'K-1', '2026-01-01')`,
          ],
          collections: {
            users: {
              subject: 'customer',
              system: ['id'],
              fields: { no: { category: 'user.unique_id', identifier: 'no' }, email },
              erase: 'delete',
            },
            invoices: {
              system: ['id'],
              fields: { user_no: { references: 'users.no', relation: 'owned-by' }, day: 'user.financial' },
              erase: 'delete',
              retain: { ground: 'legal-obligation', until: { field: 'day', plus: { years: 50 } } },
            },
          },
        },
      },
      { identifiers: { no: { strength: 'strong', match: 'exact' } } },
    );
    const run = changing(world, ANNA);
    expectDone(await run('erase', 'anna@example.se', '--yes'));
    expectDone(await run('erase', 'no=K-1', '--yes'));
    await world.close();
  });

  it('finds what came after, and belongs to a record that was deleted', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (id int primary key, email varchar(100))',
          'create table visits (id int primary key, user_id int)',
          `insert into users values (1, 'anna@example.se')`,
        ],
        collections: {
          users: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
          visits: {
            system: ['id'],
            fields: { user_id: { references: 'users.id', relation: 'owned-by' } },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    await world.databases.crm?.exec('insert into visits values (7, 1)');
    const verified = await world.dsr('verify', done.document.request ?? '', '--json');
    expect(verified.code).toBe(3);
    expect(verified.stdout).toContain('belongs to a record that was deleted');
    await world.close();
  });

  it('finds what came under a masked record, but what is kept there, or is somebody else’s', async () => {
    const owned = { references: 'users.id', relation: 'owned-by' };
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (id int primary key, no varchar(10) unique, email varchar(100))',
          'create table invoices (id int primary key, user_id int, day date)',
          'create table notes (id int primary key, user_id int)',
          'create table chats (id int primary key, user_id int, peer_id int)',
          'create table orders (id int primary key, user_no varchar(10))',
          `insert into users values (1, 'K-1', 'anna@example.se'), (2, 'K-2', 'bo@example.se')`,
          `insert into invoices values (5, 1, '2026-01-01')`,
          'insert into notes values (20, 1)',
          'insert into chats values (30, 1, 2)',
        ],
        collections: {
          users: {
            subject: 'customer',
            system: ['id', 'no'],
            fields: { email },
            erase: 'delete',
          },
          invoices: {
            system: ['id'],
            fields: { user_id: owned, day: 'user.financial' },
            erase: 'delete',
            retain: { ground: 'legal-obligation', until: { field: 'day', plus: { years: 50 } } },
          },
          notes: { system: ['id'], fields: { user_id: owned }, erase: 'delete' },
          chats: { system: ['id'], fields: { user_id: owned, peer_id: owned }, erase: 'delete' },
          orders: {
            system: ['id'],
            fields: { user_no: { references: 'users.no', relation: 'owned-by' } },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toContain('crm.users mask 1');
    const looked = async (...flags: readonly string[]) => {
      const { code, stdout, stderr } = await world.dsr(
        'verify',
        done.document.request ?? '',
        '--json',
        ...flags,
      );
      if (stdout === '') throw new Error(stderr);
      const { verified } = JSON.parse(stdout) as {
        readonly verified: { readonly places: readonly Record<string, unknown>[] };
      };
      return [code, verified.places.map(({ collection, records, why }) => `${collection} ${records} ${why}`)];
    };
    await world.databases.crm?.exec('insert into chats values (31, 1, 2)');
    expect(await looked()).toEqual([0, []]);
    const masked = 'belongs to a record that was masked';
    // One under the number of a note that was deleted, one under a new one, one without anybody else.
    await world.databases.crm?.exec('insert into notes values (20, 1), (21, 1)');
    await world.databases.crm?.exec('insert into chats values (32, 1, 99)');
    const left = [`crm.notes 2 ${masked}`, `crm.chats 1 ${masked}`];
    expect(await looked()).toEqual([3, left]);
    expect(await looked('--deep')).toEqual([3, left]);
    const [row] = (await world.databases.crm?.exec('select no from users where id = 1')) ?? [];
    await world.databases.crm?.exec(`insert into orders values (40, '${row?.no}')`);
    expect(await looked()).toEqual([3, [...left, `crm.orders 1 ${masked}`]]);
    await world.close();
  });

  it('leaves a country that may not be null, and is looked up outside the map, as it is', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table countries (code varchar(2) primary key)',
          `create table users (id int primary key, email varchar(100), country varchar(2) not null,
             foreign key (country) references countries (code))`,
          `insert into countries values ('SE')`,
          `insert into users values (1, 'anna@example.se', 'SE')`,
        ],
        nonpersonal: ['countries'],
        collections: {
          users: {
            subject: 'customer',
            system: ['id'],
            fields: { email, country: 'user.contact.address.country' },
            erase: 'mask',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.came).toEqual(['crm.users 1|null|SE']);
    await world.close();
  });

  it('hands out nothing of a key that two records share', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (id int primary key, email varchar(100))',
          'create table events (id int, user_id int)',
          `insert into users values (1, 'anna@example.se'), (2, 'bo@example.se')`,
          'insert into events values (5, 1), (5, 2)',
        ],
        collections: {
          users: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
          events: {
            key: ['id'],
            fields: { user_id: { references: 'users.id', relation: 'owned-by' } },
            erase: 'delete',
          },
        },
      },
    });
    const { code, stderr } = await world.dsr('export', 'anna@example.se', '-o', `${world.folder}/x.zip`);
    expect([code, stderr]).toEqual([3, expect.stringContaining('does not tell its records apart')]);
    await world.close();
  });
});
