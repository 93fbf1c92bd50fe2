import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/subject.js';
import type { Key } from '../../src/model/value.js';
import type { PlanGroup } from '../../src/plan/plan.js';
import { makePlan, type PlanBuilder } from '../../src/plan/plan-store.js';
import type { Found } from '../../src/plan/reconcile.js';
import { openScratch, type Scratch } from '../../src/store/scratch.js';
import { group, HEADER, row } from './plan-support.js';

type Listed = readonly (readonly [Role, ...Key])[];

/** A search that tells of these records, one collection's by role. */
function found(records: Readonly<Record<string, Listed>>, miscounted = 0): Found {
  const counted = (of: Listed, role: Role) => of.filter(([each]) => each === role).length;
  return {
    collections: Object.entries(records).map(([collection, listed]) => ({
      collection,
      own: counted(listed, 'own') + miscounted,
      shared: counted(listed, 'shared'),
      mentions: counted(listed, 'mention'),
      candidates: counted(listed, 'candidate'),
    })),
    records: (collection, roles) =>
      (records[collection] ?? []).flatMap(([role, ...key]) =>
        roles.includes(role) ? [{ collection, key, role, via: [], leads: [] }] : [],
      ),
  };
}

/** A plan with these rows in groups of these facts. */
function built(
  groups: readonly (readonly [Partial<PlanGroup>, ...Key])[],
  scratch: Scratch = openScratch(null),
): PlanBuilder {
  const builder = makePlan(scratch);
  for (const [facts, ...keys] of groups) {
    const handle = builder.add(group(facts));
    for (const key of keys) builder.row(handle, row(key));
  }
  return builder;
}

const orders = { collection: 'crm.orders', source: 'crm' } as const;

describe('a plan is reconciled with what was found', () => {
  it('where every record has its one action, whatever comes beside it', () => {
    const builder = built([
      [{ action: 'disable' }, 1, 2],
      [{ action: 'delete' }, 1],
      [{ action: 'mask' }, 2],
      [{ ...orders, action: 'open' }, 'x'],
      [{ ...orders, action: 'delete' }, 'x'],
      [{ ...orders, action: 'clear', role: 'mention' }, 'y'],
      [{ ...orders, action: 'keep', role: 'shared' }, 'z'],
    ]);
    const all = found({
      'crm.customers': [
        ['own', 1],
        ['own', 2],
        ['candidate', 3],
      ],
      'crm.orders': [
        ['own', 'x'],
        ['shared', 'z'],
        ['mention', 'y'],
      ],
      'crm.notes': [],
    });
    builder.reconcile(all, 'all');
    expect(builder.finish(HEADER).groups).toHaveLength(7);
  });

  it.each<[string, Readonly<Record<string, Listed>>, number]>([
    [
      'crm.customers: 1 without an action',
      {
        'crm.customers': [
          ['own', 1],
          ['own', 2],
          ['own', 3],
        ],
      },
      0,
    ],
    [
      'crm.notes: 2 without an action',
      {
        'crm.customers': [
          ['own', 1],
          ['own', 2],
        ],
        'crm.notes': [
          ['own', 1],
          ['mention', 2],
        ],
      },
      0,
    ],
    [
      'crm.customers: 1 in another role',
      {
        'crm.customers': [
          ['own', 1],
          ['shared', 2],
        ],
      },
      0,
    ],
    ['crm.customers: 1 planned but not found', { 'crm.customers': [['own', 1]] }, 0],
    ['crm.customers: 2 planned but not found', {}, 0],
    [
      'crm.customers: 1 found twice',
      {
        'crm.customers': [
          ['own', 1],
          ['own', 1],
          ['own', 2],
        ],
      },
      0,
    ],
    [
      'crm.customers: 3 records counted, 2 listed',
      {
        'crm.customers': [
          ['own', 1],
          ['own', 2],
        ],
      },
      1,
    ],
  ])('%s', (what, records, miscounted) => {
    const builder = built([
      [{ action: 'delete' }, 1],
      [{ action: 'keep' }, 2],
    ]);
    expect(() => builder.reconcile(found(records, miscounted), 'all')).toThrow(
      expect.objectContaining({ kind: 'internal', message: expect.stringContaining(what) }),
    );
  });

  it('crm.customers: 1 with more than one action', () => {
    const scratch = openScratch(null);
    const builder = makePlan(scratch);
    // The builder's own guard, without which nothing but the reconciliation would see it.
    scratch.db.exec('drop index plan_record');
    for (const action of ['delete', 'keep'] as const) builder.row(builder.add(group({ action })), row(1));
    expect(() => builder.reconcile(found({ 'crm.customers': [['own', 1]] }), 'all')).toThrow(
      'crm.customers: 1 with more than one action',
    );
  });

  it('an action beside is not one', () => {
    const builder = built([[{ action: 'disable' }, 1]]);
    expect(() => builder.reconcile(found({ 'crm.customers': [['own', 1]] }), 'all')).toThrow(
      'crm.customers: 1 without an action',
    );
  });

  it('names no key', () => {
    const builder = built([[{ action: 'delete' }, 'anna@example.se']]);
    expect(() => builder.reconcile(found({ 'crm.customers': [['own', 'bo@example.se']] }), 'all')).toThrow(
      /^(?!.*example\.se)/,
    );
  });

  it('may leave records out that a setting does not concern, and have no others', () => {
    const two = found({
      'crm.customers': [
        ['own', 1],
        ['own', 2],
      ],
    });
    built([[{ action: 'update' }, 1]]).reconcile(two, 'some');
    expect(() => built([[{ action: 'update' }, 3]]).reconcile(two, 'some')).toThrow(
      '1 planned but not found',
    );
    expect(() => built([[{ action: 'update', role: 'shared' }, 1]]).reconcile(two, 'some')).toThrow(
      '1 in another role',
    );
  });
});
