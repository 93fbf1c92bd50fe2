import { describe, expect, it } from 'vitest';
import type { World } from '../support/world.js';
import { planWorld, toldPlan } from './erase-properties.js';

const email = { email: { type: 'email' } } as const;
const mail = (id: number) => `p${id}@example.se`;

async function told(world: World): Promise<readonly string[]> {
  const { plan } = await planWorld(world, ['email=p0@example.se']);
  if (plan === null) return ['refused'];
  return [...toldPlan(plan, world)].map(([id, what]) => `${id} ${what}`).sort();
}

describe('erasure', () => {
  it('a record that two people own stays, and lets go of the one who is erased', async () => {
    const two: World = {
      'a.people': { subject: true, identifiers: email, rows: [0, 1].map((id) => ({ id, email: mail(id) })) },
      'a.things': {
        references: [
          { fields: ['buyer'], to: 'a.people', relation: 'owned-by', constraint: 'no-action' },
          { fields: ['seller'], to: 'a.people', relation: 'owned-by', constraint: 'no-action' },
        ],
        rows: [
          { id: 0, buyer: 0, seller: 1 },
          { id: 1, buyer: 0, seller: 0 },
        ],
      },
    };
    expect(await told(two)).toEqual(['a.people:0 delete', 'a.things:0 clear buyer', 'a.things:1 delete']);
    const tight = {
      ...two,
      'a.things': { ...two['a.things'], rows: two['a.things']?.rows ?? [], notNull: ['buyer'] },
    };
    expect(await told(tight)).toEqual(['a.people:0 mask', 'a.things:0 keep', 'a.things:1 delete']);
  });

  it('looks again at what is masked when the first of what pins it may go, through others that are masked, too', async () => {
    const retain = [
      {
        ...{ ground: 'legal-obligation', law: 'a law', when: [], mask: [] },
        until: { field: 'day', plus: { years: 5 } },
      },
    ] as const;
    const world: World = {
      'a.people': {
        subject: true,
        identifiers: email,
        rows: [0, 1].map((id) => ({ id, email: mail(id), day: null })),
      },
      // Orders go, and are masked for the bills that refer to them; the person is for both.
      'a.orders': {
        references: [{ fields: ['of'], to: 'a.people', relation: 'owned-by' }],
        notNull: ['of'],
        rows: [
          { id: 0, of: 0 },
          { id: 1, of: 0 },
          { id: 2, of: 0 },
        ],
      },
      'a.bills': {
        references: [{ fields: ['of'], to: 'a.orders', relation: 'owned-by' }],
        notNull: ['of'],
        retain,
        rows: [
          { id: 0, of: 0, day: '2023-05-01' },
          { id: 1, of: 0, day: '2022-05-01' },
          { id: 2, of: 1, day: '2024-05-01' },
        ],
      },
      // Nothing says until when.
      'a.pins': {
        references: [{ fields: ['of'], to: 'a.orders', relation: 'owned-by' }],
        notNull: ['of'],
        erase: { kind: 'keep', ground: 'archiving', law: null, until: null },
        rows: [
          { id: 0, of: 0 },
          { id: 1, of: 2 },
        ],
      },
    };
    const { plan } = await planWorld(world, ['email=p0@example.se']);
    const again = (plan?.groups ?? []).flatMap((group, at) =>
      [...(plan?.rows(at) ?? [])].map(({ key }) => [`${group.collection}:${key.join(',')}`, group.again]),
    );
    const law = { ground: 'legal-obligation', law: 'a law' };
    expect(Object.fromEntries(again)).toEqual({
      'a.people:0': { until: '2027-05-01', ...law },
      'a.orders:0': { until: '2027-05-01', ...law },
      'a.orders:1': { until: '2029-05-01', ...law },
      'a.orders:2': { until: null, ground: null, law: null },
      ...{ 'a.bills:0': undefined, 'a.bills:1': undefined, 'a.bills:2': undefined },
      ...{ 'a.pins:0': undefined, 'a.pins:1': undefined },
    });
  });

  it('what was masked before is left as it is where it stays, but for a link to what goes', async () => {
    const world: World = {
      'a.people': {
        subject: true,
        identifiers: email,
        personal: ['name'],
        disable: { active: 0 },
        references: [{ fields: ['latest'], to: 'a.letters', relation: 'owns' }],
        rows: [{ id: 0, email: mail(0), name: 'x', latest: 7, active: 1 }],
      },
      'a.letters': { rows: [{ id: 7 }] },
      'a.pins': {
        references: [{ fields: ['of'], to: 'a.people', relation: 'owned-by' }],
        notNull: ['of'],
        erase: { kind: 'keep', ground: 'archiving', law: null, until: null },
        rows: [{ id: 0, of: 0 }],
      },
    };
    const actions = async (masked: readonly string[]) => {
      const { plan } = await planWorld(world, ['email=p0@example.se'], 'request', masked);
      return (plan?.groups ?? []).map(
        ({ collection, action, fields }) =>
          `${collection} ${action} ${fields.map(({ field }) => field).join(' ')}`,
      );
    };
    const rest = ['a.letters delete ', 'a.pins keep '];
    expect((await actions([])).sort()).toEqual(
      ['a.people disable active', 'a.people mask email name latest', ...rest].sort(),
    );
    expect((await actions(['a.people:0'])).sort()).toEqual(['a.people mask latest', ...rest].sort());
  });

  it('a tree of replies goes, what others answered is masked', async () => {
    const world: World = {
      'a.people': { subject: true, identifiers: email, rows: [0, 1].map((id) => ({ id, email: mail(id) })) },
      'a.posts': {
        references: [
          { fields: ['author'], to: 'a.people', relation: 'owned-by', constraint: 'no-action' },
          { fields: ['parent'], to: 'a.posts', relation: 'none', constraint: 'no-action' },
        ],
        rows: [
          { id: 0, author: 0 },
          { id: 1, author: 0, parent: 0 },
          { id: 2, author: 1, parent: 1 },
          { id: 3, author: 0, parent: 2 },
        ],
      },
    };
    // The reply of somebody else holds what it answers, and nothing of theirs changes.
    expect(await told(world)).toEqual([
      'a.people:0 delete',
      'a.posts:0 delete',
      'a.posts:1 mask author parent',
      'a.posts:3 delete',
    ]);
    const tight = {
      ...world,
      'a.posts': { ...world['a.posts'], rows: world['a.posts']?.rows ?? [], notNull: ['author'] },
    };
    expect(await told(tight)).toEqual([
      'a.people:0 mask',
      'a.posts:0 delete',
      'a.posts:1 mask parent',
      'a.posts:3 delete',
    ]);
  });

  it('two tables that refer to each other go where one link may be null, and are masked where none may', async () => {
    const ring = (
      notNull: readonly string[],
      constraint: 'no-action' | 'cascade' | 'set-null',
      deferrable?: true,
    ): World => {
      const key = { constraint, ...(deferrable === undefined ? {} : { deferrable }) };
      return {
        'a.people': {
          subject: true,
          identifiers: email,
          references: [{ fields: ['main'], to: 'a.accounts', relation: 'none', ...key }],
          notNull: notNull.filter((field) => field === 'main'),
          rows: [{ id: 0, email: mail(0), main: 0 }],
        },
        'a.accounts': {
          references: [{ fields: ['owner'], to: 'a.people', relation: 'owned-by', ...key }],
          notNull: notNull.filter((field) => field === 'owner'),
          rows: [{ id: 0, owner: 0 }],
        },
      };
    };
    expect(await told(ring([], 'no-action'))).toEqual(['a.accounts:0 delete', 'a.people:0 delete']);
    expect(await told(ring(['main'], 'no-action'))).toEqual(['a.accounts:0 delete', 'a.people:0 delete']);
    expect(await told(ring(['main', 'owner'], 'cascade'))).toEqual([
      'a.accounts:0 delete',
      'a.people:0 delete',
    ]);
    // Put off is the check, not what the database does by itself.
    expect(await told(ring(['main', 'owner'], 'no-action', true))).toEqual([
      'a.accounts:0 delete',
      'a.people:0 delete',
    ]);
    expect(await told(ring(['main', 'owner'], 'set-null', true))).toEqual([
      'a.accounts:0 mask',
      'a.people:0 mask',
    ]);
    expect(await told(ring(['main', 'owner'], 'no-action'))).toEqual([
      'a.accounts:0 mask',
      'a.people:0 mask',
    ]);
  });

  it('a record that refers to itself is masked only where the database could never let it go', async () => {
    const own = (more: { readonly rowByRow?: true }, notNull: readonly string[]): World => ({
      'a.people': {
        subject: true,
        identifiers: email,
        references: [
          { fields: ['boss'], to: 'a.people', relation: 'none', constraint: 'no-action', ...more },
        ],
        notNull,
        rows: [{ id: 0, email: mail(0), boss: 0 }],
      },
    });
    expect(await told(own({}, ['boss']))).toEqual(['a.people:0 delete']);
    expect(await told(own({ rowByRow: true }, []))).toEqual(['a.people:0 delete']);
    expect(await told(own({ rowByRow: true }, ['boss']))).toEqual(['a.people:0 mask']);
  });

  it('a chain of replies longer than any number of turns goes all the same', async () => {
    const world: World = {
      'a.people': { subject: true, identifiers: email, rows: [{ id: 0, email: mail(0) }] },
      'a.posts': {
        references: [
          { fields: ['author'], to: 'a.people', relation: 'owned-by' },
          { fields: ['parent'], to: 'a.posts', relation: 'none', constraint: 'restrict' },
        ],
        rows: Array.from({ length: 400 }, (_, id) => ({ id, author: 0, parent: id === 0 ? null : id - 1 })),
      },
    };
    const { plan } = await planWorld(world, ['email=p0@example.se']);
    expect(plan?.groups.filter(({ action }) => action === 'open').length).toBe(1);
    expect(plan?.groups.length).toBeLessThan(60);
  });

  it('an identifier that kept records point at stays as long as the last of them', async () => {
    const world: World = {
      'a.people': { subject: true, identifiers: email, rows: [{ id: 0, email: mail(0) }] },
      'a.invoices': {
        references: [{ fields: ['who'], to: 'a.people', on: ['email'], relation: 'owned-by' }],
        notNull: ['who'],
        retain: [
          {
            ground: 'legal-obligation',
            law: null,
            when: [],
            until: { field: 'day', plus: { years: 5 } },
            mask: [],
          },
        ],
        rows: ['2024-01-01', '2026-01-01', '2023-01-01'].map((day, id) => ({ id, day, who: mail(0) })),
      },
    };
    const { plan } = await planWorld(world, ['email=p0@example.se']);
    const masked = plan?.groups.find(({ action }) => action === 'mask');
    expect([masked?.ground, masked?.until]).toEqual(['legal-obligation', '2031-01-01']);
  });

  it('what a table outside the map points at is refused by its name', async () => {
    const world: World = {
      'a.people': { subject: true, identifiers: email, rows: [{ id: 0, email: mail(0) }] },
      'a.log': {
        outside: true,
        references: [{ fields: ['who'], to: 'a.people', relation: 'none', constraint: 'cascade' }],
        rows: [{ id: 0, who: 0 }],
      },
    };
    expect(await told(world)).toEqual(['refused']);
    expect(await told({ ...world, 'a.log': { ...world['a.log'], rows: [{ id: 0, who: null }] } })).toEqual([
      'a.people:0 delete',
    ]);
  });
});
