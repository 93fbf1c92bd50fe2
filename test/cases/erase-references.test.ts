import { expect, it } from 'vitest';
import { describeEngines, type Engine } from '../harness/engines.js';
import { changing, expectDone, expectUntouched } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const ANNA = ['anna@example.se', 'Anna Lind'];
const users = 'create table users (id int primary key, email varchar(100), name varchar(100))';
const two = `insert into users values (1, 'anna@example.se', 'Anna Lind'), (2, 'bo@example.se', 'Bo')`;
const user = { subject: 'customer', system: ['id'], fields: { email, name: 'user.name' }, erase: 'delete' };
const text = 'user.content.private';

/** MariaDB has no constraints that wait for the commit: rings are planted with its checks off. */
const ringed = (engine: Engine, statements: readonly string[]) =>
  engine === 'mysql'
    ? ['set foreign_key_checks = 0', ...statements, 'set foreign_key_checks = 1']
    : ['begin', ...statements, 'commit'];

describeEngines('erase along references', (engine) => {
  it('everything on CASCADE: the plan counts what the database takes along, and no more goes', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          'create table orders (id int primary key, user_id int not null, foreign key (user_id) references users (id) on delete cascade)',
          'create table order_lines (id int primary key, order_id int not null, what varchar(50), foreign key (order_id) references orders (id) on delete cascade)',
          two,
          'insert into orders values (0, 1), (1, 1), (2, 2)',
          `insert into order_lines values (1, 0, 'a'), (2, 0, 'b'), (3, 1, 'c'), (4, 2, 'd')`,
        ],
        collections: {
          users: user,
          orders: { system: ['id'], fields: { user_id: 'owned-by' }, erase: 'delete' },
          order_lines: { system: ['id'], fields: { order_id: 'owned-by', what: text }, erase: 'delete' },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['crm.order_lines delete 3', 'crm.orders delete 2', 'crm.users delete 1']);
    expect(done.gone).toEqual([
      ...['crm.order_lines 1|0|a', 'crm.order_lines 2|0|b', 'crm.order_lines 3|1|c'],
      ...['crm.orders 0|1', 'crm.orders 1|1', 'crm.users 1|anna@example.se|Anna Lind'],
    ]);
    expect(done.came).toEqual([]);
    await world.close();
  });

  it('a cascade that would take what the law keeps is prevented: what it hangs on is masked', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          `create table orders (id int primary key, user_id int not null, note varchar(50), foreign key (user_id) references users (id) on delete cascade)`,
          `create table receipts (id int primary key, order_id int not null, paid date, foreign key (order_id) references orders (id) on delete cascade)`,
          two,
          `insert into orders values (1, 1, 'hemligt'), (2, 1, 'hemligt'), (3, 2, 'bos')`,
          `insert into receipts values (1, 1, '2026-05-01'), (2, 2, '2001-05-01'), (3, 3, '2026-05-01')`,
        ],
        collections: {
          users: user,
          orders: { system: ['id'], fields: { user_id: 'owned-by', note: text }, erase: 'delete' },
          receipts: {
            system: ['id'],
            fields: { order_id: 'owned-by', paid: 'user.financial' },
            erase: 'delete',
            retain: { ground: 'legal-obligation', until: { field: 'paid', plus: { years: 7 } } },
          },
        },
      },
    });
    const done = await changing(world, [...ANNA, 'hemligt'])('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual([
      ...['crm.orders delete 1', 'crm.orders mask 1'],
      ...['crm.receipts delete 1', 'crm.receipts keep 1', 'crm.users mask 1'],
    ]);
    expect(done.gone).toEqual([
      ...['crm.orders 1|1|hemligt', 'crm.orders 2|1|hemligt', 'crm.receipts 2|2|2001-05-01'],
      'crm.users 1|anna@example.se|Anna Lind',
    ]);
    expect(done.came).toEqual(['crm.orders 1|1|null', 'crm.users 1|null|null']);
    await world.close();
  });

  it('two tables that refer to each other, neither link null: erased or masked and named, never stuck', async () => {
    const deferred = engine === 'mysql' ? '' : ' deferrable initially deferred';
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          ...ringed(engine, [
            `create table users (id int primary key, email varchar(100), name varchar(100), main_id int not null${engine === 'postgres' ? '' : `, foreign key (main_id) references accounts (id)${deferred}`})`,
            `create table accounts (id int primary key, holder int not null, title varchar(50), foreign key (holder) references users (id)${deferred})`,
            ...(engine === 'postgres'
              ? [`alter table users add foreign key (main_id) references accounts (id)${deferred}`]
              : []),
            `insert into users values (1, 'anna@example.se', 'Anna Lind', 7), (2, 'bo@example.se', 'Bo', 8)`,
            `insert into accounts values (7, 1, 'annas'), (8, 2, 'bos')`,
          ]),
        ],
        collections: {
          users: { ...user, fields: { ...user.fields, main_id: 'owns' } },
          accounts: { system: ['id'], fields: { holder: 'owned-by', title: text }, erase: 'delete' },
        },
      },
    });
    const done = await changing(world, [...ANNA, 'annas'])('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual(['crm.accounts 7|1|annas', 'crm.users 1|anna@example.se|Anna Lind|7']);
    if (engine === 'mysql') {
      expect(done.actions).toEqual(['crm.accounts mask 1', 'crm.users mask 1']);
      expect(done.came).toEqual(['crm.accounts 7|1|null', 'crm.users 1|null|null|7']);
      expect(done.document.actions.map(({ why }) => why).join('\n')).toMatch(
        /crm\.(users\.main_id|accounts\.holder).*neither link may be null/,
      );
    } else {
      expect(done.actions).toEqual(['crm.accounts delete 1', 'crm.users delete 1']);
      expect(done.came).toEqual([]);
    }
    await world.close();
  });

  it('two tables that refer to each other, one link null: opened, and both go', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table users (id int primary key, email varchar(100), name varchar(100), main_id int)',
          'create table accounts (id int primary key, holder int not null, title varchar(50), foreign key (holder) references users (id))',
          ...(engine === 'sqlite'
            ? []
            : ['alter table users add foreign key (main_id) references accounts (id)']),
          `insert into users values (1, 'anna@example.se', 'Anna Lind', null), (2, 'bo@example.se', 'Bo', null)`,
          `insert into accounts values (7, 1, 'annas'), (8, 2, 'bos')`,
          'update users set main_id = id + 6',
        ],
        collections: {
          users: {
            ...user,
            fields: { ...user.fields, main_id: { references: 'accounts.id', relation: 'owns' } },
          },
          accounts: { system: ['id'], fields: { holder: 'owned-by', title: text }, erase: 'delete' },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['crm.accounts delete 1', 'crm.users delete 1']);
    expect(done.gone).toEqual(['crm.accounts 7|1|annas', 'crm.users 1|anna@example.se|Anna Lind|7']);
    expect(done.came).toEqual([]);
    await world.close();
  });

  it('where the database has no foreign keys, or the application has them off, no orphan is left', async () => {
    // In PostgreSQL a partition may lack what its parent has.
    const parted = [
      'create table visits (id int not null, user_id int, page varchar(50)) partition by range (id)',
      'create table visits_old partition of visits for values from (0) to (100)',
      'create table visits_new partition of visits for values from (100) to (200)',
      'alter table visits_old add foreign key (user_id) references users (id)',
    ];
    const plain = ['create table visits (id int primary key, user_id int, page varchar(50))'];
    const declared = [
      'create table visits (id int primary key, user_id int, page varchar(50), foreign key (user_id) references users (id))',
    ];
    const visits = { postgres: parted, mysql: plain, sqlite: ['pragma foreign_keys = off', ...declared] };
    const world = await caseWorkspace(engine, {
      web: {
        sql: [
          users,
          ...visits[engine],
          two,
          `insert into visits values (1, 1, 'a'), (2, 2, 'b'), (101, 1, 'c'), (102, 2, 'd'), (103, null, 'e')`,
        ],
        collections: {
          users: user,
          visits: {
            key: ['id'],
            fields: { user_id: { references: 'users.id', relation: 'owned-by' }, page: 'user.behavior' },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['web.users delete 1', 'web.visits delete 2']);
    expect(done.gone.filter((row) => row.startsWith('web.visits '))).toEqual([
      'web.visits 101|1|c',
      'web.visits 1|1|a',
    ]);
    expect(done.came).toEqual([]);
    await world.close();
  });

  it('polymorphic children, a many-to-many table, a tree of replies: hers go, what others wrote stays', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          'create table leads (id int primary key, email varchar(100))',
          'create table notes (id int primary key, entity_table varchar(20), entity_id int, body varchar(50))',
          'create table tags (id int primary key, title varchar(20))',
          `create table user_tags (user_id int, tag_id int, primary key (user_id, tag_id),
             foreign key (user_id) references users (id), foreign key (tag_id) references tags (id))`,
          `create table replies (id int primary key, author_id int, parent_id int, body varchar(50),
             foreign key (author_id) references users (id), foreign key (parent_id) references replies (id))`,
          two,
          `insert into leads values (1, 'eva@example.se')`,
          `insert into notes values (1, 'customer', 1, 'annas'), (2, 'lead', 1, 'evas'), (3, 'customer', 2, 'bos'), (4, null, 1, 'ingens')`,
          `insert into tags values (0, 'vip'), (1, 'ny')`,
          'insert into user_tags values (1, 0), (1, 1), (2, 0)',
          `insert into replies values (1, 1, null, 'annas'), (2, 2, 1, 'bos svar'), (3, 1, 2, 'annas svar'), (4, 1, 3, 'annas igen'), (5, 2, null, 'bos')`,
        ],
        nonpersonal: ['tags'],
        collections: {
          users: user,
          leads: { subject: 'lead', system: ['id'], fields: { email }, erase: 'delete' },
          notes: {
            system: ['id'],
            fields: { body: text },
            references: [
              {
                fields: ['entity_id'],
                to: 'users',
                on: ['id'],
                when: { entity_table: 'customer' },
                relation: 'owned-by',
              },
              {
                fields: ['entity_id'],
                to: 'leads',
                on: ['id'],
                when: { entity_table: 'lead' },
                relation: 'owned-by',
              },
            ],
            erase: 'delete',
          },
          user_tags: { system: ['tag_id'], fields: { user_id: 'owned-by' }, erase: 'delete' },
          replies: {
            system: ['id'],
            fields: { author_id: 'owned-by', parent_id: 'none', body: text },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual([
      ...['crm.notes delete 1', 'crm.replies delete 2', 'crm.replies mask 1'],
      ...['crm.user_tags delete 2', 'crm.users delete 1'],
    ]);
    // What Bo answered hangs on it: the reply stays, without who wrote it and what.
    expect(done.came).toEqual(['crm.replies 1|null|null|null']);
    expect(done.gone).toEqual([
      ...['crm.notes 1|customer|1|annas', 'crm.replies 1|1|null|annas'],
      ...['crm.replies 3|1|2|annas svar', 'crm.replies 4|1|3|annas igen'],
      ...['crm.user_tags 1|0', 'crm.user_tags 1|1', 'crm.users 1|anna@example.se|Anna Lind'],
    ]);
    await world.close();
  });

  it('a mention that the law keeps stays whole; one that is not kept is cleared, or removed where the map says so', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          users,
          `create table contracts (id int primary key, owner_id int, seller_id int, signed date, foreign key (owner_id) references users (id), foreign key (seller_id) references users (id))`,
          `create table likes (id int primary key, owner_id int, liked_by int not null, foreign key (owner_id) references users (id), foreign key (liked_by) references users (id))`,
          two,
          `insert into contracts values (1, 2, 1, '2026-05-01'), (2, 2, 1, '2001-05-01')`,
          'insert into likes values (1, 2, 1), (2, 2, 2)',
        ],
        collections: {
          users: user,
          contracts: {
            system: ['id'],
            fields: { owner_id: 'owned-by', seller_id: 'mentions', signed: 'user.financial' },
            erase: 'delete',
            retain: { ground: 'legal-obligation', until: { field: 'signed', plus: { years: 10 } } },
          },
          likes: {
            system: ['id'],
            fields: { owner_id: 'owned-by', liked_by: { relation: 'mentions', onErase: 'delete' } },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual([
      ...['crm.contracts clear 1', 'crm.contracts keep 1', 'crm.likes delete 1', 'crm.users mask 1'],
    ]);
    expect(done.gone).toEqual([
      'crm.contracts 2|2|1|2001-05-01',
      'crm.likes 1|2|1',
      'crm.users 1|anna@example.se|Anna Lind',
    ]);
    expect(done.came).toEqual(['crm.contracts 2|2|null|2001-05-01', 'crm.users 1|null|null']);
    await world.close();
  });

  it.for([['unmapped'], ['nonpersonal']] as const)(
    'a foreign key from a table that is %s: refused by name before anything changes',
    async ([kind]) => {
      const tables = { audit: '', taken: ' on delete cascade', emptied: ' on delete set null' };
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            users,
            'create table notes (id int primary key, user_id int, body varchar(50), foreign key (user_id) references users (id))',
            ...Object.entries(tables).map(
              ([table, onDelete]) =>
                `create table ${table} (id int primary key, who int, foreign key (who) references users (id)${onDelete})`,
            ),
            two,
            `insert into notes values (1, 1, 'annas')`,
            'insert into audit values (1, 1), (2, 2), (3, null)',
            'insert into taken values (1, 1), (2, 2)',
            'insert into emptied values (1, 1), (2, 2)',
          ],
          ...(kind === 'nonpersonal' ? { nonpersonal: Object.keys(tables) } : {}),
          collections: {
            users: user,
            notes: { system: ['id'], fields: { user_id: 'owned-by', body: text }, erase: 'delete' },
          },
        },
      });
      const call = changing(world, ANNA);
      // Each of them alone is enough.
      for (const table of Object.keys(tables)) {
        const refused = await call('erase', 'anna@example.se', '--yes');
        expect(refused.code).toBe(2);
        expect(refused.stderr).toMatch(/crm\.users/);
        expect(refused.stderr).toContain(table);
        expectUntouched(refused);
        expect(refused.entries).not.toContain('outcome crm committed');
        await world.databases.crm?.exec(`delete from ${table} where who = 1`);
      }
      const done = await call('erase', 'anna@example.se', '--yes');
      expect(done.gone).toEqual(['crm.notes 1|1|annas', 'crm.users 1|anna@example.se|Anna Lind']);
      await world.close();
    },
  );
});

// MariaDB refuses such a table.
describeEngines(
  'erase along references',
  (engine) => {
    it('a column that is NOT NULL yet referenced with ON DELETE SET NULL: works, by order', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            users,
            `create table notes (id int primary key, user_id int not null, body varchar(50),
             foreign key (user_id) references users (id) on delete set null)`,
            two,
            `insert into notes values (1, 1, 'annas'), (2, 2, 'bos')`,
          ],
          collections: {
            users: user,
            notes: { system: ['id'], fields: { user_id: 'owned-by', body: text }, erase: 'delete' },
          },
        },
      });
      const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
      expectDone(done);
      expect(done.gone).toEqual(['crm.notes 1|1|annas', 'crm.users 1|anna@example.se|Anna Lind']);
      expect(done.came).toEqual([]);
      await world.close();
    });
  },
  ['sqlite', 'postgres'],
);
