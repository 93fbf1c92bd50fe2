import { describe, expect, it } from 'vitest';
import { DsrError } from '../../src/model/error.js';
import type { Hooks } from '../support/memory-connector.js';
import {
  failAt,
  type Landscape,
  LOST,
  landscape,
  type Made,
  REFUSED,
  SPECS,
  type Spec,
} from './landscape.js';

const WITHOUT_DISABLE = SPECS.filter(({ group }) => group.action !== 'disable');

async function crmWith(crm: Hooks, made: Made = {}): Promise<Landscape> {
  return landscape({ specs: WITHOUT_DISABLE, ...made, hooks: { ...made.hooks, crm } });
}

const everything = ({ dump }: Landscape) => JSON.stringify([dump('crm'), dump('shop')]);

async function refusal(made: Landscape, changed: Parameters<Landscape['apply']>[0] = {}): Promise<DsrError> {
  const error = await made.apply(changed).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DsrError);
  return error as DsrError;
}

describe('before the first write', () => {
  const steps = [
    ['open', 1],
    ['lock', 1],
    ['lock', 2],
    ['find', 1],
  ] as const;
  it.each(steps)('changes nothing anywhere when %s %i fails, and says so', async (op, nth) => {
    const made = await crmWith(failAt(op, LOST, nth));
    const before = everything(made);
    expect(await refusal(made)).toMatchObject({ kind: 'transient' });
    expect(everything(made)).toBe(before);
    expect(made.events.filter((event) => /intent|outcome/.test(event))).toEqual([]);
  });

  it('leaves nothing open', async () => {
    const made = await crmWith(failAt('find', LOST));
    await refusal(made);
    // What is held by nobody can be changed by anybody.
    made.sources.get('crm')?.change('orders', () => null);
    made.sources.get('shop')?.change('accounts', () => null);
    const opened = made.events.filter((event) => event.endsWith('reader opened')).length;
    expect(made.events.filter((event) => event.endsWith('reader closed'))).toHaveLength(opened);
  });
});

describe('a plan that no longer holds', () => {
  const SECRET = 'anna.other@example.se';
  const meanwhile: readonly [string, string, (made: Landscape) => void][] = [
    [
      'a record came',
      'crm.orders',
      ({ sources }) =>
        sources.get('crm')?.insert('orders', [{ id: 99, person: 'anna', customer: 1, total: 1 }]),
    ],
    [
      'a record went',
      'shop.accounts',
      ({ sources }) => sources.get('shop')?.change('accounts', (row) => (row.id === 7 ? null : row)),
    ],
    [
      'a record became somebody else’s',
      'crm.orders',
      ({ sources }) =>
        sources.get('crm')?.change('orders', (row) => (row.id === 10 ? { ...row, person: 'bo' } : row)),
    ],
    [
      'a record fares otherwise',
      'crm.invoices',
      ({ sources }) =>
        sources.get('crm')?.change('invoices', (row) => (row.id === 1 ? { ...row, id: 4 } : row)),
    ],
  ];
  it.each(meanwhile)('is refused when %s, and nothing is changed anywhere', async (_what, where, change) => {
    const made = await landscape({ specs: WITHOUT_DISABLE });
    change(made);
    const before = everything(made);
    const error = await refusal(made);
    expect(error.kind).toBe('conflict');
    expect(error.message).toBe(`the plan is stale: since it was drawn up, something changed in ${where}`);
    expect(everything(made)).toBe(before);
    expect(made.events.filter((event) => /intent|outcome|commit/.test(event))).toEqual([]);
  });

  it('is refused when a value that would be replaced is another, and does not tell it', async () => {
    const specs: readonly Spec[] = [
      {
        of: 'crm.customers',
        group: { action: 'update', fields: [{ field: 'email', to: 'new' }] },
        only: (row) => row.id === 1,
        news: { field: 'email', value: 'anna.berg@example.se' },
      },
    ];
    const made = await landscape({ specs });
    made.sources.get('crm')?.change('customers', (row) => (row.id === 1 ? { ...row, email: SECRET } : row));
    const error = await refusal(made);
    expect(error.kind).toBe('conflict');
    expect(JSON.stringify([error.message, error.hint, error.place])).not.toContain('anna');
    expect(made.row('crm.customers', 1)?.email).toBe(SECRET);
  });

  it('is refused when a schema is another', async () => {
    const made = await landscape({ specs: WITHOUT_DISABLE });
    const error = await refusal(made, {
      redraw: async (readers) => {
        const plan = await made.input.redraw(readers);
        return { ...plan, hash: 'sha256:other', header: { ...plan.header, catalog: 'sha256:other' } };
      },
    });
    expect(error).toMatchObject({ kind: 'conflict' });
    expect(error.message).toContain('schema');
  });

  it('says that logins were ended, when it was found out after that', async () => {
    const made = await landscape({
      hooks: {
        crm: {
          step({ op }) {
            if (op !== 'committed') return;
            made.sources.get('shop')?.insert('accounts', [{ id: 70, person: 'anna', email: 'a@example.se' }]);
          },
        },
      },
    });
    const error = await refusal(made);
    expect(error.kind).toBe('conflict');
    expect(error.message).toContain('the login was ended before, in crm');
    expect(made.row('crm.customers', 1)).toMatchObject({ active: false, phone: '0701740605' });
    expect(made.dump('crm').orders).toHaveLength(3);
    expect(made.dump('shop').accounts).toHaveLength(3);
  });

  it('closes the plan that it drew up to compare', async () => {
    const made = await landscape({ specs: WITHOUT_DISABLE });
    let closed = 0;
    await made.apply({
      redraw: async (readers) => {
        const plan = await made.input.redraw(readers);
        return {
          ...plan,
          close() {
            closed += 1;
            plan.close();
          },
        };
      },
    });
    expect(closed).toBe(1);
  });
});

describe('a source that fails', () => {
  // One find locks and redraws for each of the four specs; the rest are reads on the way.
  const writes = [1, 2, 3].map((nth) => ['apply', nth] as const);
  it.each([
    ...writes,
    ['settle', 1] as const,
    ['find', 5] as const,
    ['find', 6] as const,
    ['find', 7] as const,
    ['find', 8] as const,
    ['find', 9] as const,
    ['commit', 1] as const,
  ])('at %s %i is rolled back whole, and the other goes on', async (op, nth) => {
    const made = await crmWith(failAt(op, REFUSED, nth));
    const before = JSON.stringify(made.dump('crm'));
    const result = await made.apply();
    expect(JSON.stringify(made.dump('crm'))).toBe(before);
    expect(made.row('shop.accounts', 7)).toBeUndefined();
    expect(result.complete).toBe(false);
    expect(result.sources.toSorted((a, b) => (a.source < b.source ? -1 : 1))).toEqual([
      { source: 'crm', phase: 'change', status: 'rolled-back', records: 0, error: REFUSED },
      { source: 'shop', phase: 'change', status: 'committed', records: 2, error: null },
    ]);
    expect(made.events).toContain('outcome change crm rolled-back');
  });

  it('while answering a commit may have committed: that is told, not guessed', async () => {
    const made = await crmWith(failAt('committed', LOST));
    const result = await made.apply();
    expect(result.complete).toBe(false);
    expect(result.sources).toMatchObject([
      { source: 'crm', status: 'unknown', error: LOST },
      { source: 'shop', status: 'committed' },
    ]);
    expect(made.dump('crm').orders).toHaveLength(1);
  });

  it('without transactions may be changed in part, and the others were done before', async () => {
    const made = await crmWith(failAt('apply', REFUSED, 2), { atomicity: { crm: 'none' } });
    const result = await made.apply();
    expect(result.sources).toMatchObject([
      { source: 'shop', status: 'committed' },
      { source: 'crm', status: 'unknown', error: REFUSED },
    ]);
  });

  it('while its logins are ended is left as it is, and the other goes on', async () => {
    const made = await landscape({ hooks: { crm: failAt('apply', REFUSED) } });
    const before = JSON.stringify(made.dump('crm'));
    const result = await made.apply();
    expect(result.sources).toMatchObject([
      { source: 'crm', phase: 'disable', status: 'rolled-back' },
      { source: 'crm', phase: 'change', status: 'rolled-back' },
      { source: 'shop', phase: 'change', status: 'committed' },
    ]);
    expect(JSON.stringify(made.dump('crm'))).toBe(before);
  });

  it('for a reason of ours changes nothing anywhere', async () => {
    const bug = new TypeError('anna@example.se is not a function');
    const made = await crmWith({
      step({ op }) {
        if (op === 'settle') throw bug;
      },
    });
    const before = everything(made);
    await expect(made.apply()).rejects.toBe(bug);
    expect(everything(made)).toBe(before);
    expect(made.events).toContain('outcome change shop rolled-back');
  });
});

describe('a database with a mind of its own', () => {
  const HELD = ['crm.customers.phone does not hold what was written to it', 'phone'] as const;

  it('may touch other fields', async () => {
    const made = await crmWith({
      trigger: ({ collection, after }) =>
        collection === 'customers' && after !== null ? { ...after, updated: 'now' } : undefined,
    });
    expect((await made.apply()).complete).toBe(true);
    expect(made.row('crm.customers', 1)?.updated).toBe('now');
  });

  it('is rolled back where a planned field does not hold what was planned', async () => {
    const made = await crmWith({
      trigger: ({ collection, before, after }) =>
        collection === 'customers' && after !== null ? { ...after, phone: before.phone ?? null } : undefined,
    });
    const before = JSON.stringify(made.dump('crm'));
    const { sources } = await made.apply();
    expect(sources[0]).toMatchObject({ source: 'crm', status: 'rolled-back', error: { kind: 'data' } });
    expect(sources[0]?.error?.message).toBe(HELD[0]);
    expect(JSON.stringify(made.dump('crm'))).toBe(before);
  });

  it('is rolled back where a pseudonym does not stand as it was made', async () => {
    const made = await crmWith({
      trigger: ({ collection, after }) =>
        collection === 'customers' && after !== null ? { ...after, name: `${after.name}!` } : undefined,
    });
    const { sources } = await made.apply();
    expect(sources[0]?.error?.message).toContain('crm.customers.name does not hold');
  });

  it('is rolled back where deleting takes along what is to stay', async () => {
    const specs: readonly Spec[] = [
      ...WITHOUT_DISABLE.filter(({ of }) => of === 'crm.orders'),
      { of: 'crm.customers', group: { action: 'delete' } },
      { of: 'crm.invoices', group: { action: 'keep', ground: 'legal-obligation' } },
    ];
    const made = await crmWith(
      {},
      { specs, references: [{ name: 'invoices customer', onDelete: 'cascade' }] },
    );
    const { sources } = await made.apply();
    expect(sources[0]?.error?.message).toBe('crm.invoices: 2 of 2 records that stay are gone');
    expect(made.dump('crm').invoices).toHaveLength(3);
  });

  it('is rolled back where it leaves what was to be deleted', async () => {
    const made = await crmWith({}, { specs: [{ of: 'crm.orders', group: { action: 'delete' } }] });
    const crm = made.input.connectors.get('crm');
    const writer = crm?.writer;
    if (crm === undefined || writer === undefined) throw new Error('the landscape has a writer');
    const forgetful = {
      ...crm,
      async writer(call: Parameters<typeof writer>[0]) {
        const real = await writer(call);
        return { ...real, apply: async () => ({ records: 2 }) };
      },
    };
    const { sources } = await made.apply({ connectors: new Map([['crm', forgetful], ...shop(made)]) });
    expect(sources[0]?.error?.message).toBe('crm.orders: 2 records that were to be deleted are still there');
  });

  it('is rolled back where it counts otherwise', async () => {
    const made = await crmWith({}, { specs: [{ of: 'crm.orders', group: { action: 'delete' } }] });
    const crm = made.input.connectors.get('crm');
    const writer = crm?.writer;
    if (crm === undefined || writer === undefined) throw new Error('the landscape has a writer');
    const greedy = {
      ...crm,
      async writer(call: Parameters<typeof writer>[0]) {
        const real = await writer(call);
        return { ...real, apply: async () => ({ records: 3 }) };
      },
    };
    const { sources } = await made.apply({ connectors: new Map([['crm', greedy], ...shop(made)]) });
    expect(sources[0]?.error?.message).toBe('crm.orders: 3 records were changed where the plan has 2');
  });

  it('may count fewer deletions where a cascade came first', async () => {
    const specs: readonly Spec[] = [
      { of: 'crm.customers', group: { action: 'delete' } },
      { of: 'crm.orders', group: { action: 'delete' } },
      { of: 'crm.invoices', group: { action: 'delete' } },
    ];
    const made = await crmWith(
      {},
      {
        specs,
        references: [
          { name: 'orders customer', onDelete: 'cascade' },
          { name: 'invoices customer', onDelete: 'cascade' },
        ],
      },
    );
    const result = await made.apply();
    expect(result.complete).toBe(true);
    expect(made.dump('crm').orders).toHaveLength(1);
  });

  it('has two records opened to each other before they go', async () => {
    const specs: readonly Spec[] = [
      { of: 'shop.reviews', group: { action: 'open', fields: [{ field: 'author', to: 'null' }] } },
      { of: 'shop.reviews', group: { action: 'delete' } },
    ];
    const made = await landscape({ specs });
    const result = await made.apply();
    expect(result).toMatchObject({ complete: true, sources: [{ source: 'shop', records: 1 }] });
    expect(made.dump('shop').reviews).toHaveLength(1);
  });
});

describe('Ctrl-C', () => {
  async function stoppedAt(source: string, op: string, made: Made = {}) {
    const stop = new AbortController();
    const one: Landscape = await landscape({
      specs: WITHOUT_DISABLE,
      ...made,
      hooks: {
        [source]: {
          step(step) {
            if (step.op === op) stop.abort();
          },
        },
      },
    });
    return { one, signal: stop.signal };
  }

  it.each(['open', 'lock', 'find', 'apply', 'settle'])('at %s rolls everything back', async (op) => {
    const { one, signal } = await stoppedAt('shop', op);
    const before = everything(one);
    expect(await refusal(one, { signal })).toMatchObject({ kind: 'cancelled' });
    expect(everything(one)).toBe(before);
  });

  it('after a commit rolls the rest back, and tells what is what', async () => {
    const { one, signal } = await stoppedAt('crm', 'commit');
    const result = await one.apply({ signal });
    expect(result).toMatchObject({ complete: false, cancelled: true });
    expect(result.sources).toMatchObject([
      { source: 'crm', status: 'committed' },
      { source: 'shop', status: 'rolled-back', error: { kind: 'cancelled' } },
    ]);
    expect(one.dump('crm').orders).toHaveLength(1);
    expect(one.dump('shop').accounts).toHaveLength(2);
  });

  it('of a source that is held elsewhere ends no login anywhere', async () => {
    const { one, signal } = await stoppedAt('shop', 'lock', { specs: SPECS });
    const before = one.dump('crm');
    await expect(one.apply({ signal })).rejects.toMatchObject({ kind: 'cancelled' });
    expect(one.dump('crm')).toEqual(before);
  });

  it('after the logins were ended tells that', async () => {
    const { one, signal } = await stoppedAt('shop', 'apply', { specs: SPECS });
    const result = await one.apply({ signal });
    expect(result).toMatchObject({ complete: false, cancelled: true });
    expect(result.sources).toMatchObject([
      { source: 'crm', phase: 'disable', status: 'committed' },
      { source: 'crm', phase: 'change', status: 'rolled-back' },
      { source: 'shop', phase: 'change', status: 'rolled-back' },
    ]);
  });
});

function shop({ input }: Landscape) {
  const connector = input.connectors.get('shop');
  return connector === undefined ? [] : ([['shop', connector]] as const);
}
