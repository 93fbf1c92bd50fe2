import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { deep, email, NUMBER, people } from './deep-support.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const CONTROLLER = {
  name: 'Onefin AB',
  contact: 'contact@example.com',
  authority: { name: 'IMY', url: 'https://www.imy.se' },
  country: 'SE',
  timezone: 'Europe/Stockholm',
  language: 'sv',
  fiscalYearEnd: '12-31',
};

describeEngines('verify --deep', (engine) => {
  const changed = (world: CaseWorkspace, argv: readonly string[]) =>
    world.dsr(...argv, '--yes', '--json').then(({ code, stdout, stderr }) => {
      const document = JSON.parse(stdout === '' ? '{}' : stdout) as {
        request?: string;
        incomplete?: string[];
      };
      if (document.request === undefined) throw new Error(stderr);
      return { code, request: document.request, incomplete: document.incomplete };
    });
  const verifications = async (world: CaseWorkspace) => {
    const { stdout } = await world.dsr('ledger', 'list', '--json');
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; deep?: boolean; places: unknown; residual: number })
      .filter(({ kind }) => kind === 'verification');
  };

  it('after an erasure: what no plan keeps is residue, in the ledger too; what one keeps is none', async () => {
    const world = await caseWorkspace(
      engine,
      {
        crm: {
          sql: [
            'create table people (id int primary key, email varchar(100), personnummer varchar(20), legacy varchar(200), customer_no varchar(20) unique)',
            'create table cards (id int primary key, customer_no varchar(20) not null)',
            'create table invoices (id int primary key, person_id int not null, card_id int, billing varchar(100), day date, foreign key (person_id) references people (id))',
            'create table notes (id int primary key, person_id int, body varchar(200), foreign key (person_id) references people (id))',
            'create table letters (id int primary key, cc varchar(100), bcc varchar(100), body varchar(200))',
            'create table audit_log (id int primary key, statement text)',
            `insert into people values (1, 'anna@example.se', '${NUMBER}', 'import of anna@example.se', 'C-1001'), (2, 'bo@example.se', null, null, 'C-1002')`,
            `insert into invoices values (7, 1, 3, 'anna@example.se', '2026-03-01')`,
            `insert into cards values (3, 'C-1001'), (4, 'C-1002')`,
            `insert into notes values (1, 1, 'anna@example.se'), (2, 2, 'a friend of anna@example.se')`,
            `insert into letters values (1, 'anna@example.se', null, 'to anna@example.se'), (2, 'anna@example.se', 'anna@example.se', null)`,
            `insert into audit_log values (1, 'insert into people values (1, ''anna@example.se'')'), (2, 'pnr 900602-2397'), (3, 'x')`,
          ],
          collections: {
            people: {
              ...people,
              fields: {
                ...people.fields,
                customer_no: { category: 'user.unique_id', identifier: 'customer_no' },
              },
              ignore: ['legacy'],
            },
            cards: {
              system: ['id'],
              fields: { customer_no: { references: 'people.customer_no', relation: 'owned-by' } },
              erase: 'delete',
            },
            invoices: {
              system: ['id'],
              fields: {
                person_id: 'owned-by',
                card_id: { references: 'cards.id', relation: 'owned-by' },
                billing: 'user.contact.email',
                day: 'user.financial',
              },
              erase: 'delete',
              retain: {
                ground: 'legal-obligation',
                law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
                until: { field: 'day', calendarYearsAfterFiscalYear: 7 },
              },
            },
            notes: {
              system: ['id'],
              fields: { person_id: 'owned-by', body: 'user.content.private' },
              erase: 'delete',
            },
            letters: {
              system: ['id'],
              fields: {
                cc: { ...email, relation: 'mentions', onErase: 'keep' },
                bcc: { ...email, relation: 'mentions' },
                body: 'user.content',
              },
              erase: 'delete',
            },
          },
          nonpersonal: ['audit_log'],
        },
      },
      { controller: CONTROLLER, identifiers: { customer_no: { strength: 'strong' } } },
    );
    const erased = await changed(world, ['erase', 'anna@example.se', '--reason', 'request']);
    expect(erased).toMatchObject({ code: 0, incomplete: [] });
    // Without --deep nothing is seen of it.
    expect((await world.dsr('verify', erased.request)).code).toBe(0);
    const { code, answer } = await deep(world, 'verify', erased.request);
    expect(answer.verified).toEqual({
      residual: 4,
      places: [
        { collection: 'crm.audit_log', records: 2, why: 'statement holds an identifier of the person' },
        { collection: 'crm.notes', records: 1, why: 'body holds an identifier of the person' },
        { collection: 'crm.people', records: 1, why: 'legacy holds an identifier of the person' },
      ],
    });
    expect({ code, complete: answer.complete }).toEqual({ code: 3, complete: false });
    const entries = await verifications(world);
    expect(entries.map(({ deep: isDeep, residual, places }) => [isDeep, residual, places])).toEqual([
      [undefined, 0, {}],
      [undefined, 0, {}],
      [true, 4, { 'crm.audit_log': 2, 'crm.notes': 1, 'crm.people': 1 }],
    ]);
    const { stdout } = await world.dsr('verify', erased.request, '--deep');
    expect(stdout).toMatch(/legacy holds an identifier of the person/);
    const crm = world.databases.crm;
    for (const statement of [
      `delete from audit_log where id < 3`,
      `update notes set body = 'a friend' where id = 2`,
      `update people set legacy = null where id = 1`,
    ])
      await crm?.exec(statement);
    const clean = await deep(world, 'verify', erased.request);
    expect(clean.answer.incomplete).toEqual([]);
    expect(clean.code).toBe(0);
    expect(clean.answer.verified).toEqual({ residual: 0, places: [] });
    await world.close();
  });

  it('counts a record once, and its receipt says what it could not see', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100), personnummer varchar(20))',
          'create table mails (id int primary key, a varchar(100), b varchar(100), c varchar(100))',
          `insert into people values (1, 'anna@example.se', '${NUMBER}')`,
          `insert into mails values (1, 'anna@example.se', 'Anna <anna@example.se>', '900602-2397'), (2, null, null, 'x')`,
        ],
        collections: { people },
        nonpersonal: ['mails'],
      },
      web: {
        sql: ['create table pages (id int primary key, url varchar(100))'],
        collections: {},
        nonpersonal: ['pages'],
      },
    });
    const { request } = await changed(world, ['erase', 'anna@example.se']);
    const { answer } = await deep(world, 'verify', request);
    expect(answer.verified).toMatchObject({ residual: 1, places: [{}, {}, {}] });
    expect(answer.deep).not.toHaveProperty('records');
    expect((await verifications(world)).at(-1)).toMatchObject({ residual: 1, places: { 'crm.mails': 1 } });
    await world.databases.crm?.exec('delete from mails where id = 1');
    const receipt = async () => {
      const { code, stdout } = await world.dsr('request', 'show', request, '--receipt', '--json');
      const { verified, open } = JSON.parse(stdout) as {
        verified: { deep: boolean; partial: boolean };
        open: readonly { kind: string; source: string | null }[];
      };
      return {
        ...{ code, deep: verified.deep, partial: verified.partial },
        open: open.map(({ kind, source }) => `${kind} ${source}`),
      };
    };
    expect((await deep(world, 'verify', request)).code).toBe(0);
    expect(await receipt()).toEqual({ code: 0, deep: true, partial: false, open: [] });
    await world.databases.web?.drop();
    expect((await deep(world, 'verify', request)).code).toBe(3);
    expect(await receipt()).toEqual({ code: 3, deep: true, partial: true, open: ['not-searched web'] });
    await world.close();
  });

  it('after a rectification: the old value, not the new one', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100), personnummer varchar(20), comment varchar(200))',
          'create table history (id int primary key, person_id int, email varchar(100), what varchar(100), foreign key (person_id) references people (id))',
          'create table copies (id int primary key, doc json)',
          `insert into people values (1, 'anna@example.se', '${NUMBER}', 'moved from Anna@Example.SE')`,
          `insert into history values (1, 1, 'anna@example.se', 'registered as anna@example.se')`,
          `insert into copies values (1, '{"to":"anna@example.se"}'), (2, '{"pnr":"900602-2397"}')`,
        ],
        collections: {
          people: { ...people, fields: { ...people.fields, comment: 'user.content' } },
          history: {
            system: ['id'],
            fields: {
              person_id: 'owned-by',
              email: { ...email, of: 'person_id', rectify: false },
              what: { category: 'user.content', rectify: false },
            },
            erase: 'delete',
          },
        },
        nonpersonal: ['copies'],
      },
    });
    const { request } = await changed(world, [
      'rectify',
      `personnummer=${NUMBER}`,
      '--set',
      'crm.people.email=annika@example.se',
    ]);
    const { code, answer } = await deep(world, 'verify', request);
    expect(answer.verified?.places).toEqual(
      [
        { collection: 'crm.people', records: 1, why: 'comment holds an identifier of the person' },
        { collection: 'crm.copies', records: 1, why: 'doc holds an identifier of the person' },
      ].toSorted((a, b) => a.collection.localeCompare(b.collection)),
    );
    expect(code).toBe(3);
    // Set back: it is the new value now, and the one between stands nowhere else.
    const back = ['rectify', '--request', request, '--set', 'crm.people.email=anna@example.se'];
    await changed(world, back);
    const again = await deep(world, 'verify', request);
    expect(again.answer.incomplete).toEqual([]);
    expect(again.answer).toMatchObject({ verified: { residual: 0 }, deep: { places: [], tables: 3 } });
    await changed(world, ['rectify', `personnummer=${NUMBER}`, '--set', 'crm.people.comment=nothing']).then(
      async (only) => {
        const nothing = await deep(world, 'verify', only.request);
        expect(nothing.answer.warnings).toEqual([expect.stringMatching(/no strong identifier was replaced/)]);
        expect(nothing.code).toBe(0);
      },
    );
    await world.close();
  });
});
