import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/case/context.js';
import { type Books, withBooks } from '../../src/case/ledger-work.js';
import { changedBy, goneBy } from '../../src/case/receipt/changes.js';
import { openOf } from '../../src/case/receipt/open.js';
import { type Receipt, receiptOf } from '../../src/case/receipt/receipt.js';
import type { Story } from '../../src/case/receipt/story.js';
import { recordEvent } from '../../src/case/request/event.js';
import { openRequest } from '../../src/case/request/open.js';
import { requestSettings } from '../../src/case/request/rules.js';
import { workspaceAt } from '../../src/case/workspace.js';
import type { Intent, Outcome, PlanMade, Sha256, Verification } from '../../src/ledger/entry.js';
import type { RequestId } from '../../src/model/request.js';
import type { RequestType } from '../../src/work/words.js';
import '../harness/seed.js';
import { contextAt, workspace } from './request-support.js';

const MAP = `version: 1
controller:
  name: Onefin AB
  contact: contact@example.com
  authority: { name: IMY, url: https://www.imy.se }
  country: SE
  timezone: Europe/Stockholm
  language: sv
sources:
  crm:
    connector: sqlite
    connection: crm.db
    backups: { rotation: { months: 1, days: 5 } }
    information: { recipients: [] }
    collections:
      customers: { subject: customer, system: [id], fields: { email: { category: user.contact.email, identifier: email } }, erase: delete }
      notes: { system: [id], fields: { customer_id: { references: customers.id, relation: owned-by } }, erase: delete }
  billing:
    connector: sqlite
    connection: billing.db
    backups: none
    collections:
      invoices:
        system: [id, day]
        fields: { customer_id: { references: crm.customers.id, relation: owned-by } }
        erase: delete
        retain: { ground: legal-obligation, until: { field: day, plus: { years: 7 } } }
`;

type Actions = PlanMade['actions'];

const DEFAULT: Actions = [
  { collection: 'crm.customers', action: 'delete', ground: null, records: 1 },
  { collection: 'billing.invoices', action: 'delete', ground: null, records: 2 },
  { collection: 'billing.invoices', action: 'keep', ground: 'legal-obligation', records: 3 },
];

/** A request, and its entries written one by one, as an operation would. */
interface Case {
  readonly request: RequestId;
  readonly context: Context;
  /** From here on it is so late. */
  at(now: string): void;
  plan(name: string, actions?: Actions, request?: RequestId | null): void;
  search(action: Intent['action'], complete?: boolean): void;
  intent(name: string, action?: Intent['action']): number;
  outcome(
    intent: number,
    source: string,
    outcome: Outcome['outcome'],
    records?: Readonly<Record<string, number>>,
  ): void;
  verified(
    places?: Readonly<Record<string, number>>,
    unread?: readonly string[],
    deep?: true,
    partial?: true,
  ): void;
  owe(...records: readonly Owed[]): void;
  hold(whom?: 'person' | 'collection'): void;
  close(): void;
  receipt(): Promise<Receipt>;
}

interface Owed {
  readonly key: string;
  readonly until: string;
  readonly collection?: string;
  readonly role?: 'own' | 'husk';
  readonly ground?: string;
  readonly hold?: 'H1';
}

const hashOf = (name: string): Sha256 => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;

async function withCase(use: (the: Case) => Promise<void>, type: RequestType = 'erase'): Promise<void> {
  let time = '2026-11-25T09:00:00Z';
  const clock = { now: () => new Date(time), rehearsed: false };
  const context = { ...contextAt(workspace(MAP), time).context, clock };
  const opened = await openRequest(context, { type, received: null, identifiers: ['anna@example.se'] });
  const { request } = opened;
  const by = { operator: 'per', request };
  await withBooks(context, async (books) => {
    const { ledger, work } = books;
    const subject = work.subject(request);
    const map = hashOf('map');
    await use({
      request,
      context,
      at: (now) => {
        time = now;
      },
      plan: (name, actions = DEFAULT, under = request) => {
        ledger.append({
          ...{ kind: 'plan', operator: 'per', request: under, plan: hashOf(name), map, subject, actions },
        });
      },
      search: (action, complete = false) => {
        const intent = ledger.append({ kind: 'intent', action, ...by, subject, map, plan: null });
        const sources = { crm: 'searched', billing: 'searched' } as const;
        ledger.append({
          ...{ kind: 'find', ...by, subject, map, intent, complete, sources, collections: {}, open: 0 },
          ...{ outcome: 'answered', failure: null },
        });
      },
      intent: (name, action = 'erase') =>
        ledger.append({ kind: 'intent', action, ...by, subject, map, plan: hashOf(name) }),
      outcome: (intent, source, outcome, records = {}) => {
        ledger.append({ kind: 'outcome', ...by, intent, source, outcome, records, failure: null });
      },
      verified: (places = {}, unread = [], deep, partial) => {
        const entry = verification(by, subject, places, unread);
        const seen = partial === true ? { partial } : {};
        ledger.append(deep === true ? { ...entry, deep, ...seen } : entry);
      },
      owe: (...records) => {
        work.recordObligations(
          records.map(({ key, until, collection = 'billing.invoices', role = 'own', ground, hold }) => ({
            ...{ collection, key: JSON.stringify([key]), role, until, request },
            ...{ ground: ground ?? 'legal-obligation', law: null, hold: hold ?? null },
          })),
        );
      },
      hold: (whom = 'collection') => {
        const what =
          whom === 'person' ? { collection: null, subject } : { collection: 'billing.invoices', subject: [] };
        const about = { ground: 'legal-claims', ...what };
        work.addHold({ ...about, operator: 'per', above: () => 0 }, () => undefined);
      },
      close: () => closeCase(context, books, request),
      receipt: () => receiptOf(context, request),
    });
  });
}

function verification(
  by: { readonly operator: string; readonly request: RequestId },
  subject: Verification['subject'],
  places: Readonly<Record<string, number>>,
  unread: readonly string[],
): Verification {
  const residual = Object.values(places).reduce((sum, records) => sum + records, 0);
  const status = (source: string) => (unread.includes(source) ? 'unreachable' : 'searched');
  const sources = { crm: status('crm'), billing: status('billing') } as const;
  return { kind: 'verification', ...by, subject, sources, residual, places };
}

function closeCase(context: Context, books: Books, request: RequestId): void {
  for (const event of ['answered', 'closed'] as const) {
    recordEvent(context, books, requestSettings(context), request, event);
  }
}

const kinds = ({ open }: Receipt) =>
  open.map(({ kind, source, collection, records }) =>
    [kind, collection ?? source, records].filter((word) => word !== null).join(' '),
  );
const goneIn = ({ gone }: Receipt) =>
  gone.map(({ collection, action, records }) => `${collection} ${action} ${records}`);

describe('what is gone', () => {
  it('is what a search after the last change found gone; before that it is changed, not verified', () =>
    withCase(async (the) => {
      the.plan('one');
      const intent = the.intent('one');
      the.outcome(intent, 'crm', 'committed', { 'crm.customers': 1 });
      the.outcome(intent, 'billing', 'committed', { 'billing.invoices': 4 });
      const before = await the.receipt();
      expect(goneIn(before)).toEqual([]);
      expect(before.verified).toBeNull();
      expect(kinds(before)).toEqual(['not-verified crm 1', 'not-verified billing 4']);
      the.verified();
      const after = await the.receipt();
      expect(goneIn(after)).toEqual([
        'crm.customers delete 1',
        'billing.invoices delete 2',
        // Four were changed there and two deleted: two were kept and lost fields.
        'billing.invoices minimise 2',
      ]);
      expect(kinds(after)).toEqual([]);
    }));

  it('is nothing of a source that could not be searched again, until it was', () =>
    withCase(async (the) => {
      the.plan('one');
      const intent = the.intent('one');
      the.outcome(intent, 'crm', 'committed');
      the.outcome(intent, 'billing', 'committed');
      the.verified({}, ['billing']);
      const first = await the.receipt();
      expect(goneIn(first)).toEqual(['crm.customers delete 1']);
      expect(kinds(first)).toEqual(['not-verified billing 2']);
      the.verified({}, ['crm']);
      const second = await the.receipt();
      expect(goneIn(second)).toEqual(['crm.customers delete 1', 'billing.invoices delete 2']);
      expect(kinds(second)).toEqual([]);
    }));

  it('is nothing once something was found again, nor by a search before the last change', () =>
    withCase(async (the) => {
      the.plan('one');
      the.outcome(the.intent('one'), 'crm', 'committed');
      the.verified();
      the.verified({ 'crm.customers': 1 });
      const found = await the.receipt();
      expect(goneIn(found)).toEqual([]);
      expect(kinds(found)).toContain('residue crm.customers 1');
      the.plan('two', DEFAULT.slice(0, 1));
      the.outcome(the.intent('two'), 'crm', 'committed');
      const again = await the.receipt();
      // What was found then was changed since.
      expect(kinds(again).filter((kind) => kind.startsWith('residue'))).toEqual([]);
      expect(kinds(again)).toContain('not-verified crm 2');
      the.verified();
      expect(goneIn(await the.receipt())).toEqual(['crm.customers delete 2']);
    }));
});

it('what only a deep search finds is open until a deep one finds it no more', () =>
  withCase(async (the) => {
    the.plan('one', DEFAULT.slice(0, 1));
    the.outcome(the.intent('one'), 'crm', 'committed');
    the.verified({ 'crm.audit_log': 3 }, [], true);
    const found = await the.receipt();
    expect(found.verified).toMatchObject({ deep: true, residual: 3 });
    expect(kinds(found)).toEqual(['not-verified crm 1', 'residue crm.audit_log 3']);
    the.verified();
    const { open } = await the.receipt();
    expect(open).toEqual([
      {
        ...{ kind: 'residue', source: 'crm', collection: 'crm.audit_log', records: 3 },
        why: 'found by the deep search, and not searched that deep since',
        next: `dsr verify ${the.request} --deep`,
      },
    ]);
    the.verified({}, [], true);
    expect(kinds(await the.receipt())).toEqual([]);
  }));

describe('what no search saw', () => {
  const erased = (the: Case) => {
    the.plan('a');
    const intent = the.intent('a');
    the.outcome(intent, 'crm', 'committed', { 'crm.customers': 1 });
    the.outcome(intent, 'billing', 'committed', { 'billing.invoices': 2 });
    the.owe(...['1', '2', '3'].map((key) => ({ key, until: '2034-01-01', collection: 'billing.invoices' })));
    the.verified();
  };
  const open = async (the: Case) =>
    (await the.receipt()).open.map(({ kind, source, next }) => ({ kind, source, next }));

  it('is open after a deep search that could not see all, until one does', () =>
    withCase(async (the) => {
      erased(the);
      expect((await the.receipt()).verified).toMatchObject({ deep: false, partial: false });
      expect(await open(the)).toEqual([]);
      the.verified({}, [], true, true);
      expect((await the.receipt()).verified).toMatchObject({ deep: true, partial: true });
      const next = `dsr verify ${the.request} --deep`;
      expect(await open(the)).toEqual([{ kind: 'not-searched', source: null, next }]);
      the.verified();
      expect(await open(the)).toHaveLength(1);
      the.verified({}, ['billing'], true, true);
      expect(await open(the)).toEqual([{ kind: 'not-searched', source: 'billing', next }]);
      the.close();
      expect(await open(the)).toEqual([
        { kind: 'not-searched', source: 'billing', next: 'dsr find IDENTIFIER --deep' },
      ]);
      the.verified({}, [], true);
      expect(await open(the)).toEqual([]);
    }));

  it('is what stands in a source that the map does not have any more', () =>
    withCase(async (the) => {
      erased(the);
      writeFileSync(workspaceAt(the.context.workspace).map, `${MAP.slice(0, MAP.indexOf('  billing:'))}`);
      expect(await open(the)).toEqual([{ kind: 'not-searched', source: 'billing', next: null }]);
    }));
});

describe('what to call next', () => {
  const rolledBack = (the: Case) => {
    the.plan('a');
    const intent = the.intent('a');
    the.outcome(intent, 'crm', 'committed', { 'crm.customers': 1 });
    the.outcome(intent, 'billing', 'rolled-back');
  };
  const nexts = async (the: Case) => (await the.receipt()).open.map(({ kind, next }) => [kind, next]);

  it('is nothing that a closed request refuses', () =>
    withCase(async (the) => {
      rolledBack(the);
      expect(await nexts(the)).toEqual([
        ['not-done', `dsr erase --request ${the.request}`],
        ['not-verified', `dsr verify ${the.request}`],
      ]);
      the.close();
      expect(await nexts(the)).toEqual([
        ['not-done', 'dsr erase IDENTIFIER'],
        ['not-verified', 'dsr find IDENTIFIER'],
      ]);
    }));

  it('is to release the hold that keeps the person', () =>
    withCase(async (the) => {
      the.hold('person');
      await expect(the.receipt()).rejects.toMatchObject({
        message: `nothing was changed yet under request ${the.request}: hold H1 keeps the person's data, so there is no receipt`,
        hint: '`dsr hold list` says on which ground; `dsr hold release H1` brings the erasure back',
      });
      rolledBack(the);
      expect((await nexts(the))[0]).toEqual(['not-done', 'dsr hold release H1']);
    }));
});

describe('what was not done', () => {
  it('names a source that was rolled back, and one of which nobody knows', () =>
    withCase(async (the) => {
      the.plan('one');
      const intent = the.intent('one');
      the.outcome(intent, 'crm', 'unknown');
      the.outcome(intent, 'billing', 'rolled-back');
      the.verified({ 'billing.invoices': 2 });
      const receipt = await the.receipt();
      expect(receipt.erased).toEqual([]);
      expect(kinds(receipt)).toEqual(['unknown crm', 'not-done billing', 'residue billing.invoices 2']);
      expect(receipt.open.map(({ next }) => next)).toEqual([
        `dsr resume ${the.request}`,
        `dsr erase --request ${the.request}`,
        `dsr verify ${the.request}`,
      ]);
    }));

  it('takes a change whose answer was lost for done once a search finds it so', () =>
    withCase(async (the) => {
      the.plan('one', DEFAULT.slice(0, 1));
      the.outcome(the.intent('one'), 'crm', 'unknown');
      // It may have been done at any time until then: a backup made before may hold it for longer.
      the.at('2026-11-28T09:00:00Z');
      the.verified();
      const receipt = await the.receipt();
      expect(receipt.erased).toMatchObject([{ collection: 'crm.customers', records: 1, committed: null }]);
      expect(receipt.backups).toMatchObject([{ source: 'crm', until: '2027-01-02' }]);
      expect(kinds(receipt)).toEqual([]);
    }));

  it('goes by what `resume` was told later of the same try', () =>
    withCase(async (the) => {
      the.plan('one', DEFAULT.slice(0, 1));
      const intent = the.intent('one');
      the.outcome(intent, 'crm', 'unknown');
      the.outcome(intent, 'crm', 'committed');
      the.verified();
      const receipt = await the.receipt();
      expect(receipt.erased).toMatchObject([{ committed: '2026-11-25T09:00:00.000Z' }]);
    }));

  it('says so of a process that died with nothing told, and of a login that was ended and no more', () =>
    withCase(async (the) => {
      the.plan('one', DEFAULT.slice(0, 1));
      the.intent('one');
      expect(kinds(await the.receipt())).toEqual(['unknown crm']);
      the.plan('two', DEFAULT.slice(0, 1));
      the.outcome(the.intent('two', 'disable'), 'crm', 'committed', { 'crm.customers': 1 });
      the.outcome(the.intent('two'), 'crm', 'rolled-back');
      const receipt = await the.receipt();
      expect(receipt.open.map(({ why }) => why)).toContain('the login was ended there, and nothing else');
      expect(receipt.erased).toEqual([]);
    }));

  it('leaves a task open until a later search finds none', () =>
    withCase(async (the) => {
      const task = { collection: 'crm.notes', action: 'manual', ground: null, records: 2 } as const;
      the.plan('one', [...DEFAULT.slice(0, 1), task]);
      the.outcome(the.intent('one'), 'crm', 'committed');
      the.verified();
      expect(kinds(await the.receipt())).toEqual(['task crm.notes 2']);
      the.search('find', true);
      expect(kinds(await the.receipt())).toEqual(['task crm.notes 2']);
      the.search('erase', true);
      expect(kinds(await the.receipt())).toEqual([]);
    }));

  it('names a source that was never searched', () =>
    withCase(async (the) => {
      the.plan('one', DEFAULT.slice(0, 1));
      the.outcome(the.intent('one'), 'crm', 'committed');
      the.verified({}, ['billing']);
      expect(kinds(await the.receipt())).toEqual(['not-searched billing']);
    }));
});

describe('what was kept', () => {
  const erased = (the: Case) => {
    the.plan('one');
    const intent = the.intent('one');
    the.outcome(intent, 'crm', 'committed');
    the.outcome(intent, 'billing', 'committed');
    the.verified();
  };

  it('is told by what is owed today, a hold and a husk as such; what is owed no longer has ended', () =>
    withCase(async (the) => {
      erased(the);
      the.hold();
      const masked = { collection: 'crm.customers', role: 'husk' } as const;
      the.owe(
        { key: '1', until: '2033-02-01' },
        { key: '2', until: '9999-12-31', hold: 'H1', ground: 'legal-claims' },
        { key: '3', until: '2033-02-01', ...masked },
        { key: '4', until: '2034-02-01', role: 'husk' },
      );
      const { kept, ended } = await the.receipt();
      const law = null;
      expect(kept).toEqual([
        {
          ...{ collection: 'billing.invoices', masked: false, ground: 'legal-obligation', law },
          ...{ until: '2033-02-01', hold: null, records: 1 },
        },
        {
          ...{ collection: 'crm.customers', masked: true, ground: 'legal-obligation', law },
          ...{ until: '2033-02-01', hold: null, records: 1 },
        },
        {
          ...{ collection: 'billing.invoices', masked: true, ground: 'legal-obligation', law },
          ...{ until: '2034-02-01', hold: null, records: 1 },
        },
        {
          ...{ collection: 'billing.invoices', masked: false, ground: 'legal-claims', law },
          ...{ until: null, hold: 'H1', records: 1 },
        },
      ]);
      expect(ended).toEqual([{ collection: 'billing.invoices', records: 2, ground: 'legal-obligation' }]);
    }));

  it('without a date stays told, also when the case is closed', () =>
    withCase(async (the) => {
      const shared = {
        collection: 'crm.notes',
        action: 'keep',
        ground: 'third-party-rights',
        records: 4,
      } as const;
      the.plan('one', [...DEFAULT.slice(0, 1), shared]);
      the.outcome(the.intent('one'), 'crm', 'committed');
      the.verified();
      const open = await the.receipt();
      expect(open.kept).toMatchObject([{ collection: 'crm.notes', records: 4, until: null }]);
      expect(open.ended).toEqual([]);
      the.close();
      expect(await the.receipt()).toEqual({ ...open, status: 'closed' });
    }));

  it('and may go since yesterday is open; from today it is not yet', () =>
    withCase(async (the) => {
      erased(the);
      the.owe({ key: '1', until: '2026-11-25' });
      expect(kinds(await the.receipt())).toEqual([]);
      the.owe({ key: '2', until: '2026-11-24' });
      const receipt = await the.receipt();
      expect(kinds(receipt)).toEqual(['overdue billing.invoices 1']);
      expect(receipt.open[0]).toMatchObject({ why: 'it may go since 2026-11-24', next: 'dsr sweep' });
    }));

  it('is not overdue while a hold keeps the person', () =>
    withCase(async (the) => {
      erased(the);
      the.owe({ key: '1', until: '2026-11-24' });
      the.hold('person');
      const receipt = await the.receipt();
      expect(receipt.kept).toMatchObject([{ until: '2026-11-24', hold: 'H1', ground: 'legal-obligation' }]);
      expect(kinds(receipt)).toEqual([]);
    }));

  it('and nothing else, is a receipt too: there was nothing to change', () =>
    withCase(async (the) => {
      the.search('erase');
      the.plan('one', DEFAULT.slice(2));
      the.verified();
      the.owe(...['1', '2', '3'].map((key) => ({ key, until: '2033-02-01' })));
      const receipt = await the.receipt();
      const none = { erased: [], gone: [], backups: [], leftovers: [], open: [], ended: [] };
      expect(receipt).toMatchObject(none);
      expect(receipt.kept).toMatchObject([{ records: 3 }]);
    }));
});

describe('the map', () => {
  it('tells backups and recipients as it is now, and that it is another than the plan’s', () =>
    withCase(async (the) => {
      the.plan('one');
      const intent = the.intent('one');
      the.outcome(intent, 'crm', 'committed');
      the.outcome(intent, 'billing', 'committed');
      const { backups, recipients, map } = await the.receipt();
      expect(backups).toEqual([
        {
          ...{ source: 'crm', state: 'until', until: '2026-12-30' },
          why: 'changed on 2026-11-25; backups are kept for 1 month and 5 days',
        },
        { source: 'billing', state: 'none', until: null, why: 'the map says that there are none' },
      ]);
      expect(recipients).toEqual([{ name: null, collections: ['billing.invoices'], confirmed: null }]);
      expect(map.applied).toBe(hashOf('map'));
      expect(map.now).not.toBe(map.applied);
    }));

  it('says when the last backup was written over', () =>
    withCase(async (the) => {
      the.plan('one', DEFAULT.slice(0, 1));
      the.outcome(the.intent('one'), 'crm', 'committed');
      const clock = (time: string) => ({ now: () => new Date(time), rehearsed: false });
      const stateAt = async (time: string) =>
        (await receiptOf({ ...the.context, clock: clock(time) }, the.request)).backups[0]?.state;
      expect(await stateAt('2026-12-29T22:59:00Z')).toBe('until');
      expect(await stateAt('2026-12-29T23:01:00Z')).toBe('over');
    }));
});

describe('a receipt', () => {
  it('finds a saved plan that was drawn up under no request', () =>
    withCase(async (the) => {
      the.plan('saved', DEFAULT.slice(0, 1), null);
      the.outcome(the.intent('saved'), 'crm', 'committed');
      expect((await the.receipt()).erased).toMatchObject([{ collection: 'crm.customers', records: 1 }]);
    }));

  it.each([
    ['erase', 'dsr erase --request R-2026-0001'],
    ['rectify', 'dsr rectify --request R-2026-0001 --set NAME=VALUE'],
    ['export', 'a receipt tells what was erased or rectified; an extract says of itself what it holds'],
  ] as const)('is refused where nothing was changed: %s', (type, hint) =>
    withCase(async (the) => {
      await expect(the.receipt()).rejects.toMatchObject({ kind: 'usage', hint });
      the.search('erase');
      the.plan('dry-run');
      the.search('verify');
      the.verified();
      await expect(the.receipt()).rejects.toMatchObject({ message: /nothing was changed yet/ });
      const intent = the.intent('dry-run');
      the.outcome(intent, 'crm', 'rolled-back');
      the.outcome(intent, 'billing', 'rolled-back');
      await expect(the.receipt()).rejects.toMatchObject({ message: /all was rolled back/ });
    }, type),
  );

  it('calls nothing gone that a simple reading of the entries does not', () => {
    const change = fc.record({
      kind: fc.constant('change' as const),
      source: fc.constantFrom('crm', 'billing'),
      outcome: fc.constantFrom('committed', 'rolled-back', 'unknown'),
    });
    const search = fc.record({
      kind: fc.constant('search' as const),
      found: fc.integer({ min: 0, max: 1 }),
      unread: fc.subarray(['crm', 'billing']),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(change, search), { minLength: 1, maxLength: 8 }), (events) => {
        const changes = events.flatMap((event, at) => (event.kind === 'change' ? [{ ...event, at }] : []));
        const searches = events.flatMap((event, at) => (event.kind === 'search' ? [{ ...event, at }] : []));
        const at = '2026-11-25T09:00:00.000Z';
        const by = { operator: 'per', request: 'R-2026-0001' } as const;
        const story: Story = {
          plans: changes.map(({ source, outcome, at: seq }) => {
            const made = {
              kind: 'plan',
              ...by,
              plan: hashOf(`${seq}`),
              map: hashOf('map'),
              subject: [],
            } as const;
            const told = { kind: 'outcome', ...by, intent: seq, source, outcome, failure: null } as const;
            const actions = DEFAULT.filter(
              ({ collection, action }) => collection.startsWith(source) && action === 'delete',
            );
            return {
              made: { ...made, actions, at, seq },
              sources: new Map([[source, { ...told, records: {}, at, seq }]]),
              logins: new Map(),
              announced: seq,
            };
          }),
          verifications: searches.map(({ found, unread, at: seq }) => ({
            ...verification(by, [], found === 0 ? {} : { 'crm.customers': found }, unread),
            ...{ at, seq },
          })),
          complete: [],
          operators: [],
        };
        const clean = (name: string) =>
          searches.at(-1)?.found === 0 &&
          searches.some(
            (each) =>
              each.found === 0 &&
              !each.unread.includes(name) &&
              changes.every((one) => one.source !== name || one.at < each.at),
          );
        const changed = changedBy(story);
        const gone = goneBy(story, changed);
        const request = { request: by.request, type: 'erase', status: 'open', held: null } as const;
        const mapped = ['crm', 'billing'];
        const open = openOf({
          request,
          story,
          changed,
          kept: [],
          uncompacted: [],
          mapped,
          today: '2026-11-25',
        });
        for (const name of ['crm', 'billing']) {
          const own = changes.filter(({ source }) => source === name);
          // A try that was rolled back may stand beside one that was not.
          const landed = own.filter(
            ({ outcome }) => outcome === 'committed' || (outcome === 'unknown' && clean(name)),
          );
          const isGone = gone.some(({ collection }) => collection.startsWith(name));
          expect(isGone).toBe(landed.length > 0 && clean(name));
          const isOpen = open.some(
            ({ source, kind }) => source === name && kind !== 'residue' && kind !== 'not-searched',
          );
          expect(isOpen).toBe(own.length > 0 && !clean(name));
        }
      }),
      { numRuns: 500 },
    );
  });
});
