import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { verifyRequest } from '../../src/case/change/verify-request.js';
import { exportExtract } from '../../src/case/extract/export.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { recordEvent } from '../../src/case/request/event.js';
import { openRequest } from '../../src/case/request/open.js';
import { requestSettings } from '../../src/case/request/rules.js';
import type { RequestId } from '../../src/model/request.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

const PERSONAL = ['Anna', 'Lind', 'anna@example.se', '199006022397', '070-1740605'];

function closed({ context }: ChangeWorkspace, request: string | null) {
  return withBooks(context, (books) => {
    const rules = requestSettings(context);
    recordEvent(context, books, rules, request as RequestId, 'answered');
    return recordEvent(context, books, rules, request as RequestId, 'closed');
  });
}

describe('an erasure', () => {
  test('removes what is the person’s, keeps what the law keeps, and leaves everybody else as they were', async () => {
    const place = changeWorkspace();
    const result = await place.erase();
    expect(result).toMatchObject({
      request: 'R-2026-0001',
      complete: true,
      incomplete: [],
      applied: true,
      stopped: null,
      outcomes: [
        { source: 'crm', outcome: 'committed', error: null },
        { source: 'billing', outcome: 'committed', error: null },
      ],
      verified: { residual: 0, places: [] },
    });
    expect(place.dump()).toEqual({
      customers: [{ id: 2, name: 'Bo Ek', email: 'bo@example.se', personnummer: '198501012382', active: 1 }],
      notes: [{ id: 2, customer_id: 2, text: 'wants a demo' }],
      tickets: [{ id: 2, customer_id: 2, contact_id: null, title: 'printer' }],
      invoices: [
        { id: 10, customer_email: 'anna@example.se', invoice_date: '2026-02-01', amount: 900, phone: null },
        {
          id: 20,
          customer_email: 'bo@example.se',
          invoice_date: '2026-02-01',
          amount: 300,
          phone: '070-1740699',
        },
      ],
    });
  });

  test('is shown before it is asked for: whose it is partly masked, and how many records change', async () => {
    const place = changeWorkspace();
    await place.erase();
    expect(place.shown).toMatchObject([{ action: 'erase', request: null, records: 5, incomplete: [] }]);
    const [proposal] = place.shown;
    expect(proposal?.who).toHaveLength(2);
    expect(proposal?.who.join(' ')).not.toMatch(/anna@example\.se|199006022397/);
    expect(proposal?.actions).toContainEqual(
      expect.objectContaining({ collection: 'billing.invoices', action: 'keep', until: '2034-01-01' }),
    );
  });

  test('announces each change in the ledger before it is made, and writes down how each ended', async () => {
    const place = changeWorkspace();
    let before: readonly string[] = [];
    await place.erase({
      confirm: async () => {
        before = await place.entries();
        return true;
      },
    });
    expect(before).toEqual(['intent erase', 'find answered', 'plan']);
    expect(await place.entries()).toEqual([
      ...before,
      'state opened',
      'state started',
      'intent disable plan',
      'outcome crm committed',
      'intent erase plan',
      'outcome crm committed',
      'outcome billing committed',
      'verification 0',
    ]);
  });

  test('leaves nothing personal in the ledger, and no seed once it is over', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    const ledger = place.state('ledger.db');
    for (const text of PERSONAL) expect(ledger).not.toContain(text);
    await withBooks(place.context, ({ work }) => {
      expect(work.learnt(request as RequestId)).toEqual([
        { type: 'personnummer', value: '199006022397', source: 'crm.customers.personnummer' },
      ]);
      expect(work.plans(request as RequestId)).toMatchObject([
        { action: 'erase', applied: expect.any(String) },
      ]);
    });
    expect(seeds(place)).toBe(0);
  });

  test('owes what it kept until its time has come, also when the request is closed and purged', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    const [plan] = place.plans();
    expect(statSync(join(place.dir, '.dsr', 'plans', plan ?? '')).mode & 0o777).toBe(0o600);
    const owed = [
      {
        collection: 'billing.invoices',
        until: '2034-01-01',
        ground: 'legal-obligation',
        request: 'R-2026-0001',
      },
    ];
    await withBooks(place.context, ({ work }) => expect(work.obligations(null)).toMatchObject(owed));
    await closed(place, request);
    expect(place.plans()).toEqual([]);
    const work = place.state('work.db');
    for (const text of PERSONAL) expect(work).not.toContain(text);
    await withBooks(place.context, ({ work }) => expect(work.obligations(null)).toMatchObject(owed));
  });

  test('done twice finds nothing to change the second time', async () => {
    const place = changeWorkspace();
    await place.erase();
    const before = place.dump();
    const result = await place.erase();
    expect(result).toMatchObject({
      request: 'R-2026-0002',
      complete: true,
      applied: true,
      verified: { residual: 0 },
    });
    expect(place.dump()).toEqual(before);
    expect((await place.entries()).at(-1)).toBe('verification 0');
  });

  test('of somebody nobody knows is an answer', async () => {
    const place = changeWorkspace();
    const result = await place.erase({
      identifiers: ['email=nobody@example.se'],
      confirm: () => Promise.reject(),
    });
    expect(result).toMatchObject({ complete: true, applied: true, actions: [], verified: { residual: 0 } });
  });
});

describe('nothing is changed', () => {
  test('by a dry run, which opens no request and keeps no plan but where it was told to', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const file = join(place.dir, 'plan.jsonl');
    const result = await place.erase({ dryRun: true, planOut: file, confirm: () => Promise.reject() });
    expect(result).toMatchObject({ request: null, applied: false, verified: null, stopped: 'dry-run' });
    expect(result.actions.length).toBeGreaterThan(0);
    expect(place.shown).toHaveLength(1);
    expect(place.dump()).toEqual(before);
    expect(place.plans()).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await place.entries()).toEqual(['intent erase', 'find answered', 'plan']);
  });

  test('when it is not confirmed', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const result = await place.erase({ confirm: async () => false });
    expect(result).toMatchObject({ request: null, applied: false, stopped: 'not-confirmed', verified: null });
    expect(place.dump()).toEqual(before);
  });

  test('when a record appears between plan and apply: the plan is stale', async () => {
    const place = changeWorkspace();
    const result = await place.erase({
      confirm: async () => {
        place.exec('crm', `insert into notes values (3, 1, 'called again')`);
        return true;
      },
    });
    expect(result).toMatchObject({ applied: false, complete: false, stopped: 'stale', verified: null });
    expect(result.incomplete[0]).toMatch(/crm\.notes/);
    expect(place.rows('crm', 'customers')).toHaveLength(2);
    expect(place.rows('crm', 'notes')).toHaveLength(3);
    expect(place.rows('billing', 'invoices')[0]).toMatchObject({ phone: '070-1740605' });
    expect((await place.entries()).slice(-2)).toEqual([
      'outcome crm rolled-back conflict',
      'outcome billing rolled-back conflict',
    ]);
    // What changed nothing is no plan to verify by.
    expect(place.plans()).toEqual([]);
    await expect(verifyRequest(place.context, { request: result.request ?? '' })).rejects.toMatchObject({
      kind: 'usage',
    });
    // The same request goes on from there.
    const again = await place.erase({ identifiers: [], request: result.request });
    expect(again).toMatchObject({ request: result.request, complete: true, applied: true });
    expect(place.rows('crm', 'notes')).toHaveLength(1);
  });

  test('under a request of another kind, or one that is over', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const other = await openRequest(place.context, {
      ...{ type: 'rectify', received: null, identifiers: ['email=anna@example.se'] },
    });
    const under = (request: string) => place.erase({ identifiers: [], request });
    await expect(under(other.request)).rejects.toMatchObject({ kind: 'usage', message: /to rectify/ });
    const { request } = await place.erase({ dryRun: false, confirm: async () => false });
    expect(request).toBeNull();
    const own = await openRequest(place.context, {
      ...{ type: 'erase', received: null, identifiers: ['email=anna@example.se'] },
    });
    await closed(place, own.request);
    await expect(under(own.request)).rejects.toMatchObject({ kind: 'usage', message: /closed/ });
    expect(place.dump()).toEqual(before);
  });

  test('while approvals are missing or nobody is identified; a plan may be had', async () => {
    for (const policy of [{ approvals: { erase: 1 } }, { identity: 'verified' }]) {
      const place = changeWorkspace(policy);
      const before = place.dump();
      await expect(place.erase()).rejects.toMatchObject({ kind: 'decision' });
      expect(await place.erase({ dryRun: true })).toMatchObject({ stopped: 'dry-run' });
      expect(place.dump()).toEqual(before);
    }
  });
});

describe('decisions', () => {
  test('about a retention without a date are open until they are answered, under a request', async () => {
    const place = changeWorkspace();
    place.exec('billing', 'update invoices set invoice_date = null where id = 10');
    const asked = await place.erase({ confirm: () => Promise.reject() });
    expect(asked).toMatchObject({
      request: 'R-2026-0001',
      applied: false,
      planHash: null,
      stopped: 'undecided',
      decisions: [{ id: 'D1', kind: 'retention', collection: 'billing.invoices', key: [10] }],
    });
    expect(place.shown).toEqual([]);
    const done = await place.erase({ identifiers: [], request: asked.request, accept: ['D1'] });
    expect(done).toMatchObject({ request: asked.request, complete: true, applied: true });
    expect(place.rows('billing', 'invoices')).toHaveLength(1);
    expect(await place.entries()).toContain('decision retention accept');
  });

  test('that are rejected keep the record without an end', async () => {
    const place = changeWorkspace();
    place.exec('billing', 'update invoices set invoice_date = null where id = 10');
    const done = await place.erase({ reject: ['D1'] });
    expect(done).toMatchObject({ complete: true, applied: true });
    expect(place.rows('billing', 'invoices')).toHaveLength(2);
    await withBooks(place.context, ({ work }) => expect(work.obligations(null)).toEqual([]));
  });

  test('that nobody asked for are refused', async () => {
    const place = changeWorkspace();
    await expect(place.erase({ accept: ['D7'] })).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('a saved plan', () => {
  const saved = async (place: ChangeWorkspace) => {
    const file = join(place.dir, 'plan.jsonl');
    await place.erase({ dryRun: true, planOut: file });
    return file;
  };

  test('is carried out, and is stale once it was', async () => {
    const place = changeWorkspace();
    const file = await saved(place);
    expect(await place.apply(file)).toMatchObject({ request: 'R-2026-0001', applied: true, complete: true });
    expect(place.rows('crm', 'customers')).toHaveLength(1);
    expect(await place.apply(file)).toMatchObject({ applied: false, stopped: 'stale' });
  });

  test('is stale when a record came since, or the map or a schema was changed', async () => {
    for (const change of [
      (place: ChangeWorkspace) => place.exec('crm', `insert into notes values (3, 1, 'called again')`),
      (place: ChangeWorkspace) => place.exec('crm', 'create table nobody (id integer primary key)'),
      (place: ChangeWorkspace) => {
        const map = join(place.dir, 'dsr.yaml');
        writeFileSync(map, readFileSync(map, 'utf8').replace('title', 'title # as it is'));
        writeFileSync(map, readFileSync(map, 'utf8').replace('IMY', 'IMY, Stockholm'));
      },
    ]) {
      const place = changeWorkspace();
      const file = await saved(place);
      change(place);
      const before = place.dump();
      const result = await place.apply(file, () => Promise.reject());
      expect(result).toMatchObject({ applied: false, stopped: 'stale' });
      expect(result.incomplete[0]).toMatch(/stale/);
      expect(place.dump()).toEqual(before);
    }
  });

  test('that was edited, or comes from another workspace, is refused', async () => {
    const place = changeWorkspace();
    const file = await saved(place);
    const other = changeWorkspace();
    await expect(other.apply(file)).rejects.toMatchObject({ kind: 'usage', message: /workspace/ });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"key":[1]', '"key":[2]'));
    await expect(place.apply(file)).rejects.toMatchObject({ kind: 'usage' });
    expect(place.rows('crm', 'customers')).toHaveLength(2);
  });
});

describe('verifying', () => {
  test('finds what came after the commit, and nothing once it is gone', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    const verified = () => verifyRequest(place.context, { request: request ?? '' });
    expect(await verified()).toMatchObject({ complete: true, verified: { residual: 0, places: [] } });
    // By what was learnt on the way: the e-mail is another.
    place.exec('crm', `insert into customers values (9, 'Anna L', 'al@example.se', '199006022397', 1)`);
    expect(await verified()).toMatchObject({
      complete: false,
      verified: { residual: 1, places: [{ collection: 'crm.customers', records: 1 }] },
    });
    expect((await place.entries()).slice(-2)).toEqual(['intent verify', 'verification 1']);
    place.exec('crm', 'delete from customers where id = 9');
    expect(await verified()).toMatchObject({ complete: true, verified: { residual: 0 } });
  });

  test('is refused where nothing was applied, or the request was closed', async () => {
    const place = changeWorkspace();
    const open = await openRequest(place.context, {
      ...{ type: 'erase', received: null, identifiers: ['email=bo@example.se'] },
    });
    const verified = (request: string) => verifyRequest(place.context, { request });
    await expect(verified(open.request)).rejects.toMatchObject({
      kind: 'usage',
      message: /nothing was changed/,
    });
    const { request } = await place.erase();
    await closed(place, request);
    await expect(verified(request ?? '')).rejects.toMatchObject({ kind: 'usage', message: /closed/ });
  });
});

describe('a copy that is asked for, too', () => {
  test('is made first, under the same request', async () => {
    const place = changeWorkspace();
    const file = join(place.dir, 'anna.zip');
    const result = await place.erase({ extract: { file } });
    expect(result).toMatchObject({ applied: true, extract: { file } });
    expect(existsSync(file)).toBe(true);
    const entries = await place.entries();
    expect(entries.indexOf('export written')).toBeLessThan(entries.indexOf('intent disable plan'));
  });

  test('is not written over a file that is there: refused before anything', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const file = join(place.dir, 'anna.zip');
    writeFileSync(file, 'handed out before');
    await expect(place.erase({ extract: { file } })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('exists already'),
    });
    expect(readFileSync(file, 'utf8')).toBe('handed out before');
    expect(place.dump()).toEqual(before);
    expect(existsSync(join(place.dir, '.dsr/ledger.db'))).toBe(false);
  });

  test('that fails stops the erasure', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const result = place.erase({ extract: { file: join(place.dir, 'nowhere', 'anna.zip') } });
    await expect(result).rejects.toMatchObject({ kind: 'usage' });
    expect(place.dump()).toEqual(before);
  });

  test('under a request of its own comes before the erasure', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const { request } = await openRequest(place.context, {
      ...{ type: 'export', received: null, identifiers: ['email=anna@example.se'] },
    });
    await expect(place.erase()).rejects.toMatchObject({ kind: 'decision', message: new RegExp(request) });
    expect(place.dump()).toEqual(before);
    await exportExtract(place.context, {
      ...{ identifiers: [], request, accept: [], reject: [], output: null, language: null },
      ...{ formats: ['json'], withhold: [], ground: null },
    });
    expect(await place.erase()).toMatchObject({ applied: true });
  });
});

describe('a source that does not answer', () => {
  test('is named, and the rest is done', async () => {
    const place = changeWorkspace();
    writeFileSync(
      join(place.dir, 'billing.db'),
      'this is no database, but a text long enough to be read as one',
    );
    const result = await place.erase();
    expect(result).toMatchObject({ applied: true, complete: false, verified: { residual: 0 } });
    expect(result.incomplete.join(' ')).toMatch(/billing was not searched/);
    expect(place.rows('crm', 'customers')).toHaveLength(1);
  });

  test('that refuses is rolled back whole and told, the others are done, and the request can be finished', async () => {
    const place = changeWorkspace();
    place.exec(
      'billing',
      `create trigger refuse before update on invoices begin select raise(abort, 'no: anna@example.se'); end`,
    );
    const result = await place.erase();
    expect(result).toMatchObject({
      applied: true,
      complete: false,
      outcomes: [
        { source: 'crm', outcome: 'committed' },
        { source: 'billing', outcome: 'rolled-back' },
      ],
      verified: { residual: 1, places: [{ collection: 'billing.invoices' }] },
    });
    expect(JSON.stringify(result.outcomes)).not.toContain('anna');
    expect(result.incomplete.join(' ')).toMatch(/billing: rolled back/);
    expect(place.rows('crm', 'customers')).toHaveLength(1);
    expect(await place.entries()).toContain('outcome billing rolled-back data');
    await withBooks(place.context, ({ work }) => {
      // Nothing is owed of what was not done.
      expect(work.obligations(null)).toEqual([]);
    });
    expect(seeds(place)).toBe(1);
    place.exec('billing', 'drop trigger refuse');
    const again = await place.erase({ identifiers: [], request: result.request });
    expect(again).toMatchObject({ request: result.request, applied: true, complete: true });
    expect(place.rows('billing', 'invoices')[0]).toMatchObject({ phone: null });
    expect(seeds(place)).toBe(0);
  });
});

describe('Ctrl-C', () => {
  test('before anything was committed changes nothing', async () => {
    const stop = new AbortController();
    const place = changeWorkspace({}, { signal: stop.signal });
    const before = place.dump();
    const result = place.erase({
      confirm: async () => {
        stop.abort();
        return true;
      },
    });
    await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
    expect(place.dump()).toEqual(before);
    expect((await place.entries()).slice(-2)).toEqual([
      'outcome crm rolled-back cancelled',
      'outcome billing rolled-back cancelled',
    ]);
    expect(place.plans()).toEqual([]);
  });

  test('after the logins were ended leaves the rest as it was, and says so', async () => {
    const stop = new AbortController();
    let held = 0;
    const place = changeWorkspace(
      {},
      {
        signal: stop.signal,
        report: ({ message }) => {
          if (message.startsWith('holding the plan')) held += 1;
          if (held === 2) stop.abort();
        },
      },
    );
    await expect(place.erase()).rejects.toMatchObject({
      kind: 'cancelled',
      message: 'cancelled; unchanged: billing; only the login ended: crm',
    });
    expect(place.rows('crm', 'customers')).toMatchObject([
      { id: 1, active: 0 },
      { id: 2, active: 1 },
    ]);
    expect((await place.entries()).slice(-4)).toEqual([
      'intent disable plan',
      'outcome crm committed',
      'outcome crm rolled-back cancelled',
      'outcome billing rolled-back cancelled',
    ]);
  });
});

function seeds({ dir }: ChangeWorkspace): number {
  const db = new Database(join(dir, '.dsr', 'work.db'), { readonly: true });
  try {
    return (db.prepare('select count(*) as n from seeds').get() as { n: number }).n;
  } finally {
    db.close();
  }
}
