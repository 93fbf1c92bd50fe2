import { expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { checkDigit } from '../../src/identity/luhn.js';
import { describeEngines, type Engine } from '../harness/engines.js';
import { dsr } from '../support/terminal.js';
import { type Answer, deep, email, NUMBER, people, personnummer } from './deep-support.js';
import { type CaseSource, caseWorkspace } from './workspace.js';

/** Quotes doubled, and backslashes where the engine reads them. */
const literal = (engine: Engine, text: string) =>
  `'${(engine === 'mysql' ? text.replaceAll('\\', '\\\\') : text).replaceAll("'", "''")}'`;

/** Everything in which an identifier of hers may be left, and beside each one of somebody else's. */
function landscape(engine: Engine, hers: boolean): Readonly<Record<string, CaseSource>> {
  const q = (text: string) => literal(engine, text);
  const one = (text: string, other: string) => q(hers ? text : other);
  return {
    crm: {
      sql: [
        'create table people (id int primary key, email varchar(100), personnummer varchar(20))',
        'create table notes (id int primary key, person_id int, body text, foreign key (person_id) references people (id))',
        'create table audit_log (id int primary key, statement text)',
        'create table documents (id int primary key, doc json)',
        'create table strange (a varchar(200), b varchar(200))',
        'create table logins (who varchar(100), agent varchar(100))',
        'create table payroll (id bigint primary key, amount decimal(14, 2), number bigint)',
        `insert into people values (1, 'anna@example.se', '${NUMBER}'), (2, 'joanna@example.se', '198501012382')`,
        `insert into notes values (1, 1, 'mejlade anna@example.se'), (2, 2, ${one('granne med anna@example.se', 'granne med hanna@example.se')}), (3, 2, 'joanna@example.se och anna@example.se.example.com')`,
        `insert into audit_log values (1, ${one("insert into people values (1, 'anna@example.se', '900602-2397')", 'insert')}), (2, ${q("update people set email = 'joanna@example.se', personnummer = '1199006022397'")}), (3, ${one('{"email":"anna\\u0040example.se"}', '{}')})`,
        `insert into documents values (1, ${one('{"a":[{"to":{"mail":"Anna@Example.SE"}}]}', '{"a":1}')}), (2, '{"pnr": ${hers ? '9006022397' : '8501012382'}}'), (3, '{"pnr": "198501012382", "to": "bo@example.se"}')`,
        `insert into strange values (${one('https://example.com/?to=anna%40example.se', 'x')}, null), (${q('jo-anna@example.se')}, 'anna@example.com'), (${one('900602 2397', '850101 2382')}, null)`,
        `insert into logins values ('anna@example.se', 'a'), ('anna@example.se', 'a'), ('bo@example.se', ${one('for anna@example.se', 'b')})`,
        `insert into payroll values (${hers ? NUMBER : 1}, 90060223.97, null), (2, 8501012382, 8501012382), (3, 1, ${hers ? 9006022397 : 3})`,
      ],
      collections: {
        people,
        notes: {
          system: ['id'],
          fields: { person_id: 'owned-by', body: 'user.content.private' },
          erase: 'delete',
        },
        logins: { fields: { who: email, agent: 'user.device' }, erase: 'manual' },
      },
      nonpersonal: ['audit_log', 'documents', 'strange', 'payroll'],
    },
    web: {
      sql: [
        'create table visits (id int primary key, who varchar(100))',
        `insert into visits values (1, ${one('anna@example.se', 'eva@example.se')}), (2, 'bo@example.se')`,
      ],
      collections: {},
      nonpersonal: ['visits'],
    },
  };
}

describeEngines('find --deep', (engine) => {
  it('finds what is planted in texts, documents, numbers, unmapped and audit tables; each is a task', async () => {
    const world = await caseWorkspace(engine, landscape(engine, true));
    const { code, answer, places } = await deep(world, 'find', 'anna@example.se');
    expect(places).toEqual([
      'crm.audit_log.statement 2',
      'crm.documents.doc 2',
      'crm.logins.agent 1',
      'crm.notes.body 1',
      'crm.payroll.id 1',
      'crm.payroll.number 1',
      'crm.strange.a 2',
      'web.visits.who 1',
    ]);
    expect(answer.deep.places.find(({ table }) => table === 'notes')).toMatchObject({
      collection: 'crm.notes',
      mapped: true,
    });
    expect(answer.deep.places.find(({ table }) => table === 'strange')).toMatchObject({
      collection: null,
      mapped: false,
    });
    expect(answer.deep).toMatchObject({ complete: true, tables: 8, unsearched: [] });
    expect(answer.complete).toBe(false);
    expect(answer.incomplete).toContain(
      'crm.audit_log.statement: 2 records hold an identifier of the person outside what the map leads to: map it, or clear it by hand',
    );
    expect(code).toBe(3);
    const { stdout } = await world.dsr('find', 'anna@example.se', '--deep', '--records');
    expect(stdout).toMatch(/crm\.strange\.a +2 +not in the map/);
    // Somebody else's are hers, and hers are not theirs.
    const other = await deep(world, 'find', 'joanna@example.se');
    expect(other.places).toEqual([
      'crm.audit_log.statement 1',
      'crm.documents.doc 1',
      'crm.payroll.amount 1',
      'crm.payroll.number 1',
    ]);
    await world.close();
  });

  it('reports nothing where nothing is, exit 0', async () => {
    const world = await caseWorkspace(engine, landscape(engine, false));
    const { code, answer } = await deep(world, 'find', 'anna@example.se');
    expect(answer.incomplete).toEqual([]);
    expect({ code, complete: answer.complete, deep: answer.deep }).toEqual({
      code: 0,
      complete: true,
      deep: { complete: true, places: [], tables: 8, unsearched: [] },
    });
    const { env, folder: cwd } = world;
    const options = { cwd, env, entries: connectorEntries, terminal: true };
    const { stderr } = await dsr(['find', 'anna@example.se', '--deep'], options);
    expect(stderr).toMatch(/searching through crm\.\w+[^\r]*: tables \d of 8/);
    const nobody = await deep(world, 'find', 'nobody@example.com');
    expect({ code: nobody.code, places: nobody.places }).toEqual({ code: 0, places: [] });
    await world.close();
  });

  it('finds a number that lost its zeros, and a customer number by the name of its column', async () => {
    const born = `2005010112${3}`;
    const twelve = `${born}${checkDigit(born.slice(2))}`;
    const world = await caseWorkspace(
      engine,
      {
        crm: {
          sql: [
            'create table people (id int primary key, personnummer varchar(20), customer_no varchar(20))',
            'create table wages (id int primary key, number bigint, customer_no int, amount int)',
            `insert into people values (1, '${twelve}', '1001')`,
            `insert into wages values (1, ${Number(twelve.slice(2))}, 1, 1), (2, 1, 1001, 1), (1001, 2, 2, 1001)`,
          ],
          collections: {
            people: {
              subject: 'customer',
              system: ['id'],
              fields: {
                personnummer,
                customer_no: { category: 'user.unique_id', identifier: 'customer_no' },
              },
              erase: 'delete',
            },
          },
          nonpersonal: ['wages'],
        },
      },
      { identifiers: { customer_no: { strength: 'strong', match: 'exact' } } },
    );
    const { answer, places } = await deep(world, 'find', `personnummer=${twelve}`);
    expect(places).toEqual(['crm.wages.customer_no 1', 'crm.wages.number 1']);
    expect(answer.warnings).toEqual([expect.stringMatching(/customer_no.*too short/)]);
    expect(JSON.stringify(answer.warnings)).not.toContain('1001');
    await world.close();
  });

  it('names a source that is down, and searches the rest', async () => {
    const world = await caseWorkspace(engine, landscape(engine, true));
    await world.databases.web?.drop();
    const { code, answer, places } = await deep(world, 'find', 'anna@example.se');
    expect(code).toBe(3);
    expect(answer.deep.unsearched).toEqual([{ source: 'web', table: null, why: expect.any(String) }]);
    expect(answer.deep.complete).toBe(false);
    expect(places).toHaveLength(7);
    await world.close();
  });
});

describeEngines(
  'find --deep, columns of SQLite',
  (engine) => {
    it('finds a text in a column of any type, and no other', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            'create table people (id int primary key, email varchar(100))',
            'create table odd (id int primary key, a blob, b blob, c datetime, d boolean, e blob)',
            `insert into people values (1, 'anna@example.se')`,
            `insert into odd values (1, 'to anna@example.se', cast('anna@example.se' as blob), 'anna@example.se', 'anna@example.se', x'00ff'),
               (2, 'joanna@example.se', x'ff00ff', '2026-01-01 10:00:00', 1, null)`,
          ],
          collections: {
            people: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
          },
          nonpersonal: ['odd'],
        },
      });
      const { places } = await deep(world, 'find', 'anna@example.se');
      expect(places).toEqual(['crm.odd.a 1', 'crm.odd.b 1', 'crm.odd.c 1', 'crm.odd.d 1']);
      await world.close();
    });
  },
  ['sqlite'],
);

describeEngines(
  'find --deep, columns of MariaDB',
  (engine) => {
    it('finds it in any character set and collation', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            'create table people (id int primary key, email varchar(100))',
            `create table odd (id int primary key, a varchar(100) character set latin1, b varchar(100) character set latin1 collate latin1_bin,
               c varchar(100) collate utf8mb4_bin, d varchar(100) character set ascii, e varchar(100) character set utf16, f enum('x', 'anna@example.se'),
               g longtext character set utf8mb3)`,
            `insert into people values (1, 'anna@example.se')`,
            `insert into odd values (1, 'Å ANNA@example.se', 'ö Anna@Example.se', 'åANNA ANNA@EXAMPLE.SE', 'ANNA@EXAMPLE.SE', 'å Anna@example.se', 'anna@example.se', 'ä anna@example.se')`,
            `insert into odd values (2, 'ÅANNA@example.se', 'öAnna@Example.se', 'x', 'XANNA@EXAMPLE.SE', 'åAnna@example.se', 'x', 'äanna@example.se')`,
          ],
          collections: { people: { ...people, fields: { email } } },
          nonpersonal: ['odd'],
        },
      });
      const { places } = await deep(world, 'find', 'anna@example.se');
      expect(places).toEqual([...'abcdefg'].map((column) => `crm.odd.${column} 1`));
      await world.close();
    });
  },
  ['mysql'],
);

describeEngines(
  'find --deep where a connection may not see all',
  (engine) => {
    it('a table hidden by row-level security, one without SELECT, a column without: named, exit 3', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            'create table people (id int primary key, email varchar(100))',
            'create table secret (id int primary key, body varchar(100))',
            'create table partly (id int primary key, body varchar(100), more varchar(100))',
            'create table ruled (id int primary key, body varchar(100))',
            `insert into people values (1, 'anna@example.se')`,
            `insert into secret values (1, 'anna@example.se')`,
            `insert into partly values (1, 'anna@example.se', 'anna@example.se')`,
            `insert into ruled values (1, 'anna@example.se'), (2, 'anna@example.se')`,
          ],
          collections: { people: { ...people, fields: { email } } },
          nonpersonal: ['secret', 'partly', 'ruled'],
        },
      });
      const admin = world.databases.crm;
      const url = new URL(admin?.connection ?? '');
      const user = `dsr_d_${process.pid}`;
      const name = url.pathname.slice(1);
      const isPostgres = engine === 'postgres';
      const statements = isPostgres
        ? [
            `create role ${user} login`,
            `grant select on people, ruled to ${user}`,
            `grant select (id, body) on partly to ${user}`,
            'alter table ruled enable row level security',
            'create policy visible on ruled using (id > 1)',
          ]
        : [
            `create user '${user}'@'%'`,
            `grant select on ${name}.people to '${user}'@'%'`,
            `grant select on ${name}.ruled to '${user}'@'%'`,
            `grant select (id, body) on ${name}.partly to '${user}'@'%'`,
          ];
      for (const statement of statements) await admin?.exec(statement);
      url.username = user;
      url.password = '';
      try {
        const { code, stdout, stderr } = await dsr(['find', 'anna@example.se', '--deep', '--json'], {
          cwd: world.folder,
          env: { CRM_URL: url.href },
          entries: connectorEntries,
        });
        expect(code, stderr).toBe(3);
        const { deep: told, incomplete } = JSON.parse(stdout) as Answer;
        expect(told.complete).toBe(false);
        const told_ = (table: string) => told.unsearched.find((each) => each.table === table)?.why;
        expect(told_('partly')).toMatch(isPostgres ? /more/ : /.+/);
        if (isPostgres) {
          expect(told_('secret')).toMatch(/SELECT/);
          expect(told_('ruled')).toMatch(/row-level security/);
        } else expect(told.unsearched.some(({ table }) => table === null || table === 'secret')).toBe(true);
        // What can be seen is searched all the same.
        const records = (table: string) =>
          told.places.find((place) => place.table === table && place.column === 'body')?.records;
        expect(records('ruled')).toBe(isPostgres ? 1 : 2);
        expect(records('partly')).toBe(1);
        expect(incomplete.join(' ')).toMatch(/not all of crm\.partly was searched through/);
      } finally {
        await admin?.exec(isPostgres ? `drop owned by ${user}` : `drop user '${user}'@'%'`);
        if (isPostgres) await admin?.exec(`drop role ${user}`);
        await world.close();
      }
    });
  },
  ['postgres', 'mysql'],
);
