import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exportLedger } from '../../src/case/ledger/export.js';
import { listLedger } from '../../src/case/ledger/list.js';
import { verifyWorkspaceLedger } from '../../src/case/ledger/verify.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { recordEvent } from '../../src/case/request/event.js';
import { listRequests } from '../../src/case/request/list.js';
import { openRequest } from '../../src/case/request/open.js';
import { requestSettings } from '../../src/case/request/rules.js';
import { showRequest } from '../../src/case/request/show.js';
import type { RequestView } from '../../src/case/request/view.js';
import { chainHash, FIRST } from '../../src/ledger/chain.js';
import type { RequestEvent } from '../../src/work/words.js';
import { collected, contextAt, workspace } from './request-support.js';

const TODAY = '2026-03-03T09:00:00Z';
const asked = (...identifiers: readonly string[]) => ({ type: 'export', received: null, identifiers });

/** Lets the events happen to the request, each at its time. */
async function happened(
  dir: string,
  request: RequestView['request'],
  events: readonly (readonly [RequestEvent, string])[],
): Promise<RequestView | null> {
  let view: RequestView | null = null;
  for (const [event, time] of events) {
    const { context } = contextAt(dir, time, { operator: 'pia' });
    const rules = requestSettings(context);
    view = await withBooks(context, (books) => recordEvent(context, books, rules, request, event));
  }
  return view;
}

describe('request open', () => {
  test('gives the number, the status and the dates, in the names of the contract', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, '2026-03-05T09:00:00Z');
    const input = { type: 'erase', received: '2026-03-03', identifiers: ['anna@example.se'] };
    expect(await openRequest(context, input)).toEqual({
      request: 'R-2026-0001',
      type: 'erase',
      status: 'open',
      received: '2026-03-03',
      promiseDue: '2026-04-03',
      legalDue: '2026-04-07',
      extended: false,
      paused: false,
      daysLeft: 33,
    });
  });

  test('takes the controller’s day: late in the evening in UTC it is tomorrow, and next year', async () => {
    const { context } = contextAt(workspace(), '2026-12-31T23:30:00Z');
    const view = await openRequest(context, asked('anna@example.se'));
    expect(view).toMatchObject({ request: 'R-2027-0001', received: '2027-01-01' });
  });

  test('takes an instant of receipt as the day it was there', async () => {
    const { context } = contextAt(workspace(), '2026-03-05T09:00:00Z');
    const input = { ...asked('anna@example.se'), received: '2026-03-03T23:30:00Z' };
    expect(await openRequest(context, input)).toMatchObject({ received: '2026-03-04' });
  });

  test.each([
    ['in the future', { received: '2026-03-04' }, /future/],
    ['in the future by its instant', { received: '2026-03-03T23:30:00Z' }, /future/],
    ['none of the calendar', { received: '2026-02-30' }, /none of the calendar/],
    ['no date', { received: 'yesterday' }, /no date/],
    ['of another type', { type: 'forget' }, /no such type/],
    ['of nobody', { identifiers: [] }, /no identifier/],
    ['of an unclear identifier', { identifiers: ['anna'] }, /./],
    ['of an empty identifier', { identifiers: ['email='] }, /./],
  ])('refuses a request %s, and writes nothing', async (_what, wrong, message) => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    await expect(openRequest(context, { ...asked('anna@example.se'), ...wrong })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
    expect(existsSync(join(dir, '.dsr', 'ledger.db'))).toBe(false);
  });

  test('opens another request each time somebody asks', async () => {
    const { context } = contextAt(workspace(), TODAY);
    const numbers = [1, 2, 3].map(async () => (await openRequest(context, asked('anna@example.se'))).request);
    expect((await Promise.all(numbers)).sort()).toEqual(['R-2026-0001', 'R-2026-0002', 'R-2026-0003']);
  });

  test('warns of an invalid value and keeps it; a value given twice is kept once', async () => {
    const { context, warnings } = contextAt(workspace(), TODAY);
    const { request } = await openRequest(
      context,
      asked('personnummer=19900602-2398', 'Anna@Example.se', 'email=anna@example.se'),
    );
    expect(warnings).toEqual([expect.stringMatching(/personnummer given is not valid/)]);
    const { identifiers } = await showRequest(context, request);
    expect(identifiers.map(({ type }) => type)).toEqual(['personnummer', 'email']);
  });

  test('writes an entry that names nobody: no file of the ledger holds a value', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    await openRequest(context, asked('anna@example.se', '199006022397', '+46701740605', 'name=Anna Åberg'));
    const [made, opened, ...more] = await collected(listLedger(context, { request: null }));
    expect(made).toMatchObject({ seq: 1, kind: 'ledger' });
    expect(more).toEqual([]);
    expect(opened).toMatchObject({
      kind: 'state',
      event: 'opened',
      status: 'open',
      type: 'export',
      request: 'R-2026-0001',
      operator: 'per',
      received: '2026-03-03',
      subject: ['email', 'personnummer', 'phone', 'name'].map((type) => ({
        type,
        tag: expect.stringMatching(/^[0-9a-f]{64}$/),
      })),
    });
    for (const name of ['ledger.db', 'ledger.head', 'ledger.key']) {
      const bytes = readFileSync(join(dir, '.dsr', name))
        .toString('latin1')
        .toLowerCase();
      for (const value of ['anna', 'example', '9006022397', '701740605', 'berg'])
        expect(bytes).not.toContain(value);
    }
  });

  test('numbers on where the ledger stands when work.db is lost', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    await openRequest(context, asked('anna@example.se'));
    await openRequest(context, asked('anna@example.se'));
    rmSync(join(dir, '.dsr', 'work.db'));
    expect(await openRequest(context, asked('anna@example.se'))).toMatchObject({ request: 'R-2026-0003' });
  });

  test('marks what was opened in a rehearsal', async () => {
    const { context } = contextAt(workspace(), TODAY, { rehearsed: true });
    await openRequest(context, asked('anna@example.se'));
    const entries = await collected(listLedger(context, { request: 'R-2026-0001' }));
    expect(entries).toMatchObject([{ rehearsed: true, at: '2026-03-03T09:00:00.000Z' }]);
  });

  test('opens nothing when the ledger is refused', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    await openRequest(context, asked('anna@example.se'));
    const key = join(dir, '.dsr', 'ledger.key');
    rmSync(key);
    await expect(openRequest(context, asked('anna@example.se'))).rejects.toMatchObject({ kind: 'ledger' });
    expect(existsSync(key)).toBe(false);
    const work = new Database(join(dir, '.dsr', 'work.db'), { readonly: true });
    onTestFinished(() => void work.close());
    expect(work.prepare('select count(*) as n from requests').get()).toEqual({ n: 1 });
  });
});

describe('request list and show', () => {
  test('tell all in the order in which they were opened, in one shape', async () => {
    const { context } = contextAt(workspace(), TODAY);
    const opened = [
      await openRequest(context, asked('anna@example.se')),
      await openRequest(context, { ...asked('bo@example.se'), type: 'object' }),
    ];
    expect(await collected(listRequests(context, { identifiers: [] }))).toEqual(opened);
    expect(await showRequest(context, 'R-2026-0002')).toEqual({
      ...opened[1],
      identifiers: [{ type: 'email', value: 'bo@example.se' }],
      events: [{ event: 'opened', at: '2026-03-03T09:00:00.000Z', operator: 'per' }],
    });
  });

  test('find who asked before, however the identifier is written, and nobody else', async () => {
    const { context } = contextAt(workspace(), TODAY);
    await openRequest(context, asked('anna@example.se', '199006022397'));
    await openRequest(context, asked('bo@example.se'));
    await openRequest(context, asked('Anna@Example.se'));
    const ask = async (...identifiers: readonly string[]) =>
      (await collected(listRequests(context, { identifiers }))).map(({ request }) => request);
    expect(await ask('ANNA@example.se')).toEqual(['R-2026-0001', 'R-2026-0003']);
    expect(await ask('900602-2397')).toEqual(['R-2026-0001']);
    expect(await ask('organisationsnummer=900602-2397')).toEqual(['R-2026-0001']);
    expect(await ask('900602-2397', 'bo@example.se')).toEqual(['R-2026-0001', 'R-2026-0002']);
    expect(await ask('username=anna@example.se')).toEqual([]);
  });

  test('still find who asked once the request is closed and the identifiers are gone', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    const { request } = await openRequest(context, asked('anna@example.se'));
    await happened(dir, request, [
      ['answered', '2026-03-04T09:00:00Z'],
      ['closed', '2026-03-05T09:00:00Z'],
    ]);
    expect((await showRequest(context, request)).identifiers).toEqual([]);
    for (const name of readdirSync(join(dir, '.dsr'), { withFileTypes: true })) {
      if (name.isFile()) expect(readFileSync(join(dir, '.dsr', name.name)).includes('anna')).toBe(false);
    }
    expect(await collected(listRequests(context, { identifiers: ['anna@example.se'] }))).toMatchObject([
      { request, status: 'closed' },
    ]);
  });

  test('have a number that is none, or nobody’s, told without repeating it', async () => {
    const { context } = contextAt(workspace(), TODAY);
    const error = { kind: 'usage', message: expect.not.stringContaining('anna') };
    await expect(showRequest(context, 'anna@example.se')).rejects.toMatchObject(error);
    await expect(collected(listLedger(context, { request: 'anna@example.se' }))).rejects.toMatchObject(error);
  });
});

describe('what happens to a request', () => {
  test('moves status and dates, which are recomputed from the events', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, '2027-02-01T09:00:00Z');
    const { request } = await openRequest(context, { ...asked('anna@example.se'), received: '2027-01-31' });
    expect(await happened(dir, request, [['started', '2027-02-01T10:00:00Z']])).toMatchObject({
      status: 'in-progress',
      legalDue: '2027-03-01',
      daysLeft: 28,
    });
    expect(await happened(dir, request, [['extended', '2027-02-02T10:00:00Z']])).toMatchObject({
      status: 'in-progress',
      extended: true,
      legalDue: '2027-04-28',
    });
  });

  test('pauses: as many days are left on the day it ends as on the day it began', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, '2026-05-19T09:00:00Z');
    const { request } = await openRequest(context, asked('anna@example.se'));
    const paused = await happened(dir, request, [['paused', '2026-05-20T09:00:00Z']]);
    expect(paused).toMatchObject({ paused: true, legalDue: '2026-06-19', daysLeft: 30 });
    const later = contextAt(dir, '2026-05-25T09:00:00Z').context;
    expect(await showRequest(later, request)).toMatchObject({
      paused: true,
      legalDue: '2026-06-24',
      daysLeft: 30,
    });
    const resumed = await happened(dir, request, [['resumed', '2026-05-25T10:00:00Z']]);
    expect(resumed).toMatchObject({ paused: false, legalDue: '2026-06-24', promiseDue: '2026-06-24' });
    const much = contextAt(dir, '2026-06-10T09:00:00Z').context;
    expect(await showRequest(much, request)).toMatchObject({ legalDue: '2026-06-24', daysLeft: 14 });
  });

  test('ends: the days that were left stay as they were on that day', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    const { request } = await openRequest(context, asked('anna@example.se'));
    await happened(dir, request, [['answered', '2026-03-31T09:00:00Z']]);
    const later = contextAt(dir, '2026-09-01T09:00:00Z').context;
    expect(await showRequest(later, request)).toMatchObject({ status: 'answered', daysLeft: 7 });
  });

  test('is overdue by as many days as have passed since', async () => {
    const dir = workspace();
    await openRequest(contextAt(dir, TODAY).context, asked('anna@example.se'));
    const { context } = contextAt(dir, '2026-04-10T09:00:00Z');
    expect(await showRequest(context, 'R-2026-0001')).toMatchObject({ status: 'open', daysLeft: -3 });
  });

  test.each([
    ['close what was not answered', [], 'closed'],
    ['answer what was closed', ['answered', 'closed'], 'answered'],
    ['resume what was not paused', [], 'resumed'],
    ['pause twice', ['paused'], 'paused'],
    ['extend twice', ['extended'], 'extended'],
    ['start what was refused', ['refused'], 'started'],
    ['open twice', [], 'opened'],
  ] as const)('cannot %s; neither work file nor ledger then say so', async (_what, before, event) => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    const { request } = await openRequest(context, asked('anna@example.se'));
    await happened(
      dir,
      request,
      before.map((one) => [one, TODAY]),
    );
    await expect(happened(dir, request, [[event, TODAY]])).rejects.toMatchObject({ kind: 'usage' });
    expect((await showRequest(context, request)).events).toHaveLength(before.length + 1);
    expect(await collected(listLedger(context, { request }))).toHaveLength(before.length + 1);
  });

  test('is an entry each, with who did it and where it left the request', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    const { request } = await openRequest(context, asked('anna@example.se'));
    await happened(dir, request, [
      ['started', TODAY],
      ['paused', TODAY],
      ['answered', TODAY],
    ]);
    const entries = await collected(listLedger(context, { request }));
    const [opened] = entries;
    expect(entries).toMatchObject([
      { event: 'opened', status: 'open', operator: 'per' },
      { event: 'started', status: 'in-progress', operator: 'pia' },
      { event: 'paused', status: 'in-progress', operator: 'pia' },
      { event: 'answered', status: 'answered', operator: 'pia' },
    ]);
    const subjects = entries.map((entry) => (entry.kind === 'state' ? entry.subject : []));
    expect(new Set(subjects.map((subject) => JSON.stringify(subject))).size).toBe(1);
    expect(opened?.kind).toBe('state');
  });
});

describe('the ledger’s commands', () => {
  test('make no ledger where there is none', async () => {
    const dir = workspace();
    const { context } = contextAt(dir, TODAY);
    expect(await collected(listLedger(context, { request: null }))).toEqual([]);
    expect(await collected(exportLedger(context))).toEqual([]);
    expect(await verifyWorkspaceLedger(context)).toMatchObject({ entries: 0 });
    expect(existsSync(join(dir, '.dsr', 'ledger.db'))).toBe(false);
  });

  test('export rows that can be verified from what was exported alone', async () => {
    const { context } = contextAt(workspace(), TODAY);
    await openRequest(context, asked('anna@example.se'));
    await openRequest(context, asked('bo@example.se'));
    const rows = await collected(exportLedger(context));
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(rows.map((row) => Object.keys(row))).toEqual(rows.map(() => ['seq', 'body', 'hash']));
    expect(rows.reduce((previous, { body }) => chainHash(previous, body), FIRST)).toBe(rows.at(-1)?.hash);
    expect(await verifyWorkspaceLedger(context)).toEqual({ entries: 3, head: rows.at(-1)?.hash });
  });
});
