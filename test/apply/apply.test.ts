import { describe, expect, it } from 'vitest';
import { DsrError } from '../../src/model/error.js';
import { landscape, SPECS, type Spec } from './landscape.js';

describe('applying a plan', () => {
  it('ends the login first, then does all the rest, one transaction a source', async () => {
    const { apply, events, row, dump } = await landscape();
    const result = await apply();
    expect(result).toMatchObject({ complete: true, cancelled: false });
    expect(result.sources).toEqual([
      { source: 'crm', phase: 'disable', status: 'committed', records: 2, error: null },
      { source: 'crm', phase: 'change', status: 'committed', records: 5, error: null },
      { source: 'shop', phase: 'change', status: 'committed', records: 2, error: null },
    ]);
    expect(events.filter((event) => !event.includes('reader') && !event.includes('lock'))).toEqual([
      'intent disable crm',
      ...[
        'crm update customers',
        'crm settle',
        'crm commit',
        'crm committed',
        'outcome disable crm committed',
      ],
      'intent change crm,shop',
      ...['crm delete orders', 'crm update customers', 'crm update invoices', 'crm settle'],
      ...['shop delete accounts', 'shop update reviews', 'shop settle'],
      ...['crm commit', 'crm committed', 'outcome change crm committed'],
      ...['shop commit', 'shop committed', 'outcome change shop committed'],
    ]);
    expect(dump('crm').orders).toEqual([{ id: 12, person: 'bo', customer: 2, total: 7 }]);
    expect(row('crm.customers', 1)).toMatchObject({ id: 1, active: false, phone: null });
    expect(row('crm.invoices', 1)).toMatchObject({ phone: null });
    expect(row('crm.invoices', 2)).toMatchObject({ phone: '0701740605' });
    expect(row('shop.reviews', 1)).toMatchObject({ author: null, stars: 5 });
    expect(row('shop.accounts', 7)).toBeUndefined();
  });

  it('takes the person out of what it masks, and leaves the rest of a document as it was', async () => {
    const { apply, row } = await landscape();
    const { look } = await apply();
    const first = row('crm.customers', 1);
    expect(first?.email).toMatch(/\.invalid$/);
    expect(first?.name).not.toMatch(/anna|berg/i);
    expect(first?.note).not.toMatch(/anna|berg|070/i);
    expect(first?.note).toContain('Ring');
    expect(first?.profile).toEqual({ json: expect.stringMatching(/^\{"v":1\.0,"mail":"[^"]+\.invalid"\}$/) });
    expect(look).toEqual([{ collection: 'crm.customers', field: 'note', records: 1 }]);
  });

  it('changes nothing of anybody else', async () => {
    const { apply, dump } = await landscape();
    const others = () =>
      ['crm', 'shop'].map((source) =>
        Object.values(dump(source)).map((rows) => rows.filter((each) => each.person === 'bo')),
      );
    const before = others();
    await apply();
    expect(others()).toEqual(before);
  });

  it('gives two records that would share a pseudonym one each, where the column is unique', async () => {
    const { apply, row } = await landscape();
    await apply();
    const [one, other] = [row('crm.customers', 1)?.email, row('crm.customers', 3)?.email];
    expect([one, other]).toEqual([expect.stringMatching(/\.invalid$/), expect.stringMatching(/\.invalid$/)]);
    expect(String(one).toLowerCase()).not.toBe(String(other).toLowerCase());
  });

  it('passes over a pseudonym that somebody else has already', async () => {
    const first = await landscape();
    await first.apply();
    const taken = first.row('crm.customers', 1)?.email ?? null;
    const { apply, row, sources } = await landscape();
    sources.get('crm')?.change('customers', (each) => (each.id === 2 ? { ...each, email: taken } : each));
    expect((await apply()).complete).toBe(true);
    expect(row('crm.customers', 2)?.email).toBe(taken);
    expect(row('crm.customers', 1)?.email).not.toBe(taken);
    expect(row('crm.customers', 1)?.email).toMatch(/\.invalid$/);
  });

  it('asks a unique column set by set, not record by record', async () => {
    const many = Array.from({ length: 700 }, (_none, id) => ({
      id,
      person: 'anna',
      email: `anna+${id}@example.se`,
    }));
    const specs: readonly Spec[] = [
      { of: 'shop.accounts', group: { action: 'mask', fields: [{ field: 'email', to: 'pseudonym' }] } },
    ];
    const { apply, sources, dump } = await landscape({ specs, rows: { 'shop.accounts': many } });
    const before = sources.get('shop')?.queries ?? 0;
    expect((await apply()).complete).toBe(true);
    expect((sources.get('shop')?.queries ?? 0) - before).toBeLessThan(12);
    expect(new Set(dump('shop').accounts?.map(({ email }) => email)).size).toBe(700);
  });

  it('writes new values, whole', async () => {
    const specs: readonly Spec[] = [
      {
        of: 'crm.customers',
        group: { action: 'update', fields: [{ field: 'name', to: 'new' }] },
        news: { field: 'name', value: 'Anna Ek' },
      },
    ];
    const { apply, row } = await landscape({ specs });
    expect((await apply()).complete).toBe(true);
    expect([1, 2, 3].map((id) => row('crm.customers', id)?.name)).toEqual(['Anna Ek', 'Bo Ek', 'Anna Ek']);
  });

  it('follows a record whose key is masked', async () => {
    const specs: readonly Spec[] = [
      { of: 'shop.accounts', group: { action: 'mask', fields: [{ field: 'email', to: 'pseudonym' }] } },
    ];
    const key = { 'shop.accounts': ['id', 'email'] };
    const made = await landscape({ specs, key });
    // The landscape's own planner reads by id; this plan has the key that the map names.
    const { planOf, group, HEADER } = await import('../plan/plan-support.js');
    const plan = () =>
      planOf({
        header: { ...HEADER, map: 'sha256:test' },
        groups: [
          {
            group: group({ ...specs[0]?.group, collection: 'shop.accounts', source: 'shop' }),
            rows: [{ key: [7, 'anna@example.se'], old: [], new: [] }],
          },
        ],
      });
    const result = await made.apply({ plan: plan(), redraw: async () => plan() });
    expect(result.complete).toBe(true);
    expect(made.row('shop.accounts', 7)?.email).toMatch(/\.invalid$/);
  });

  it('has every snapshot closed before the first commit', async () => {
    const { apply, events } = await landscape();
    await apply();
    for (const [at, event] of events.entries()) {
      if (!event.endsWith(' commit')) continue;
      const opened = events.slice(0, at).filter((each) => each.endsWith('reader opened'));
      const closed = events.slice(0, at).filter((each) => each.endsWith('reader closed'));
      expect(opened.length).toBe(closed.length);
    }
    expect(events).toContain('shop reader opened');
  });

  it('writes last where nothing can be taken back', async () => {
    const { apply, events } = await landscape({ atomicity: { crm: 'none' } });
    expect((await apply()).complete).toBe(true);
    const change = events.slice(events.indexOf('intent change crm,shop'));
    expect(change.indexOf('shop commit')).toBeLessThan(change.indexOf('crm delete orders'));
  });

  it('does nothing where a plan changes nothing', async () => {
    const specs = SPECS.filter(({ group }) => group.ground === 'legal-claims');
    const { apply, events } = await landscape({ specs });
    expect(await apply()).toEqual({ complete: true, cancelled: false, sources: [], look: [] });
    expect(events).toEqual([]);
  });

  it('refuses a source that is only read, and a plan of another map, before anything else', async () => {
    const { apply, events, map } = await landscape({ readOnly: ['shop'] });
    await expect(apply()).rejects.toMatchObject({ kind: 'config', place: 'shop' });
    const changed = await landscape();
    await expect(changed.apply({ map: { ...map, hash: 'sha256:other' } })).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect([...events, ...changed.events]).toEqual([]);
  });

  it('refuses a key that is not one', async () => {
    const specs: readonly Spec[] = [{ of: 'shop.reviews', group: { action: 'delete' } }];
    const made = await landscape({ specs, key: { 'shop.reviews': ['stars'] } });
    made.sources.get('shop')?.insert('reviews', [{ id: 3, person: 'bo', author: null, stars: 5 }]);
    const { planOf, group, HEADER, row } = await import('../plan/plan-support.js');
    const plan = () =>
      planOf({
        header: { ...HEADER, map: 'sha256:test' },
        groups: [{ group: group({ collection: 'shop.reviews', source: 'shop' }), rows: [row(5)] }],
      });
    const error = await made.apply({ plan: plan(), redraw: async () => plan() }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DsrError);
    expect(error.message).toBe('shop.reviews: stars does not tell its records apart');
    expect(made.dump('shop').reviews).toHaveLength(3);
  });
});
