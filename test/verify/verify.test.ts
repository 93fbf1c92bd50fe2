import { describe, expect, it } from 'vitest';
import type { Reader } from '../../src/connector/contract.js';
import type { Located } from '../../src/locate/located.js';
import type { Role } from '../../src/model/subject.js';
import type { Key } from '../../src/model/value.js';
import type { Verified, VerifyInput } from '../../src/verify/input.js';
import { verifyPlan } from '../../src/verify/verify.js';
import { type Landscape, landscape, type Made, SPECS, type Spec } from '../apply/landscape.js';

type Found = readonly [collection: string, role: Role, key: Key];

/** Everybody that the plan speaks of, as a search would find them again. */
const MASKED_AND_KEPT: readonly Found[] = [
  ['crm.customers', 'own', [1]],
  ['crm.customers', 'own', [3]],
  ['crm.invoices', 'own', [1]],
  ['crm.invoices', 'own', [2]],
];

async function verified(
  made: Landscape,
  found: readonly Found[] = MASKED_AND_KEPT,
  changed: Partial<VerifyInput> = {},
): Promise<Verified> {
  const call = { signal: new AbortController().signal, timeoutMs: 5_000 };
  const readers = new Map<string, Reader>();
  for (const [name, source] of made.sources) readers.set(name, await source.reader(call));
  const { plan, map, catalogs, types, person, signal } = made.input;
  return verifyPlan({
    ...{ plan, map, catalogs, readers, types, signal, names: person.names },
    ...{ earlier: [], later: [], places: null, goneBefore: () => false },
    located: locatedAs(found),
    known: locatedAs(found).people.flatMap(({ identifiers }) => identifiers),
    ...changed,
  });
}

function locatedAs(found: readonly Found[], down: readonly string[] = []): Located {
  return {
    people: [
      {
        identifiers: [
          { type: 'email', value: 'anna@example.se', strength: 'strong', from: 'operator', followed: true },
          {
            type: 'phone',
            value: '+46701740605',
            strength: 'weak',
            from: 'crm.customers.phone',
            followed: true,
          },
        ],
        decisions: [],
        collections: [],
        warnings: [],
        *records(collection, roles) {
          for (const [id, role, key] of found) {
            if (id !== collection || !roles.includes(role)) continue;
            yield { collection, role, key, via: [], leads: [] };
          }
        },
      },
    ],
    sources: ['crm', 'shop'].map((source) => ({
      source,
      status: down.includes(source) ? 'unreachable' : 'searched',
    })),
    close() {},
  };
}

async function applied(made: Made = {}): Promise<Landscape> {
  const one = await landscape(made);
  expect((await one.apply()).complete).toBe(true);
  return one;
}

describe('verifying an erasure', () => {
  it('finds no residue where all was done, and counts nothing that the plan keeps', async () => {
    expect(await verified(await applied())).toEqual({
      ...{ residual: 0, places: [], tasks: [], missing: [], unread: [] },
    });
  });

  it('finds everything where nothing was done', async () => {
    const result = await verified(await landscape());
    expect(result.places).toEqual([
      { collection: 'crm.orders', records: 2, why: 'still there' },
      { collection: 'crm.customers', records: 2, why: 'email still names the person' },
      { collection: 'crm.invoices', records: 1, why: 'phone is not empty' },
      { collection: 'shop.accounts', records: 1, why: 'still there' },
      { collection: 'shop.reviews', records: 1, why: 'author is not empty' },
    ]);
    expect(result.residual).toBe(7);
  });

  it('later takes a record under a deleted number for a new one, unless the search finds it to be theirs', async () => {
    const undone = await landscape();
    const places = async (found: readonly Found[], gone: readonly string[] = ['crm', 'shop']) =>
      (await verified(undone, found, { goneBefore: (source) => gone.includes(source) })).places.filter(
        ({ why }) => /there/.test(why),
      );
    // Where it is not known to have gone, what stands there is what was to go.
    expect(await places([], ['shop'])).toEqual([
      { collection: 'crm.orders', records: 2, why: 'still there' },
    ]);
    expect(await places([])).toEqual([]);
    expect(await places([['crm.orders', 'own', [10]]])).toEqual([
      { collection: 'crm.orders', records: 1, why: 'there again' },
    ]);
  });

  const came = 'found again, and the plan does not know of it';
  it('counts what came after the commit, in whatever role', async () => {
    const found: readonly Found[] = [
      ...MASKED_AND_KEPT,
      ['crm.orders', 'own', [99]],
      ['shop.reviews', 'mention', [5]],
      ['shop.reviews', 'shared', [6]],
      ['shop.reviews', 'candidate', [7]],
    ];
    const result = await verified(await applied(), found);
    expect(result).toEqual({
      residual: 3,
      places: [
        { collection: 'crm.orders', records: 1, why: came },
        { collection: 'shop.reviews', records: 2, why: came },
      ],
      tasks: [],
      missing: [],
      unread: [],
    });
  });

  it('counts a record of which only the login was to end', async () => {
    const made = await applied({ specs: SPECS.filter(({ group }) => group.action === 'disable') });
    const { places } = await verified(made, [['crm.customers', 'own', [1]]]);
    expect(places).toEqual([{ collection: 'crm.customers', records: 1, why: came }]);
  });

  const back: readonly [string, string, object][] = [
    ['an e-mail', 'email still names the person', { email: 'ANNA@example.se' }],
    ['a name', 'name still names the person', { name: 'Anna B' }],
    ['a phone number', 'phone is not empty', { phone: '0' }],
    ['free text', 'note still names the person', { note: 'call 070-174 06 05' }],
    [
      'a place in a document',
      'profile.mail still names the person',
      { profile: { json: '{"mail":"anna@example.se"}' } },
    ],
  ];
  it.each(back)('sees that %s is back', async (_what, why, set) => {
    const made = await applied();
    made.sources.get('crm')?.change('customers', (row) => (row.id === 1 ? { ...row, ...set } : row));
    expect(await verified(made)).toMatchObject({
      residual: 1,
      places: [{ collection: 'crm.customers', records: 1, why }],
    });
  });

  it('is not misled by a record that another key’s record was given', async () => {
    const made = await applied();
    made.sources.get('crm')?.insert('orders', [{ id: 10, person: 'bo', customer: 2, total: 1 }]);
    expect((await verified(made)).places).toEqual([
      { collection: 'crm.orders', records: 1, why: 'still there' },
    ]);
  });

  it('names the sources that it could not read, and judges the rest', async () => {
    const made = await landscape();
    const result = await verified(made, [], { located: locatedAs([['crm.orders', 'own', [99]]], ['shop']) });
    expect(result.unread).toEqual(['shop']);
    expect(result.places.every(({ collection }) => collection.startsWith('crm.'))).toBe(true);
    const without = await verified(made, [], { readers: new Map() });
    expect(without).toEqual({ residual: 0, places: [], tasks: [], missing: [], unread: ['crm', 'shop'] });
  });

  it('compares numbers where a row’s address is all the key there is', async () => {
    const made = await applied({ specs: SPECS.slice(0, 5) });
    const map = {
      ...made.map,
      collections: made.map.collections.map((each) =>
        each.id === 'crm.invoices' ? { ...each, keyKind: 'physical' as const } : each,
      ),
    };
    const invoices = (...keys: readonly number[]) => keys.map((key): Found => ['crm.invoices', 'own', [key]]);
    const only = { ...made, input: { ...made.input, map } };
    expect((await verified(only, invoices(101, 102))).residual).toBe(0);
    expect((await verified(only, invoices(101, 102, 103))).places).toEqual([
      { collection: 'crm.invoices', records: 1, why: came },
    ]);
  });

  it('asks by set', async () => {
    const orders = Array.from({ length: 5_001 }, (_none, id) => ({
      id,
      person: 'anna',
      customer: 1,
      total: 1,
    }));
    const made = await landscape({
      specs: [
        {
          of: 'crm.orders',
          group: { action: 'keep', ground: 'g', fields: [{ field: 'total', to: { constant: 0 } }] },
        },
      ],
      rows: { 'crm.orders': orders },
    });
    const before = made.sources.get('crm')?.queries ?? 0;
    expect((await verified(made, [])).residual).toBe(0);
    expect((made.sources.get('crm')?.queries ?? 0) - before).toBe(2);
  });
});

describe('verifying a rectification', () => {
  const specs: readonly Spec[] = [
    {
      of: 'crm.customers',
      group: { action: 'update', fields: [{ field: 'name', to: 'new' }] },
      news: { field: 'name', value: 'Anna Ek' },
    },
  ];

  it('reads back what was set', async () => {
    const made = await applied({ specs });
    expect((await verified(rectifying(made))).residual).toBe(0);
    made.sources
      .get('crm')
      ?.change('customers', (row) => (row.id === 3 ? { ...row, name: 'Anna Berg' } : row));
    expect(await verified(rectifying(made))).toEqual({
      residual: 1,
      places: [{ collection: 'crm.customers', records: 1, why: 'name does not hold the new value' }],
      tasks: [],
      missing: [],
      unread: [],
    });
  });

  it('takes nothing that is found again for residue', async () => {
    const found: readonly Found[] = [['crm.orders', 'own', [10]]];
    expect((await verified(rectifying(await applied({ specs })), found)).residual).toBe(0);
  });

  function rectifying(made: Landscape): Landscape {
    const plan = { ...made.plan, header: { ...made.plan.header, action: 'rectify' as const } };
    return { ...made, input: { ...made.input, plan } };
  }
});
