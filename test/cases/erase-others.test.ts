import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, expectDone, expectUntouched } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const users = 'create table users (id int primary key, email varchar(100), name varchar(50))';
const people = `insert into users values (1, 'anna@example.se', 'Anna Lind'), (2, 'bo@example.se', 'Bo Ek')`;
const subject = {
  subject: 'customer',
  system: ['id'],
  fields: { email, name: 'user.name' },
  erase: 'delete',
};
const ANNA = ['anna@example.se', 'Anna Lind', 'anna@example.com'];

describeEngines('what others hold of her', (engine) => {
  it('an account of two loses what it says of her, and is not taken for hers the next time', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          people,
          `create table accounts (id int primary key, a int, a_mail varchar(100), a_name varchar(50), b int, b_mail varchar(100), total int,
             foreign key (a) references users (id), foreign key (b) references users (id))`,
          `insert into accounts values (1, 1, 'anna@example.com', 'Anna Lind', 2, 'bo@example.com', 70)`,
        ],
        collections: {
          users: subject,
          accounts: {
            system: ['id', 'total'],
            fields: {
              a: 'owned-by',
              a_mail: { ...email, of: 'a' },
              a_name: { category: 'user.name', of: 'a' },
              b: 'owned-by',
              b_mail: { ...email, of: 'b' },
            },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['crm.accounts clear 1', 'crm.users delete 1']);
    expect(done.came).toEqual(['crm.accounts 1|null|null|null|2|bo@example.com|70']);
    for (const who of ['anna@example.se', 'anna@example.com']) {
      const again = await changing(world, ANNA)('erase', who, '--yes');
      expectUntouched(again);
      expect(again.code).toBe(0);
    }
    await world.close();
  });

  it('an identifier beside an empty link, in a record of somebody else, only names her there', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          people,
          `create table accounts (id int primary key, a int, a_mail varchar(100), b int, foreign key (b) references users (id))`,
          `insert into accounts values (1, null, 'anna@example.se', 2), (2, null, 'anna@example.se', null)`,
        ],
        collections: {
          users: subject,
          accounts: {
            system: ['id'],
            fields: {
              a: { references: 'users.id', relation: 'owned-by' },
              a_mail: { ...email, of: 'a' },
              b: 'owned-by',
            },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['crm.accounts clear 1', 'crm.accounts delete 1', 'crm.users delete 1']);
    expect(done.came).toEqual(['crm.accounts 1|null|null|2']);
    await world.close();
  });

  it('a list that names her and others is left to a human, whole', async () => {
    const json = { sqlite: 'text', postgres: 'jsonb', mysql: 'json' }[engine];
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          people,
          `create table teams (id int primary key, members ${json})`,
          `insert into teams values (1, '{"m":[{"email":"anna@example.se","name":"Anna Lind"},{"email":"bo@example.se","name":"Bo Ek"}]}')`,
        ],
        collections: {
          users: subject,
          teams: {
            system: ['id'],
            fields: {
              'members.m[].email': { ...email, relation: 'mentions' },
              'members.m[].name': { category: 'user.name', of: 'members.m[].email' },
            },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expect(done.code).toBe(3);
    expect(done.actions).toEqual(['crm.teams manual 1', 'crm.users delete 1']);
    expect(done.document.actions.find(({ action }) => action === 'manual')?.why).toContain('list');
    expect(done.gone).toEqual(['crm.users 1|anna@example.se|Anna Lind']);
    await world.close();
  });

  it('two collections over one table, parted by who they are: each row is of one', async () => {
    const fields = { email, name: 'user.name' };
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table partners (id int primary key, type varchar(10), email varchar(100), name varchar(50))',
          `insert into partners values (1, 'person', 'anna@example.se', 'Anna Lind'), (2, 'firm', 'bo@example.se', 'Bo AB')`,
        ],
        collections: {
          persons: {
            table: 'partners',
            subject: { is: 'customer', when: { type: 'person' } },
            system: ['id', 'type'],
            fields,
            erase: 'delete',
          },
          firms: {
            table: 'partners',
            subject: { is: 'customer', when: { type: 'firm' } },
            system: ['id', 'type'],
            fields,
            erase: 'mask',
          },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual(['own crm.persons:1']);
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual(['crm.partners 1|person|anna@example.se|Anna Lind']);
    const firm = await changing(world, [])('erase', 'bo@example.se', '--yes');
    expect(firm.actions).toEqual(['crm.firms mask 1']);
    expect(firm.came).toEqual(['crm.partners 2|firm|null|null']);
    await world.close();
  });

  it('a row that two collections hold, and nothing parts, is refused by their names', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [users, people],
        collections: { users: subject, contacts: { ...subject, table: 'users' } },
      },
    });
    const refused = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectUntouched(refused);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/crm\.users.*crm\.contacts/);
    await world.close();
  });

  it('a key that is masked changes when those who pointed at it are gone; one that something masked points at stays, and that is told', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (pnr varchar(13) primary key, email varchar(100))',
          'create table orders (id int primary key, pnr varchar(13) not null, foreign key (pnr) references users (pnr))',
          'create table rentals (id int primary key, pnr varchar(13) not null, note varchar(20), foreign key (pnr) references users (pnr))',
          `insert into users values ('199006022397', 'anna@example.se'), ('198501012382', 'bo@example.se')`,
          `insert into orders values (1, '199006022397'), (2, '198501012382')`,
          `insert into rentals values (1, '198501012382', 'x')`,
        ],
        collections: {
          users: {
            subject: 'customer',
            fields: {
              pnr: {
                category: 'user.government_id.national_identification_number',
                identifier: 'personnummer',
                mask: 'pseudonym',
              },
              email,
            },
            erase: 'mask',
          },
          orders: { system: ['id'], fields: { pnr: 'owned-by' }, erase: 'delete' },
          rentals: { system: ['id'], fields: { pnr: 'owned-by', note: 'user.content' }, erase: 'mask' },
        },
      },
    });
    const done = await changing(world, ['199006022397', 'anna@example.se'])(
      'erase',
      'anna@example.se',
      '--yes',
    );
    expectDone(done);
    expect(done.actions).toEqual(['crm.orders delete 1', 'crm.users mask 1']);
    expect(done.came.join()).not.toMatch(/199006022397|anna/);
    const held = await changing(world, ['198501012382', 'bo@example.se'])('erase', 'bo@example.se', '--yes');
    expect(held.code).toBe(3);
    expect(held.document.verified?.residual).toBe(1);
    expect(held.document.actions.find(({ collection }) => collection === 'crm.users')?.why).toContain(
      'crm.rentals.pnr',
    );
    await world.close();
  });
});
