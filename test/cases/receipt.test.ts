import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Receipt } from '../../src/case/receipt/receipt.js';
import { describeEngines, type Engine, hasEngine } from '../harness/engines.js';
import { changing, expectDone } from './changes.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const ANNA = ['anna@example.se', 'Anna Lind'];
const BILLING_LAW = 'Bokföringslag (1999:1078) 7 kap. 2 §';
const email = { category: 'user.contact.email', identifier: 'email' };

/** Three sources, each on the engine given, or one engine each. */
async function shop(engine: (source: string) => Engine): Promise<CaseWorkspace> {
  const world = await caseWorkspace(
    'sqlite',
    {
      crm: {
        engine: engine('crm'),
        backups: { rotation: { days: 35 } },
        sql: [
          'create table customers (id int primary key, name varchar(100), email varchar(100))',
          'create table notes (id int primary key, customer_id int, body varchar(100), foreign key (customer_id) references customers (id))',
          `insert into customers values (1, 'Anna Lind', 'anna@example.se'), (2, 'Bo Ek', 'bo@example.se')`,
          `insert into notes values (1, 1, 'called'), (2, 1, 'called again'), (3, 2, 'wants a demo')`,
        ],
        collections: {
          customers: {
            subject: 'customer',
            system: ['id'],
            fields: { name: 'user.name', email },
            erase: 'delete',
          },
          notes: {
            system: ['id'],
            fields: { customer_id: 'owned-by', body: 'user.content.private' },
            erase: 'delete',
            information: { recipients: [] },
          },
        },
      },
      billing: {
        engine: engine('billing'),
        backups: 'none',
        information: { recipients: ['Fortnox AB', 'Skatteverket'] },
        sql: [
          'create table invoices (id int primary key, email varchar(100), day date, phone varchar(20), amount int)',
          `insert into invoices values (10, 'anna@example.se', '2026-02-01', '070-1740605', 900),
             (11, 'anna@example.se', '2017-02-01', '070-1740605', 100), (20, 'bo@example.se', '2026-02-01', null, 300)`,
        ],
        collections: {
          invoices: {
            system: ['id', 'amount'],
            fields: { email, day: 'user.financial', phone: 'user.contact.phone_number' },
            erase: 'delete',
            retain: {
              ground: 'legal-obligation',
              law: BILLING_LAW,
              until: { field: 'day', calendarYearsAfterFiscalYear: 7 },
              mask: ['phone'],
            },
          },
        },
      },
      web: {
        engine: engine('web'),
        sql: [
          'create table visits (id int primary key, email varchar(100), page varchar(100))',
          `insert into visits values (1, 'anna@example.se', '/'), (2, 'bo@example.se', '/prices')`,
        ],
        collections: {
          visits: { system: ['id'], fields: { email, page: 'user.behavior' }, erase: 'delete' },
        },
      },
    },
    {
      controller: {
        name: 'Onefin AB',
        contact: 'contact@example.com',
        authority: { name: 'IMY', url: 'https://www.imy.se' },
        country: 'SE',
        timezone: 'Europe/Stockholm',
        language: 'sv',
        fiscalYearEnd: '12-31',
      },
    },
  );
  onTestFinished(() => world.close());
  world.env.DSR_NOW = '2026-11-25T23:30:00Z';
  return world;
}

async function receiptOf(world: CaseWorkspace, request: string | null) {
  const { code, stdout, stderr } = await world.dsr('request', 'show', request ?? '', '--receipt', '--json');
  if (stdout === '') throw new Error(stderr);
  for (const text of [...ANNA, '070-1740605']) expect(stdout).not.toContain(text);
  return { code, receipt: JSON.parse(stdout) as Receipt };
}

/** What no engine tells in another way. */
function told({ leftovers, map, operators, tool, ...rest }: Receipt) {
  return rest;
}

async function close(world: CaseWorkspace, request: string | null): Promise<void> {
  for (const event of ['answer', 'close']) {
    const { code, stderr } = await world.dsr('request', event, request ?? '');
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }
}

const AT = '2026-11-25T23:30:00.000Z';

describeEngines('the receipt of an erasure', (engine) => {
  it('parts what is gone, in backups, at recipients, kept and left; the same once the case is closed', async () => {
    const world = await shop(() => engine);
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    const { request } = done.document;
    const { code, receipt } = await receiptOf(world, request);
    expect(code).toBe(0);
    expect(told(receipt)).toEqual({
      request: 'R-2026-0001',
      type: 'erase',
      status: 'in-progress',
      received: '2026-11-26',
      at: AT,
      erased: [
        { collection: 'crm.notes', source: 'crm', action: 'delete', records: 2, committed: AT },
        { collection: 'crm.customers', source: 'crm', action: 'delete', records: 1, committed: AT },
        { collection: 'billing.invoices', source: 'billing', action: 'delete', records: 1, committed: AT },
        { collection: 'billing.invoices', source: 'billing', action: 'minimise', records: 1, committed: AT },
        { collection: 'web.visits', source: 'web', action: 'delete', records: 1, committed: AT },
      ],
      changed: [],
      verified: {
        at: AT,
        residual: 0,
        sources: { crm: 'searched', billing: 'searched', web: 'searched' },
        deep: false,
        partial: false,
      },
      gone: [
        { collection: 'crm.notes', action: 'delete', records: 2, verifiedAt: AT },
        { collection: 'crm.customers', action: 'delete', records: 1, verifiedAt: AT },
        { collection: 'billing.invoices', action: 'delete', records: 1, verifiedAt: AT },
        { collection: 'billing.invoices', action: 'minimise', records: 1, verifiedAt: AT },
        { collection: 'web.visits', action: 'delete', records: 1, verifiedAt: AT },
      ],
      backups: [
        {
          source: 'crm',
          state: 'until',
          // The day in Stockholm, 26 November, and 35 more.
          until: '2026-12-31',
          why: 'changed on 2026-11-26; backups are kept for 35 days',
        },
        { source: 'billing', state: 'none', until: null, why: 'the map says that there are none' },
        {
          source: 'web',
          state: 'unknown',
          until: null,
          why: 'not known: the map does not say for how long backups are kept (sources.web.backups)',
        },
      ],
      recipients: [
        {
          name: 'Fortnox AB',
          collections: ['crm.customers', 'billing.invoices', 'web.visits'],
          confirmed: null,
        },
        { name: 'Skatteverket', collections: ['billing.invoices'], confirmed: null },
      ],
      kept: [
        {
          collection: 'billing.invoices',
          masked: false,
          ground: 'legal-obligation',
          law: BILLING_LAW,
          until: '2034-01-01',
          hold: null,
          records: 1,
        },
      ],
      ended: [],
      open: [],
    });
    expect(receipt.map.applied).toBe(receipt.map.now);
    expect(receipt.operators).toHaveLength(1);
    expect([...new Set(receipt.leftovers.map(({ source }) => source))]).toEqual(['crm', 'billing', 'web']);
    for (const { what } of receipt.leftovers) expect(what).not.toMatch(/^not known/);

    await close(world, request);
    expect(readFileSync(join(world.folder, '.dsr', 'work.db')).includes('anna@example.se')).toBe(false);
    const closed = await receiptOf(world, request);
    expect(closed.code).toBe(0);
    expect(closed.receipt).toEqual({ ...receipt, status: 'closed' });
  });

  it('says of a rectification that the old value is in backups', async () => {
    const world = await shop(() => engine);
    const done = await changing(world, ANNA)(
      'rectify',
      'anna@example.se',
      '--set',
      'user.name=Anna Ek',
      '--yes',
    );
    expectDone(done);
    const { code, receipt } = await receiptOf(world, done.document.request);
    expect(code).toBe(0);
    expect(told(receipt)).toMatchObject({
      type: 'rectify',
      erased: [],
      changed: [{ collection: 'crm.customers', source: 'crm', action: 'update', records: 1, committed: AT }],
      gone: [{ collection: 'crm.customers', action: 'update', records: 1, verifiedAt: AT }],
      backups: [{ source: 'crm', state: 'until', until: '2026-12-31' }],
      recipients: [{ name: 'Fortnox AB', collections: ['crm.customers'] }],
      kept: [],
      open: [],
    });
  });
});

const mixed: Readonly<Record<string, Engine>> = { crm: 'postgres', billing: 'sqlite', web: 'mysql' };
const engineOf = (source: string): Engine => {
  const wanted = mixed[source] ?? 'sqlite';
  return hasEngine(wanted) ? wanted : 'sqlite';
};

it('names what was found again, and takes it for gone no more', async () => {
  const world = await shop(engineOf);
  const { document } = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
  await world.databases.web?.exec(`insert into visits values (9, 'anna@example.se', '/back')`);
  expect((await world.dsr('verify', document.request ?? '')).code).toBe(3);
  const found = await receiptOf(world, document.request);
  expect(found.code).toBe(3);
  expect(found.receipt.gone).toEqual([]);
  expect(found.receipt.verified?.residual).toBe(1);
  expect(
    found.receipt.open.map(({ kind, source, collection, records }) => [kind, source, collection, records]),
  ).toEqual([
    ['not-verified', 'crm', null, 3],
    ['not-verified', 'billing', null, 2],
    ['not-verified', 'web', null, 1],
    ['residue', 'web', 'web.visits', 1],
  ]);
  await world.dsr('erase', '--request', document.request ?? '', '--yes');
  const { code, receipt } = await receiptOf(world, document.request);
  expect({ code, open: receipt.open }).toEqual({ code: 0, open: [] });
  expect(receipt.gone.find(({ collection }) => collection === 'web.visits')?.records).toBe(2);
});

it('says of a source that failed that nothing was changed there, until it was', async () => {
  const world = await shop(engineOf);
  const billing = world.databases.billing;
  // Whatever engines there are, this source is on SQLite.
  await billing?.exec(`create trigger stop before delete on invoices begin select raise(abort, 'no'); end`);
  const { code, document } = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
  expect(code).toBe(3);
  const partial = await receiptOf(world, document.request);
  expect(partial.code).toBe(3);
  const notDone = partial.receipt.open.filter(({ kind }) => kind === 'not-done');
  expect(notDone).toMatchObject([{ source: 'billing', next: `dsr erase --request ${document.request}` }]);
  expect(partial.receipt.erased.filter(({ source }) => source === 'billing')).toEqual([]);
  expect(partial.receipt.backups.map(({ source }) => source)).not.toContain('billing');
  await billing?.exec('drop trigger stop');
  await world.dsr('erase', '--request', document.request ?? '', '--yes');
  const { receipt } = await receiptOf(world, document.request);
  expect(receipt.open).toEqual([]);
  expect(receipt.erased.filter(({ source }) => source === 'billing').map(({ action }) => action)).toEqual([
    'delete',
    'minimise',
  ]);
});

it('what the law kept is kept no longer once it was swept, and the sweep has a receipt of its own', async () => {
  const world = await shop(engineOf);
  const { document } = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
  await close(world, document.request);
  world.env.DSR_NOW = '2034-01-01T08:00:00Z';
  const swept = JSON.parse((await world.dsr('sweep', '--yes', '--json')).stdout) as { request: string };
  const first = await receiptOf(world, document.request);
  expect(first.code).toBe(0);
  expect(first.receipt).toMatchObject({
    kept: [],
    ended: [{ collection: 'billing.invoices', records: 1, ground: 'legal-obligation' }],
    open: [],
  });
  expect(first.receipt.backups[0]).toMatchObject({ source: 'crm', state: 'over', until: '2026-12-31' });
  const second = await receiptOf(world, swept.request);
  expect(second.code).toBe(0);
  expect(second.receipt).toMatchObject({
    erased: [{ collection: 'billing.invoices', action: 'delete', records: 1 }],
    gone: [{ collection: 'billing.invoices', action: 'delete', records: 1 }],
    kept: [],
    open: [],
  });
});

it('names the hold that keeps what would be gone', async () => {
  const world = await shop(engineOf);
  const hold = await world.dsr('hold', 'add', '--collection', 'crm.notes', '--ground', 'legal-claims');
  expect(hold.code).toBe(0);
  const { document } = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
  const { receipt } = await receiptOf(world, document.request);
  expect(receipt.kept).toContainEqual({
    collection: 'crm.notes',
    masked: false,
    ground: 'legal-claims',
    law: null,
    until: null,
    hold: 'H1',
    records: 2,
  });
  // Her customer row is masked for as long as the notes refer to it.
  expect(receipt.gone).toContainEqual(
    expect.objectContaining({ collection: 'crm.customers', action: 'mask', records: 1 }),
  );
  const { stdout } = await world.dsr('request', 'show', document.request ?? '', '--receipt');
  expect(stdout).toContain('\n  legal-claims, hold H1\n      crm.notes 2\n');
});

it('says what no source can say, and stands all the same', async () => {
  const world = await shop(engineOf);
  const { document } = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
  world.env.WEB_URL = join(world.folder, 'gone', 'nowhere.db');
  const { code, receipt } = await receiptOf(world, document.request);
  expect(code).toBe(0);
  const [web, ...more] = receipt.leftovers.filter(({ source }) => source === 'web');
  expect(web?.what).toMatch(/^not known: /);
  expect(more).toEqual([]);
  for (const { source, what } of receipt.leftovers) {
    if (source !== 'web') expect(what).not.toMatch(/^not known/);
  }
});

it('is told on a terminal in words, without the word that nobody may use', async () => {
  const world = await shop(engineOf);
  const { document } = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
  const { code, stdout } = await world.dsr('request', 'show', document.request ?? '', '--receipt');
  expect(code).toBe(0);
  expect(
    stdout.slice(0, stdout.indexOf('Left inside the sources')),
  ).toBe(`R-2026-0001  erase, in-progress; received 2026-11-26

Gone from live data
  crm.notes         deleted                2  verified 2026-11-25 23:30Z
  crm.customers     deleted                1  verified 2026-11-25 23:30Z
  billing.invoices  deleted                1  verified 2026-11-25 23:30Z
  billing.invoices  kept, in part cleared  1  verified 2026-11-25 23:30Z
  web.visits        deleted                1  verified 2026-11-25 23:30Z

Still in backups
  crm      until 2026-12-31  changed on 2026-11-26; backups are kept for 35 days
  billing  none              the map says that there are none
  web      not known         the map does not say for how long backups are kept
                             (sources.web.backups)

At recipients, until they confirm
  Fortnox AB    crm.customers, billing.invoices and web.visits
  Skatteverket  billing.invoices

Kept
  legal-obligation until 2034-01-01, ${BILLING_LAW}
      billing.invoices 1

`);
  expect(stdout).toMatch(
    /Nothing is open\.\nSearched last 2026-11-25 23:30Z: where the map leads, not through every table\.\nDrawn up 2026-11-25 23:30Z by dsr .*, carried out by .*; map sha256:/,
  );
  expect(stdout).not.toMatch(/anonymi[sz]/i);
});

it('says of somebody of whom nothing is held that nothing had to be changed', async () => {
  const world = await shop(engineOf);
  const { document } = await changing(world, ANNA)('erase', 'nobody@example.se', '--yes');
  const { code, receipt } = await receiptOf(world, document.request);
  expect(code).toBe(0);
  expect(told(receipt)).toMatchObject({
    erased: [],
    gone: [],
    backups: [],
    recipients: [],
    kept: [],
    open: [],
  });
  const { stdout } = await world.dsr('request', 'show', document.request ?? '', '--receipt');
  expect(stdout).toContain('\nNothing had to be changed.\n');
});

it('is refused, kindly, where nothing was changed', async () => {
  const world = await shop(engineOf);
  const opened = JSON.parse(
    (await world.dsr('request', 'open', '--type', 'erase', 'anna@example.se', '--json')).stdout,
  );
  const refused = await world.dsr('request', 'show', opened.request, '--receipt', '--json');
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.stderr).error).toMatchObject({
    kind: 'usage',
    message: `nothing was changed yet under request ${opened.request}, so there is no receipt`,
    hint: `dsr erase --request ${opened.request}`,
  });
  await world.dsr('erase', '--request', opened.request, '--dry-run');
  expect((await world.dsr('request', 'show', opened.request, '--receipt')).code).toBe(2);
});
