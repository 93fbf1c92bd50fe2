import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { workSteps } from '../../src/work/schema.js';
import { folder } from '../ledger/support.js';
import { exportOf, nothing, workIn } from './support.js';

const HASH = `sha256:${'ab'.repeat(32)}`;
const KEY = 'shemlig\0\u0001p!1';

async function withRequest(dir = folder()) {
  const work = await workIn(dir);
  const request = work.openRequest(exportOf('anna@example.se', { type: 'erase' }), nothing);
  return { dir, work, request };
}

describe('the work file of an earlier version', () => {
  test('is brought up to date, and what it holds stays', async () => {
    const dir = folder();
    const old = await openDatabase({ file: join(dir, 'work.db'), name: 'the work file' });
    migrate(old, 'the work file', workSteps.slice(0, 1));
    old.exec(`insert into requests (id, year, number, type, received, operator, rehearsed)
      values ('R-2026-0001', 2026, 1, 'erase', '2026-03-03', 'per', 0)`);
    old.close();
    const work = await workIn(dir);
    expect(work.request('R-2026-0001').type).toBe('erase');
    expect(work.plans('R-2026-0001')).toEqual([]);
    expect(work.obligations(null)).toEqual([]);
  });
});

describe('what was learnt of a person', () => {
  test('adds up, each once, under its request', async () => {
    const { work, request } = await withRequest();
    const learnt = { type: 'email', value: 'al@example.se', source: 'crm.emails.email' };
    work.recordLearnt(request, [learnt, learnt]);
    work.recordLearnt(request, [
      { ...learnt, source: 'web.users.email' },
      { ...learnt, type: 'username' },
    ]);
    expect(work.learnt(request)).toEqual([learnt, { ...learnt, type: 'username' }]);
    expect(work.learnt('R-2026-0002')).toEqual([]);
  });
});

describe('a seed', () => {
  test('is the same while the request runs, another for another, and gone from the disk once destroyed', async () => {
    const { dir, work, request } = await withRequest();
    const other = work.openRequest(exportOf('bo@example.se'), nothing);
    const seed = Buffer.from(work.seed(request));
    expect(seed).toHaveLength(32);
    expect(Buffer.from(work.seed(request))).toEqual(seed);
    expect(Buffer.from(work.seed(other))).not.toEqual(seed);
    expect(readFileSync(join(dir, 'work.db')).includes(seed)).toBe(true);
    work.destroySeed(request);
    expect(readFileSync(join(dir, 'work.db')).includes(seed)).toBe(false);
    expect(Buffer.from(work.seed(request))).not.toEqual(seed);
  });
});

describe('a plan', () => {
  test('is applied or dropped, but one that was applied stays', async () => {
    const { work, request } = await withRequest();
    const places = { 'crm.customers': { table: 'main.customers', key: ['id'] } };
    const plan = { request, hash: HASH, file: 'one.jsonl', action: 'erase', places } as const;
    work.recordPlan(plan);
    work.recordPlan({ ...plan, file: 'again.jsonl' });
    expect(work.plans(request)).toEqual([{ ...plan, file: 'again.jsonl', applied: null }]);
    work.dropPlan(request, HASH);
    expect(work.plans(request)).toEqual([]);
    work.recordPlan(plan);
    work.planApplied(request, HASH);
    work.dropPlan(request, HASH);
    expect(work.plans(request)).toMatchObject([{ applied: '2026-03-03T09:00:00.000Z' }]);
  });
});

describe('obligations', () => {
  const kept = {
    ...{
      collection: 'billing.invoices',
      role: 'own' as const,
      until: '2034-01-01',
      ground: 'legal-obligation',
      law: null,
      hold: null,
    },
  } as const;

  test('say of a person’s own record what was said last, under whichever request, by date', async () => {
    const { work, request } = await withRequest();
    const next = work.openRequest(exportOf('anna@example.se', { type: 'erase' }), nothing);
    const owed = (key: string, until: string, under = request) => ({ ...kept, key, until, request: under });
    work.recordObligations([owed(KEY, '2034-01-01'), owed('p!2', '2030-01-01'), owed('p!3', '2031-01-01')]);
    work.recordObligations([owed(KEY, '2029-01-01', next), { ...owed('p!3', '', next), until: null }]);
    expect(work.obligations(next)).toEqual([owed(KEY, '2029-01-01', next)]);
    expect(work.obligations(request)).toEqual([owed('p!2', '2030-01-01')]);
    work.dropObligations('billing.invoices', [KEY, 'p!9']);
    work.dropObligations('crm.notes', ['p!2']);
    expect(work.obligations(null)).toEqual([owed('p!2', '2030-01-01')]);
  });

  test('of a record that names somebody else, too, stand beside one another', async () => {
    const { work, request } = await withRequest();
    const other = work.openRequest(exportOf('bo@example.se', { type: 'erase' }), nothing);
    const own = { ...kept, key: KEY, request };
    const mention = { ...kept, key: KEY, role: 'mention', until: '2030-01-01', request: other } as const;
    work.recordObligations([own]);
    work.recordObligations([mention]);
    expect(work.obligations(null)).toEqual([mention, own]);
    work.recordObligations([{ ...mention, until: null }]);
    expect(work.obligations(null)).toEqual([own]);
    work.recordObligations([mention]);
    work.recordObligations([{ ...own, until: null }]);
    expect(work.obligations(null)).toEqual([mention]);
    work.dropObligations(kept.collection, [KEY]);
    expect(work.obligations(null)).toEqual([]);
  });

  test('of an earlier version are kept', async () => {
    const dir = folder();
    const old = await openDatabase({ file: join(dir, 'work.db'), name: 'the work file' });
    migrate(old, 'the work file', workSteps.slice(0, 2));
    old.exec(`insert into requests (id, year, number, type, received, operator, rehearsed)
      values ('R-2026-0001', 2026, 1, 'erase', '2026-03-03', 'per', 0)`);
    old.exec(
      `insert into obligations values ('billing.invoices', 'p!1', '2034-01-01', 'legal-obligation', null, 'R-2026-0001')`,
    );
    old.exec(
      `insert into plans (request, hash, file, action) values ('R-2026-0001', '${HASH}', 'one.jsonl', 'erase')`,
    );
    old.close();
    const work = await workIn(dir);
    expect(work.obligations(null)).toEqual([{ ...kept, key: 'p!1', request: 'R-2026-0001' }]);
    expect(work.plans('R-2026-0001')).toMatchObject([{ hash: HASH, places: null }]);
  });

  test('are all that is left of a request that was purged', async () => {
    const { dir, work, request } = await withRequest();
    work.recordLearnt(request, [{ type: 'email', value: 'hemlig@example.se', source: 'crm.emails.email' }]);
    work.recordNames(request, ['Hemlig Person']);
    work.recordPlan({ request, hash: HASH, file: 'hemlig.jsonl', action: 'erase', places: null });
    const seed = Buffer.from(work.seed(request));
    work.recordObligations([{ ...kept, key: 'p!1', request }]);
    expect(work.names(request)).toEqual(['Hemlig Person']);
    work.purge([request]);
    expect([work.learnt(request), work.names(request), work.plans(request)]).toEqual([[], [], []]);
    const bytes = readFileSync(join(dir, 'work.db'));
    expect(/hemlig/i.test(bytes.toString('latin1'))).toBe(false);
    expect(bytes.includes(seed)).toBe(false);
    expect(work.obligations(null)).toHaveLength(1);
    const db = new Database(join(dir, 'work.db'), { readonly: true });
    expect(db.prepare('select count(*) as n from identifiers').get()).toEqual({ n: 0 });
    db.close();
  });
});
