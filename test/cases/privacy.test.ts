import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { describeEngines } from '../harness/engines.js';
import { caseWorkspace } from './workspace.js';

const types = identifierTypes();
const known = [
  ['email', 'anna.lind@example.se'],
  ['email', 'anna.privat@example.com'],
  ['personnummer', '199006022397'],
  ['phone', '+46701740605'],
  ['name', 'anna lind'],
  ['username', 'annalind90'],
] as const;
/** Whatever else stands in the records, keys included. */
const contents = ['Hemligt ärende om hyran', 'Storgatan 17', '4581229'];

describeEngines('privacy', (engine) => {
  it('neither the ledger nor any message holds a value of the person', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          `create table people (pnr varchar(20) primary key, email varchar(100), email2 varchar(100), phone varchar(30),
             name varchar(60), login varchar(40), street varchar(60))`,
          'create table notes (id int primary key, person varchar(20), body varchar(100))',
          `insert into people values ('19900602-2397', 'anna.lind@example.se', 'anna.privat@example.com', '070-174 06 05', 'Anna Lind', 'annalind90', 'Storgatan 17'),
             ('19850101-2382', 'bo@example.se', null, '070-174 06 05', 'Anna Lind', 'bo85', 'Torget')`,
          `insert into notes values (4581229, '19900602-2397', 'Hemligt ärende om hyran')`,
        ],
        collections: {
          people: {
            subject: 'customer',
            fields: {
              pnr: {
                category: 'user.government_id.national_identification_number',
                identifier: 'personnummer',
              },
              email: { category: 'user.contact.email', identifier: 'email' },
              email2: { category: 'user.contact.email', identifier: 'email' },
              phone: { category: 'user.contact.phone_number', identifier: 'phone' },
              name: { category: 'user.name', identifier: 'name' },
              login: { category: 'user.account.username', identifier: 'username' },
              street: 'user.contact.address.street',
            },
            erase: 'delete',
          },
          notes: {
            system: ['id'],
            fields: {
              person: { references: 'people.pnr', relation: 'owned-by' },
              body: 'user.content.private',
            },
            erase: 'delete',
          },
        },
      },
    });
    const said: string[] = [];
    /** What it wrote to stdout, having ended with `code`: a run that failed early would prove nothing. */
    const run = async (code: number, ...argv: string[]) => {
      const call = await world.dsr(...argv);
      said.push(call.stderr);
      expect(call.code, `${argv[0]}: ${call.stderr}`).toBe(code);
      return call.stdout;
    };
    const everything = known.map(([type, value]) => `${type}=${value}`);
    const output = ['-o', join(world.folder, 'a.zip')];
    await run(4, 'find', ...everything);
    const { decisions } = JSON.parse(await run(4, 'find', ...everything, '--records', '--json'));
    expect(decisions).toMatchObject([{ id: 'D1', collection: 'crm.people' }]);
    await run(0, 'find', ...everything, '--accept', 'D1');
    await run(0, 'export', ...everything, '--reject', 'all', ...output);
    await run(
      2,
      'export',
      ...everything,
      '--reject',
      'all',
      '-o',
      join(world.folder, 'no/such/folder/a.zip'),
    );
    const ground = ['--ground', 'third-party-rights'];
    const withheld = ['--withhold', 'crm.notes:4581229', ...ground, '--reject', 'all'];
    await run(0, 'export', ...everything, ...withheld);
    await run(2, 'export', ...everything, '--withhold', 'crm.people:19900602-2397', '--ground', 'nonsense');
    await run(
      2,
      'export',
      ...everything,
      '--withhold',
      'crm.notes:19900602-2397',
      ...ground,
      '--reject',
      'all',
    );
    await run(0, 'request', 'open', '--type', 'export', '--received', '2026-01-02', ...everything);
    const listed = await run(0, 'request', 'list', everything[0] ?? '', '--json');
    expect(listed.trim().split('\n')).toHaveLength(3);
    await run(2, 'find', 'bo@example.se', '--request', JSON.parse(listed.split('\n')[0] ?? '{}').request);
    await run(2, 'find', 'anna lind');
    await run(2, 'find', 'unknown=annalind90');
    // A table that is gone.
    await world.databases.crm?.exec('drop table notes');
    await run(2, 'find', ...everything);
    writeFileSync(
      join(world.folder, 'dsr.yaml'),
      `${readFileSync(join(world.folder, 'dsr.yaml'))}\nwrong: 1\n`,
    );
    await run(2, 'find', ...everything);
    await run(0, 'ledger', 'verify');
    const entries = (await run(0, 'ledger', 'list', '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.map(({ kind, outcome }) => (outcome === undefined ? kind : `${kind} ${outcome}`))).toEqual(
      [
        'ledger',
        ...['intent', 'find answered', 'intent', 'find answered'],
        ...['intent', 'decision', 'find answered'],
        ...['intent', 'state', 'state', 'decision', 'export written'],
        ...['intent', 'state', 'state', 'decision', 'export written'],
        ...['intent', 'export failed', 'state'],
        ...['intent', 'find failed'],
      ],
    );

    const state = join(world.folder, '.dsr');
    const ledger = readdirSync(state)
      .filter((name) => name.startsWith('ledger'))
      .map((name) => readFileSync(join(state, name)).toString('latin1'));
    const values = [...known.flatMap(([type, value]) => types.variants(type, value)), ...contents].filter(
      (value) => value.length > 3,
    );
    expect(values.length).toBeGreaterThan(40);
    expect(ledger).toHaveLength(3);
    expect(said.filter((text) => text !== '').length).toBeGreaterThan(7);
    for (const [place, texts] of [
      ['ledger', ledger],
      ['messages', said],
    ] as const) {
      for (const text of texts) {
        for (const value of values) {
          const bytes = place === 'ledger' ? Buffer.from(value, 'utf8').toString('latin1') : value;
          expect(text.toLowerCase().includes(bytes.toLowerCase()), `${place} holds ${value}`).toBe(false);
        }
      }
    }
    await world.close();
  });
});
