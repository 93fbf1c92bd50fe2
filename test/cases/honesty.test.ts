import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { describeEngines } from '../harness/engines.js';
import { dsr } from '../support/terminal.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const people = { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' };
const notes = {
  system: ['id'],
  fields: { person_id: { references: 'people.id', relation: 'owned-by' }, body: 'user.content.private' },
  erase: 'delete',
};
const sql = [
  'create table people (id int primary key, email varchar(100))',
  'create table notes (id int primary key, person_id int, body varchar(100))',
  `insert into people values (1, 'anna@example.se'), (2, 'bo@example.se')`,
  `insert into notes values (1, 1, 'ANNAS NOTE'), (2, 2, 'BOS NOTE')`,
];

describeEngines('an honest answer', (engine) => {
  it('a source that is down: exit 3, named in the answer and in the manifest, never "no data"', async () => {
    const world = await caseWorkspace(engine, {
      crm: { sql, collections: { people, notes } },
      hr: { sql, collections: { people, notes } },
    });
    await world.databases.hr?.drop();
    const { code, stdout } = await world.dsr('find', 'anna@example.se', '--json');
    expect(code).toBe(3);
    const answer = JSON.parse(stdout);
    expect(answer.complete).toBe(false);
    expect(answer.sources).toMatchObject([
      { source: 'crm', status: 'searched' },
      { source: 'hr', status: 'unreachable', error: expect.any(String) },
    ]);
    expect(answer.collections.map((each: { collection: string }) => each.collection)).toEqual([
      'crm.people',
      'crm.notes',
    ]);
    const files = await world.extract('anna@example.se');
    const manifest = JSON.parse(files.get('manifest.json') ?? '{}');
    expect(manifest.complete).toBe(false);
    expect(manifest.sources).toMatchObject([
      { source: 'crm', status: 'searched' },
      { source: 'hr', status: 'unreachable' },
    ]);
    expect(files.get('index.html')).toContain('inte fullständigt');
    await world.close();
  });

  it('unmapped columns and tables: left out, listed, exit 3', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          ...sql,
          'alter table people add column secret varchar(40)',
          `update people set secret = 'UNMAPPED VALUE'`,
          'create table strange (id int primary key)',
        ],
        collections: { people, notes },
      },
    });
    const { code, stdout } = await world.dsr('find', 'anna@example.se', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout).incomplete.join(' ')).toMatch(/secret.*strange/s);
    const files = await world.extract('anna@example.se');
    expect([...files.values()].join('')).not.toContain('UNMAPPED VALUE');
    expect(files.get('manifest.json')).toContain('secret');
    expect(files.get('manifest.json')).toContain('strange');
    await world.close();
  });

  it('a wrong map, a missing variable, an unknown type or request: exit 2 with a hint, nothing written', async () => {
    const world = await caseWorkspace(engine, { crm: { sql, collections: { people, notes } } });
    const file = join(world.folder, 'dsr.yaml');
    const good = readFileSync(file, 'utf8');
    const before = readdirSync(world.folder).sort();
    const refused = async (...argv: string[]) => {
      const { code, stdout, stderr } = await world.dsr(...argv, '--json');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const { error } = JSON.parse(stderr);
      expect(error.hint).toEqual(expect.any(String));
      return error.message as string;
    };
    expect(await refused('find', 'shoesize=43')).toContain('type');
    expect(await refused('find', 'email=')).toContain('empty');
    expect(await refused('find', '--request', 'R-2020-0001')).toContain('request');
    expect(await refused('export', 'anna@example.se', '--accept', 'D7')).toContain('decision');
    expect(
      await refused(
        'export',
        'anna@example.se',
        '--withhold',
        'crm.nots:1',
        '--ground',
        'third-party-rights',
      ),
    ).toContain('collection');
    expect(
      await refused('export', 'anna@example.se', '-o', join(world.folder, 'nowhere/at/all.zip')),
    ).toContain('nowhere');
    writeFileSync(file, good.replace('people:', 'poeple:'));
    expect(await refused('find', 'anna@example.se')).toMatch(/dsr\.yaml:\d+:\d+/);
    writeFileSync(file, good.replace(/references: people\.id/, 'references: people.idd'));
    expect(await refused('find', 'anna@example.se')).toMatch(/dsr\.yaml:\d+:\d+.*idd/);
    writeFileSync(file, good);
    const { code, stderr } = await dsr(['find', 'anna@example.se'], {
      cwd: world.folder,
      entries: connectorEntries,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('CRM_URL');
    // Nothing is left but .dsr, and in it the trace of what was begun: two searches, both failed.
    expect(readdirSync(world.folder).sort()).toEqual([...before, '.dsr'].sort());
    expect(readdirSync(join(world.folder, '.dsr/extracts'))).toEqual([]);
    expect(readdirSync(join(world.folder, '.dsr/tmp'))).toEqual([]);
    expect(await world.dsr('request', 'list', '--json')).toMatchObject({ code: 0, stdout: '' });
    const ledger = (await world.dsr('ledger', 'list', '--json')).stdout.trim().split('\n');
    expect(ledger.map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'ledger' },
      { kind: 'intent', action: 'export', request: null },
      { kind: 'export', outcome: 'failed', failure: 'usage', request: null },
      { kind: 'intent', action: 'find' },
      { kind: 'find', outcome: 'failed', failure: 'config' },
    ]);
    expect((await world.dsr('ledger', 'verify')).code).toBe(0);
    await world.close();
  });
});

describeEngines(
  'what a connection may not see',
  (engine) => {
    it('a table or a column without SELECT: exit 3, named in answer and manifest', async () => {
      const world = await caseWorkspace(engine, { crm: { sql, collections: { people, notes } } });
      const admin = world.databases.crm;
      const url = new URL(admin?.connection ?? '');
      const user = `dsr_t_${process.pid}`;
      const name = url.pathname.slice(1);
      const statements =
        engine === 'postgres'
          ? [
              `create role ${user} login`,
              `grant select on people to ${user}`,
              `grant select (id, person_id) on notes to ${user}`,
            ]
          : [
              `create user '${user}'@'%'`,
              `grant select on ${name}.people to '${user}'@'%'`,
              `grant select (id, person_id) on ${name}.notes to '${user}'@'%'`,
            ];
      for (const statement of statements) await admin?.exec(statement);
      url.username = user;
      url.password = '';
      const call = (...argv: string[]) =>
        dsr(argv, { cwd: world.folder, env: { CRM_URL: url.href }, entries: connectorEntries });
      try {
        const found = await call('find', 'anna@example.se', '--json');
        expect(found.code, found.stderr).toBe(3);
        expect(JSON.parse(found.stdout).incomplete.join(' ')).toContain('crm.notes');
        const out = await call('export', 'anna@example.se', '-o', join(world.folder, 'a.zip'), '--json');
        expect(out.code, out.stderr).toBe(3);
        // The whole table this time.
        await admin?.exec(
          engine === 'postgres'
            ? `revoke all on notes from ${user}`
            : `revoke select (id, person_id) on ${name}.notes from '${user}'@'%'`,
        );
        const again = await call('find', 'anna@example.se', '--json');
        expect(again.code, again.stderr).toBe(3);
        const answer = JSON.parse(again.stdout);
        expect(answer.incomplete.join(' ')).toContain('crm.notes');
        expect(answer.collections.map((each: { collection: string }) => each.collection)).toEqual([
          'crm.people',
        ]);
      } finally {
        await admin?.exec(engine === 'postgres' ? `drop owned by ${user}` : `drop user '${user}'@'%'`);
        if (engine === 'postgres') await admin?.exec(`drop role ${user}`);
        await world.close();
      }
    });
  },
  ['postgres', 'mysql'],
);

describeEngines('PostgreSQL only', () => {
  it('row-level security that hides rows: exit 3, named', async () => {
    const world = await caseWorkspace('postgres', { crm: { sql, collections: { people, notes } } });
    const admin = world.databases.crm;
    const user = `dsr_r_${process.pid}`;
    for (const statement of [
      `create role ${user} login`,
      `grant select on all tables in schema public to ${user}`,
      'alter table notes enable row level security',
      `create policy visible on notes using (id > 1)`,
    ]) {
      await admin?.exec(statement);
    }
    const url = new URL(admin?.connection ?? '');
    url.username = user;
    try {
      const { code, stdout } = await dsr(['find', 'anna@example.se', '--json'], {
        cwd: world.folder,
        env: { CRM_URL: url.href },
        entries: connectorEntries,
      });
      expect(code).toBe(3);
      expect(JSON.parse(stdout).incomplete.join(' ')).toMatch(/crm\.notes.*row-level security/);
    } finally {
      await admin?.exec(`drop owned by ${user}`);
      await admin?.exec(`drop role ${user}`);
      await world.close();
    }
  });

  it('a partitioned table where one partition has no foreign key: all its rows, once', async () => {
    const world = await caseWorkspace('postgres', {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100))',
          'create table events (id int, person_id int, year int, what text) partition by list (year)',
          'create table events_24 partition of events for values in (2024)',
          'create table events_25 (id int, person_id int, year int, what text, constraint fk foreign key (person_id) references people (id))',
          'alter table events attach partition events_25 for values in (2025)',
          `insert into people values (1, 'anna@example.se'), (2, 'bo@example.se')`,
          `insert into events values (1, 1, 2024, 'A24'), (2, 1, 2025, 'A25'), (3, 2, 2024, 'B24'), (1, 2, 2025, 'B25')`,
          'create table base (id int primary key, person_id int references people (id), body text)',
          'create table derived () inherits (base)',
          `insert into base values (1, 1, 'BASE')`,
          `insert into derived values (2, 1, 'DERIVED')`,
          'create view shown as select * from people',
        ],
        collections: {
          people,
          events: {
            key: ['id', 'year'],
            system: ['id', 'year'],
            fields: { person_id: 'owned-by', what: 'user.behavior' },
            erase: 'delete',
          },
          base: { system: ['id'], fields: { person_id: 'owned-by', body: 'user.content' }, erase: 'delete' },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual([
      'own crm.base:1',
      'own crm.base:2',
      'own crm.events:1,2024',
      'own crm.events:2,2025',
      'own crm.people:1',
    ]);
    expect((await world.dsr('find', 'anna@example.se', '--json')).code).toBe(0);
    await world.close();
  });

  it('two schemas each with customer 1 as different people: never mixed', async () => {
    const world = await caseWorkspace('postgres', {
      crm: {
        sql: [
          'create schema se; create schema no',
          'create table se.customer (id int primary key, email text)',
          'create table no.customer (id int primary key, email text)',
          'create table se."Order" (id int primary key, "customerId" int references se.customer (id))',
          'create table no."Order" (id int primary key, "customerId" int references no.customer (id))',
          `insert into se.customer values (1, 'anna@example.se'); insert into no.customer values (1, 'bo@example.se')`,
          'insert into se."Order" values (1, 1); insert into no."Order" values (1, 1)',
        ],
        collections: Object.fromEntries(
          ['se', 'no'].flatMap((schema) => [
            [`${schema}_customer`, { ...people, table: `${schema}.customer` }],
            [
              `${schema}_order`,
              {
                table: `${schema}.Order`,
                system: ['id'],
                fields: { customerId: 'owned-by' },
                erase: 'delete',
              },
            ],
          ]),
        ),
      },
    });
    expect(await world.found('anna@example.se')).toEqual(['own crm.se_customer:1', 'own crm.se_order:1']);
    await world.close();
  });
}, ['postgres']);
