import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addHold, listHolds, releaseHold } from '../../src/case/hold/hold.js';
import { heldRequests, releasedErasures } from '../../src/case/hold/release.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { recordEvent } from '../../src/case/request/event.js';
import { requestSettings } from '../../src/case/request/rules.js';
import { codeOfChange } from '../../src/cli/exit-code.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

const ground = 'legal-claims';
const onAnna = { identifiers: ['email=anna@example.se'], request: null, collection: null, ground } as const;
const onInvoices = { identifiers: [], request: null, collection: 'billing.invoices', ground } as const;

const released = ({ context }: ChangeWorkspace) => withBooks(context, releasedErasures);
const obligations = ({ context }: ChangeWorkspace) =>
  withBooks(context, ({ work }) =>
    work
      .obligations(null)
      .map(({ collection, role, until, hold }) => `${collection} ${role} ${until} ${hold}`),
  );

describe('a hold on a person', () => {
  test('stops the erasure before anything is changed, and says which, why, who and since when', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    const before = place.dump();
    const result = await place.erase();
    expect(result).toMatchObject({
      stopped: 'held',
      applied: false,
      request: 'R-2026-0001',
      complete: false,
    });
    expect(result.incomplete[0]).toBe(
      'H1 holds this person’s erasure: legal-claims, since 2026-11-25, by tester',
    );
    expect(result.actions).not.toEqual([]);
    expect(place.shown).toHaveLength(1);
    expect(codeOfChange(result)).toBe(4);
    expect(place.dump()).toEqual(before);
    expect(await listHolds(place.context, { all: false })).toMatchObject([
      { hold: 'H1', person: true, identifiers: 2, requests: ['R-2026-0001'] },
    ]);
  });

  test('stops a dry run, too, which opens no request', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    const result = await place.erase({ dryRun: true });
    expect(result).toMatchObject({ stopped: 'held', request: null });
    expect(codeOfChange(result)).toBe(4);
    expect(await listHolds(place.context, { all: false })).toMatchObject([{ requests: [] }]);
  });

  test.each([
    ['the personnummer, where the e-mail was given', ['personnummer=199006022397'], {}],
    ['whatever the reason', onAnna.identifiers, { reason: 'consent-withdrawn' } as const],
    ['the e-mail, where the personnummer was given', onAnna.identifiers, { identifiers: ['199006022397'] }],
  ])('is told by %s', async (_, identifiers, more) => {
    const place = changeWorkspace();
    await addHold(place.context, { ...onAnna, identifiers });
    expect(await place.erase(more)).toMatchObject({ stopped: 'held' });
    expect(await place.erase({ identifiers: ['email=bo@example.se'] })).toMatchObject({ applied: true });
  });

  test('is told by the person of a request, with what was learnt there', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    const hold = await addHold(place.context, { ...onAnna, identifiers: [], request });
    expect(hold).toMatchObject({ identifiers: 2 });
    expect(await place.erase({ identifiers: ['199006022397'] })).toMatchObject({ stopped: 'held' });
  });

  test('lets a correction through', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    const set = [{ name: 'billing.invoices.phone', value: '070-1740607' }];
    expect(await place.rectify(set)).toMatchObject({ applied: true, stopped: null });
  });

  test('goes with the person when the identifier that it was given is corrected', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    await place.rectify([{ name: 'email', value: 'anna.lind@example.se' }]);
    place.exec('crm', 'update customers set personnummer = null where id = 1');
    const identifiers = ['anna.lind@example.se'];
    expect(await place.erase({ identifiers })).toMatchObject({ stopped: 'held', applied: false });
  });

  test('stops a saved plan that was drawn up before it', async () => {
    const place = changeWorkspace();
    const file = join(place.dir, 'plan.jsonl');
    await place.erase({ dryRun: true, planOut: file });
    await addHold(place.context, onAnna);
    const before = place.dump();
    expect(await place.apply(file)).toMatchObject({ stopped: 'held', request: 'R-2026-0001' });
    expect(place.dump()).toEqual(before);
  });

  test('put on while the plan is being read stops it, too', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const confirm = async () => {
      await addHold(place.context, onAnna);
      return true;
    };
    const result = await place.erase({ confirm });
    expect(result).toMatchObject({ stopped: 'stale', applied: false });
    expect(result.incomplete[0]).toMatch(/H1 was put on this person meanwhile/);
    expect(place.dump()).toEqual(before);
    expect((await releaseHold(place.context, 'h1')).back.requests).toEqual([result.request]);
  });

  test('brings the erasure back when the last one is released, until it is carried out', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    await addHold(place.context, { ...onAnna, identifiers: ['199006022397'] });
    const { request } = await place.erase();
    expect((await releaseHold(place.context, 'H1')).back).toEqual({ requests: [], records: 0 });
    expect(await released(place)).toEqual([]);
    expect((await releaseHold(place.context, 'H2')).back).toEqual({ requests: [request], records: 0 });
    expect(await released(place)).toEqual([request]);
    expect(await place.erase({ request, identifiers: [] })).toMatchObject({ applied: true });
    expect(await released(place)).toEqual([]);
    expect(await listHolds(place.context, { all: false })).toEqual([]);
    expect(await listHolds(place.context, { all: true })).toMatchObject([
      { hold: 'H1', releasedBy: 'tester', requests: [] },
      { hold: 'H2', requests: [] },
    ]);
  });

  test('added after the release of another keeps the erasure from coming back', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    const { request } = await place.erase();
    await addHold(place.context, onAnna);
    expect((await releaseHold(place.context, 'H1')).back.requests).toEqual([]);
    await releaseHold(place.context, 'H2');
    expect(await released(place)).toEqual([request]);
  });

  test('needs a strong identifier, and one thing to hold', async () => {
    const { context } = changeWorkspace();
    const weak = addHold(context, { ...onAnna, identifiers: ['phone=070-1740605'] });
    await expect(weak).rejects.toThrow(/tells who it is for certain/);
    const both = addHold(context, { ...onInvoices, identifiers: onAnna.identifiers });
    await expect(both).rejects.toThrow(/not on both/);
    const unknown = addHold(context, { ...onInvoices, collection: 'billing.bills' });
    await expect(unknown).rejects.toThrow(/no collection of that name/);
    expect(await listHolds(context, { all: true })).toEqual([]);
  });

  test('stands in the ledger, and nothing of the person beside it', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    await releaseHold(place.context, 'H1');
    expect(await place.entries()).toEqual(['hold', 'hold']);
    for (const file of ['ledger.db', 'work.db']) expect(place.state(file)).not.toContain('anna@example.se');
  });

  test('is missed where the work file was lost, and its number not given again', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    rmSync(join(place.dir, '.dsr', 'work.db'));
    await expect(listHolds(place.context, { all: false })).rejects.toThrow(/holds up to H1/);
    expect(await addHold(place.context, onAnna)).toMatchObject({ hold: 'H2' });
  });
});

describe('a request whose erasure is held', () => {
  const close = (place: ChangeWorkspace, request: string | null) =>
    withBooks(place.context, (books) => {
      const id = books.work.request(request ?? '').request;
      return recordEvent(place.context, books, requestSettings(place.context), id, 'closed');
    });
  const tell = (place: ChangeWorkspace, request: string | null, event: 'answered' | 'refused') =>
    withBooks(place.context, (books) => {
      const id = books.work.request(request ?? '').request;
      return recordEvent(place.context, books, requestSettings(place.context), id, event);
    });

  test('is not closed before it was carried out', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    const { request } = await place.erase();
    await tell(place, request, 'answered');
    await expect(close(place, request)).rejects.toThrow(/waits for H1 to be released/);
    await releaseHold(place.context, 'H1');
    await expect(close(place, request)).rejects.toThrow(/comes back, now that H1 is released/);
    await place.erase({ request, identifiers: [] });
    expect(await close(place, request)).toMatchObject({ status: 'closed' });
  });

  test('does not come back once it was refused', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onAnna);
    const { request } = await place.erase();
    await tell(place, request, 'refused');
    expect(await listHolds(place.context, { all: false })).toMatchObject([{ requests: [] }]);
    await close(place, request);
    expect((await releaseHold(place.context, 'H1')).back.requests).toEqual([]);
  });

  test('is known by what its erasure learnt, also after it was closed', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    await tell(place, request, 'answered');
    await close(place, request);
    await addHold(place.context, { ...onAnna, identifiers: ['199006022397'] });
    expect([...(await withBooks(place.context, heldRequests))]).toEqual([[request, 'H1']]);
    await releaseHold(place.context, 'H1');
    expect(await withBooks(place.context, heldRequests)).toEqual(new Map());
  });
});

describe('a hold on a collection', () => {
  test('keeps its records as they are, with its ground, and the rest goes', async () => {
    const place = changeWorkspace();
    const invoices = place.rows('billing', 'invoices');
    await addHold(place.context, onInvoices);
    const result = await place.erase();
    expect(result).toMatchObject({ applied: true, complete: true, stopped: null });
    expect(codeOfChange(result)).toBe(0);
    expect(place.rows('billing', 'invoices')).toEqual(invoices);
    expect(place.rows('crm', 'customers')).toHaveLength(1);
    expect(result.actions.find(({ collection }) => collection === 'billing.invoices')).toMatchObject({
      ...{ action: 'keep', records: 1, ground, law: null, until: null, why: 'hold H1', fields: [] },
    });
    expect(await obligations(place)).toEqual(['billing.invoices own 9999-12-31 H1']);
    expect(await listHolds(place.context, { all: false })).toMatchObject([
      { collection: 'billing.invoices', person: false, identifiers: 0, requests: [result.request] },
    ]);
    expect((await releaseHold(place.context, 'H1')).back).toEqual({ requests: [], records: 1 });
    expect(await obligations(place)).toEqual(['billing.invoices own 2026-11-25 null']);
  });

  test('leaves what the reason does not cover to that', async () => {
    const place = changeWorkspace();
    await addHold(place.context, onInvoices);
    const result = await place.erase({ reason: 'consent-withdrawn' });
    const told = result.actions.find(({ collection }) => collection === 'billing.invoices');
    expect(told?.ground).toBe('not-covered');
    expect(await obligations(place)).toEqual([]);
  });

  test('put on while the plan is being read makes it stale', async () => {
    const place = changeWorkspace();
    const before = place.dump();
    const confirm = async () => {
      await addHold(place.context, onInvoices);
      return true;
    };
    expect(await place.erase({ confirm })).toMatchObject({ stopped: 'stale', applied: false });
    expect(place.dump()).toEqual(before);
    expect(await place.erase()).toMatchObject({ applied: true });
  });

  test('keeps a name in somebody else’s record, and the request is asked for again after it', async () => {
    const place = changeWorkspace();
    place.exec('billing', 'alter table invoices add column agent text');
    place.exec('billing', `update invoices set agent = 'bo@example.se' where id = 10`);
    place.editMap(({ sources }) => {
      const invoices = sources.billing?.collections.invoices;
      if (invoices === undefined) throw new Error('the map has no invoices');
      invoices.fields.agent = { category: 'user.contact.email', identifier: 'email', relation: 'mentions' };
    });
    place.exec('billing', 'delete from invoices where id = 20');
    await addHold(place.context, onInvoices);
    const { request, complete } = await place.erase({ identifiers: ['email=bo@example.se'] });
    expect(complete).toBe(true);
    expect(place.rows('billing', 'invoices')).toMatchObject([{ agent: 'bo@example.se' }]);
    expect((await releaseHold(place.context, 'H1')).back.requests).toEqual([request]);
    // Retained by law since: the record, with the name in it, is no other than before the hold.
    place.exec('billing', `update invoices set invoice_date = '2010-02-01'`);
    await place.erase({ request, identifiers: [] });
    expect(place.rows('billing', 'invoices')).toMatchObject([{ agent: null }]);
    expect(await released(place)).toEqual([]);
  });
});
