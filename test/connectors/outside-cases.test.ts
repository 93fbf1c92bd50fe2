import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { type CaseWorkspace, caseWorkspace } from '../cases/workspace.js';
import { describeEngines, type TestDatabase, withEngine } from '../harness/engines.js';
import { dsr } from '../support/terminal.js';

const people = {
  subject: 'customer',
  system: ['id'],
  fields: { email: { category: 'user.contact.email', identifier: 'email' } },
  erase: 'delete',
};
const USERS = [
  'create table users (id int primary key, email varchar(100))',
  "insert into users values (1, 'anna@example.se'), (2, 'bo@example.se')",
];

/** A table of logins beside the scope, whose rows go with their user's. */
async function withLogins(engine: 'postgres' | 'mysql') {
  const options = engine === 'postgres' ? { options: { schemas: ['public'] } } : {};
  const world = await caseWorkspace(engine, {
    crm: { sql: USERS, collections: { users: people }, ...options },
  });
  const crm = world.databases.crm as TestDatabase;
  const audit = engine === 'postgres' ? crm : await withEngine(engine);
  const [here, there] = [crm, audit].map(({ connection }) => new URL(connection).pathname.slice(1));
  const logins = engine === 'postgres' ? 'audit.logins' : `${there}.logins`;
  if (engine === 'postgres') await crm.exec('create schema audit');
  await crm.exec(`create table ${logins} (id int primary key, user_id int not null,
    foreign key (user_id) references ${engine === 'postgres' ? '' : `${here}.`}users (id) on delete cascade)`);
  await crm.exec(`insert into ${logins} values (7, 1)`);
  const close = async () => {
    if (audit !== crm) await audit.drop();
    await world.close();
  };
  const left = async () => (await crm.exec(`select id from ${logins}`)).length;
  return { world, crm, logins, left, close };
}

const edit = (world: CaseWorkspace, from: RegExp, to: string) => {
  const file = join(world.folder, 'dsr.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
};

describeEngines(
  'a table out of scope that leads into it',
  (engine) => {
    it('need not be mapped: nothing is incomplete, and no list speaks of it', async () => {
      const { world, crm, logins, close } = await withLogins(engine as 'postgres' | 'mysql');
      try {
        expect((await world.dsr('map', 'check')).code).toBe(0);
        expect((await world.dsr('find', 'bo@example.se', '--json')).code).toBe(0);
        const doctor = await world.dsr('doctor');
        expect(doctor.stdout).toContain('with 1 tables');
        expect(doctor.stdout).not.toContain('logins');
        if (engine === 'mysql') {
          const folder = mkdtempSync(join(tmpdir(), 'dsr-outside-'));
          const env = { CRM_URL: crm.connection };
          const made = await dsr(['init', '--source', `crm=${engine}:\${CRM_URL}`], {
            ...{ cwd: folder, env, entries: connectorEntries },
          });
          expect(made.code, made.stderr).toBe(0);
          expect(readFileSync(join(folder, 'dsr.yaml'), 'utf8')).not.toContain('logins');
          rmSync(folder, { recursive: true });
        }
        edit(
          world,
          /^( +)users:$/m,
          '$1logins: { system: [id], fields: { user_id: owned-by }, erase: delete }\n$1users:',
        );
        const bare = await world.dsr('map', 'check');
        expect([bare.code, bare.stdout + bare.stderr]).toEqual([2, expect.stringContaining('logins')]);
        edit(world, /logins: \{ /, `logins: { table: ${logins}, `);
        const full = await world.dsr('map', 'check');
        expect(full.code, full.stdout + full.stderr).toBe(0);
      } finally {
        await close();
      }
    });

    it('is asked before its rows would go: refused by name, and erased where the map names it', async () => {
      const { world, logins, left, close } = await withLogins(engine as 'postgres' | 'mysql');
      try {
        const refused = await world.dsr('erase', 'anna@example.se', '--yes');
        expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(logins)]);
        expect(await left()).toBe(1);
        const other = await world.dsr('erase', 'bo@example.se', '--yes');
        expect(other.code, other.stderr).toBe(0);
        edit(
          world,
          /^( +)users:$/m,
          `$1logins: { table: ${logins}, system: [id], fields: { user_id: owned-by }, erase: delete }\n$1users:`,
        );
        const erased = await world.dsr('erase', 'anna@example.se', '--yes');
        expect(erased.code, erased.stderr).toBe(0);
        expect(await left()).toBe(0);
      } finally {
        await close();
      }
    });
  },
  ['postgres', 'mysql'],
);

describeEngines(
  'a user who may use, change and delete, and no more',
  (engine) => {
    it('is told of the foreign keys in its tables, and that there may be others', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            ...USERS,
            'create table seen (id int primary key, u int, foreign key (u) references users (id) on delete cascade)',
            'insert into seen values (1, 1)',
          ],
          collections: { users: people },
          nonpersonal: ['seen'],
        },
      });
      const crm = world.databases.crm as TestDatabase;
      const url = new URL(world.env.CRM_URL ?? '');
      const name = `u${Date.now() % 1e9}`;
      await crm.exec(`create user ${name}@'%'`);
      try {
        for (const table of ['users', 'seen']) {
          await crm.exec(`grant select, update, delete on ${url.pathname.slice(1)}.${table} to ${name}@'%'`);
        }
        url.username = name;
        url.password = '';
        world.env.CRM_URL = url.href;
        const refused = await world.dsr('erase', 'anna@example.se', '--yes');
        expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('.seen')]);
        const other = await world.dsr('erase', 'bo@example.se', '--yes');
        expect([other.code, other.stdout]).toEqual([3, expect.stringContaining('PROCESS')]);
      } finally {
        await crm.exec(`drop user ${name}@'%'`);
        await world.close();
      }
    });
  },
  ['mysql'],
);

describe('two sources over one SQLite file', () => {
  it('are told as such before anything is written', async () => {
    const world = await caseWorkspace('sqlite', {
      crm: { sql: USERS, collections: { users: people } },
      shop: { sql: [], collections: { users: people } },
    });
    try {
      world.env.SHOP_URL = world.env.CRM_URL ?? '';
      const { code, stderr } = await world.dsr('erase', 'anna@example.se', '--yes');
      expect(code).toBe(2);
      expect(stderr).toMatch(/the sources '(crm|shop)' and '(crm|shop)' are the same file/);
      expect(await world.databases.crm?.exec('select id from users')).toHaveLength(2);
      const doctor = await world.dsr('doctor');
      expect(doctor.stdout).toContain('make one source of them');
    } finally {
      await world.close();
    }
  });
});
