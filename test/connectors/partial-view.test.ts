import { describe, expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import type { Connector } from '../../src/connector/contract.js';
import { hasEngine, type TestDatabase, withEngine } from '../harness/engines.js';
import { call, described, openOn } from './asking.js';

const asRole = (db: TestDatabase, role: string) => {
  const url = new URL(db.connection);
  url.username = role;
  return url.href;
};

/** By table: why it is not seen whole, and which columns may not be read. */
async function partly(connector: Connector) {
  const tables = await described(connector);
  return Object.fromEntries(
    [...tables].map(([name, { hidden, unreadable }]) => [name, { hidden, unreadable: unreadable ?? [] }]),
  );
}

describe.skipIf(!hasEngine('postgres'))('a role of PostgreSQL that sees a part', () => {
  it('is told of each table that it does not see whole: rows, columns, all of it', async () => {
    const db = await withEngine('postgres');
    const role = `dsr_test_part_${process.pid}`;
    const columns = '(id int primary key, email text)';
    await db.exec(`drop role if exists ${role}; create role ${role} login;
      create table whole ${columns}; create table closed ${columns}; create table part ${columns};
      create table own ${columns}; create table without_policy ${columns}; create table forced ${columns};
      grant select on whole, own, without_policy, forced to ${role}; grant select (id) on part to ${role};
      alter table own enable row level security; create policy mine on own using (id = 1);
      alter table without_policy enable row level security;
      alter table forced enable row level security; alter table forced force row level security`);
    const all = { hidden: null, unreadable: [] };
    const byRow = { hidden: 'row-level security applies to this role', unreadable: [] };
    try {
      const connector = await openOn(postgres, asRole(db, role));
      expect(await partly(connector)).toEqual({
        whole: all,
        closed: { hidden: 'no SELECT on it', unreadable: ['id', 'email'] },
        part: { hidden: 'no SELECT on email', unreadable: ['email'] },
        own: byRow,
        without_policy: byRow,
        forced: byRow,
      });
      await connector.close();
      // What applies to one role does not to another: to their owner only what is forced, to a superuser nothing.
      await db.exec(`alter table own owner to ${role}; alter table forced owner to ${role}`);
      const owner = await openOn(postgres, asRole(db, role));
      expect(await partly(owner)).toMatchObject({ own: all, forced: byRow });
      await owner.close();
      const superuser = await openOn(postgres, db.connection);
      expect(new Set(Object.values(await partly(superuser)).map(({ hidden }) => hidden))).toEqual(
        new Set([null]),
      );
      await superuser.close();
    } finally {
      await db.exec(`drop owned by ${role}; drop role ${role}`);
      await db.drop();
    }
  });
});

describe.skipIf(!hasEngine('mysql'))('a user of MariaDB that sees a part', () => {
  it('is told of each table that it does not see whole, and that there may be others', async () => {
    const db = await withEngine('mysql');
    const user = `dsr_test_part_${process.pid}`;
    const [{ name } = {}] = await db.exec('select database() as name');
    for (const table of ['whole', 'closed', 'part', 'write_only', 'some']) {
      await db.exec(`create table ${table} (id int primary key, email varchar(50))`);
    }
    await db.exec(`create or replace user ${user}@'%'; create or replace user ${user}@localhost`);
    for (const host of ['%', 'localhost']) {
      const to = `to ${user}@'${host}'`;
      await db.exec(`grant select on ${name}.whole ${to}; grant insert on ${name}.write_only ${to}`);
      await db.exec(`grant select (id, email) on ${name}.part ${to}`);
      await db.exec(`grant select (id), update (email) on ${name}.some ${to}`);
    }
    try {
      const connector = await openOn(mysql, asRole(db, user));
      expect(await partly(connector)).toEqual({
        whole: { hidden: null, unreadable: [] },
        part: { hidden: expect.stringContaining('single columns'), unreadable: [] },
        write_only: { hidden: 'no SELECT on it', unreadable: ['id', 'email'] },
        some: { hidden: expect.stringContaining('no SELECT on email'), unreadable: ['email'] },
      });
      expect((await connector.describe(call())).unseen).toEqual(expect.any(String));
      await connector.close();
      const administrator = await openOn(mysql, db.connection);
      expect((await administrator.describe(call())).unseen).toBeUndefined();
      await administrator.close();
    } finally {
      await db.exec(`drop user ${user}@'%', ${user}@localhost`);
      await db.drop();
    }
  });
});
