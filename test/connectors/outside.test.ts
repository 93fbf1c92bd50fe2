import { describe, expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import type { Connector, ConnectorFactory } from '../../src/connector/contract.js';
import { limited } from '../../src/connector/limits.js';
import type { Catalog } from '../../src/model/catalog.js';
import { hasEngine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, config, found, match } from './asking.js';

const nameOf = (db: TestDatabase) => new URL(db.connection).pathname.slice(1);

async function asked<O>(
  factory: ConnectorFactory<O>,
  connection: string,
  options: Readonly<Record<string, unknown>>,
  work: (catalog: Catalog, connector: Connector) => Promise<void> | void,
): Promise<void> {
  const connector = limited(await factory.open(factory.parse(config(connection, options))), 'crm');
  try {
    await work(await connector.describe(call()), connector);
  } finally {
    await connector.close();
  }
}

function asUser(db: TestDatabase, user: string): string {
  const url = new URL(db.connection);
  url.username = user;
  return url.href;
}

const inScope = ({ collections }: Catalog) =>
  collections.filter(({ outOfScope }) => outOfScope === undefined).map(({ id }) => id);
const outside = ({ collections }: Catalog) =>
  collections
    .filter(({ outOfScope }) => outOfScope === true)
    .map(({ id, references }) => [id, references.map(({ to, onDelete }) => `${to} ${onDelete}`)]);

describe.skipIf(!hasEngine('postgres'))('foreign keys from other schemas', () => {
  it('bring their tables into the catalog, out of scope, where they can be asked', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create schema audit;
      create table users (id int primary key);
      create table audit.logins (id int primary key, user_id int references users on delete cascade);
      create table audit.details (id int primary key, login_id int references audit.logins on delete set null);
      create table audit.other (id int primary key);
      insert into users values (1), (2); insert into audit.logins values (7, 1), (8, 2)`);
    await asked(postgres, db.connection, { schemas: ['public'] }, async (catalog, connector) => {
      expect(inScope(catalog)).toEqual(['public.users']);
      expect(outside(catalog)).toEqual([
        ['audit.details', ['audit.logins set-null']],
        ['audit.logins', ['public.users cascade']],
      ]);
      expect(catalog.incoming).toBeUndefined();
      expect(catalog.incomingUnseen).toBeUndefined();
      const query = { collection: 'audit.logins', key: ['id'], matches: [match('user_id', [1])], fields: [] };
      expect(await found(connector, query)).toEqual({ 7: '0:0' });
      const findings = await connector.check(call(), []);
      expect(JSON.stringify(findings)).not.toContain('audit');
    });
    await asked(postgres, db.connection, {}, (catalog) => {
      expect(inScope(catalog)).toHaveLength(4);
      expect(outside(catalog)).toEqual([]);
    });
    await db.drop();
  });

  it('are told by name where their tables cannot be asked', async () => {
    const db = await withEngine('postgres');
    const role = `dsr_test_outside_${process.pid}`;
    await db.exec(`create schema audit; create schema closed;
      create table users (id int primary key, code int unique);
      create table audit.secret (id int primary key, user_id int references users on delete cascade, a int references audit.secret);
      create table closed.notes (id int primary key, code int constraint of_code references users (code) on delete set null);
      create role ${role} login;
      grant usage on schema audit to ${role}; grant select on users, closed.notes to ${role};
      grant select (id) on audit.secret to ${role}`);
    try {
      await asked(postgres, asUser(db, role), { schemas: ['public'] }, (catalog) => {
        expect(catalog.collections.map(({ id }) => id)).toEqual(['public.users']);
        expect(catalog.incoming).toEqual([
          {
            ...{ from: 'audit.secret', name: 'secret_user_id_fkey', fields: ['user_id'] },
            ...{ to: 'public.users', on: ['id'], onDelete: 'cascade' },
          },
          {
            ...{ from: 'closed.notes', name: 'of_code', fields: ['code'] },
            ...{ to: 'public.users', on: ['code'], onDelete: 'set-null' },
          },
        ]);
      });
      await asked(postgres, asUser(db, role), {}, (catalog) => {
        expect(inScope(catalog)).toEqual(['audit.secret', 'public.users']);
        expect(catalog.hidden).toEqual(['closed']);
        expect(catalog.incoming?.map(({ from }) => from)).toEqual(['closed.notes']);
      });
    } finally {
      await db.exec(`drop owned by ${role}; drop role ${role}`);
      await db.drop();
    }
  });

  it('are found on partitions, and lead to the partitioned table', async () => {
    const db = await withEngine('postgres');
    await db.exec(`create schema audit;
      create table users (id int primary key) partition by range (id);
      create table users_low partition of users for values from (0) to (100);
      create table audit.whole (id int, user_id int references users) partition by range (id);
      create table audit.whole_low partition of audit.whole for values from (0) to (100);
      create table audit.some (id int, user_id int) partition by range (id);
      create table audit.some_low partition of audit.some for values from (0) to (100);
      create table whole_high partition of audit.whole for values from (100) to (200);
      alter table audit.some_low add foreign key (user_id) references users_low (id) on delete cascade`);
    await asked(postgres, db.connection, { schemas: ['public'] }, (catalog) => {
      expect(inScope(catalog)).toEqual(['public.users', 'public.whole_high']);
      expect(outside(catalog)).toEqual([
        ['audit.some_low', ['public.users cascade']],
        ['audit.whole', ['public.users no-action']],
      ]);
    });
    await db.drop();
  });
});

describe.skipIf(!hasEngine('mysql'))('foreign keys from other databases', () => {
  const tables = async () => {
    const [crm, audit] = [await withEngine('mysql'), await withEngine('mysql')];
    const [here, there] = [nameOf(crm), nameOf(audit)];
    await crm.exec(`create table users (id int primary key, part int, unique (part, id));
      create table notes (id int primary key, user_id int,
        constraint of_user foreign key (user_id) references users (id) on delete cascade)`);
    await audit.exec(`create table \`lo/gins-é.x\` (id int primary key, \`us er\` int, part int,
        constraint \`by/id\` foreign key (\`us er\`) references ${here}.users (id) on delete cascade,
        constraint pair foreign key (part, \`us er\`) references ${here}.users (part, id) on delete set null);
      create table plain (id int primary key, user_id int,
        constraint plain foreign key (user_id) references ${here}.users (id));
      create table details (id int primary key, plain_id int,
        constraint details foreign key (plain_id) references plain (id) on delete no action);
      create table other (id int primary key)`);
    await crm.exec('insert into users values (1, 1), (2, 2)');
    await audit.exec('insert into plain values (7, 1), (8, 2)');
    return { crm, audit, here, there };
  };

  it('bring their tables into the catalog, out of scope, where they can be asked', async () => {
    const { crm, audit, here, there } = await tables();
    await asked(mysql, crm.connection, {}, async (catalog, connector) => {
      expect(inScope(catalog)).toEqual([`${here}.notes`, `${here}.users`]);
      expect(outside(catalog)).toEqual([
        [`${there}.details`, [`${there}.plain no-action`]],
        [`${there}.lo/gins-é.x`, [`${here}.users cascade`, `${here}.users set-null`]],
        [`${there}.plain`, [`${here}.users restrict`]],
      ]);
      expect([catalog.incoming, catalog.incomingUnseen]).toEqual([undefined, undefined]);
      const matches = [match('user_id', [1])];
      const query = { collection: `${there}.plain`, key: ['id'], matches, fields: [] };
      expect(await found(connector, query)).toEqual({ 7: '0:0' });
      expect(JSON.stringify(await connector.check(call(), []))).not.toContain(there);
    });
    await audit.drop();
    await crm.drop();
  });

  it('are told by name where their tables cannot be asked, or said to be untold', async () => {
    const { crm, audit, here, there } = await tables();
    const user = `dsr_test_out_${process.pid}`;
    const users = `${user}@'%', ${user}@localhost`;
    await crm.exec(`create user ${users}; grant select on ${here}.users to ${users};
      grant select (id) on ${here}.notes to ${users};
      grant select (id) on ${there}.plain to ${users}`);
    try {
      await asked(mysql, asUser(crm, user), {}, async (catalog, connector) => {
        expect(catalog.collections.map(({ id }) => id)).toEqual([`${here}.notes`, `${here}.users`]);
        expect(catalog.incomingUnseen).toContain('PROCESS');
        const findings = await connector.check(call(), []);
        const [told] = findings.filter(({ message }) => message === catalog.incomingUnseen);
        expect(told).toMatchObject({ severity: 'info' });
        expect(told?.hint).toMatch(/^grant process on \*\.\* to 'dsr_test_out_\d+'@'(%|localhost)';$/);
      });
      await crm.exec(`grant process on *.* to ${users}`);
      await asked(mysql, asUser(crm, user), {}, (catalog) => {
        expect(catalog.collections.map(({ id }) => id)).toEqual([`${here}.notes`, `${here}.users`]);
        expect(catalog.incomingUnseen).toBeUndefined();
        const [notes] = catalog.collections;
        expect(notes?.references).toMatchObject([
          { name: 'of_user', to: `${here}.users`, onDelete: 'cascade' },
        ]);
        const keys = { to: `${here}.users` };
        expect(catalog.incoming).toEqual([
          {
            ...keys,
            from: `${there}.lo/gins-é.x`,
            name: 'by/id',
            fields: ['us er'],
            on: ['id'],
            onDelete: 'cascade',
          },
          {
            ...{ ...keys, from: `${there}.lo/gins-é.x`, name: 'pair', fields: ['part', 'us er'] },
            ...{ on: ['part', 'id'], onDelete: 'set-null' },
          },
          {
            ...keys,
            from: `${there}.plain`,
            name: 'plain',
            fields: ['user_id'],
            on: ['id'],
            onDelete: 'restrict',
          },
        ]);
      });
    } finally {
      await crm.exec(`drop user ${users}`);
      await audit.drop();
      await crm.drop();
    }
  });
});
