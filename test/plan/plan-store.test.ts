import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeKey } from '../../src/locate/key-code.js';
import type { PlanGroup, PlanHeader, PlanRow } from '../../src/plan/plan.js';
import { differingCollections } from '../../src/plan/plan-hash.js';
import { makePlan } from '../../src/plan/plan-store.js';
import { openScratch } from '../../src/store/scratch.js';
import { anyDrawn, type Drawn, group, HEADER, planOf, row } from './plan-support.js';

describe('a plan in a scratch file', () => {
  it('gives back every group that has records, and its rows by key', () => {
    fc.assert(
      fc.property(anyDrawn, (drawn) => {
        const plan = planOf(drawn);
        const kept = drawn.groups.filter(({ rows }) => rows.length > 0);
        expect(plan.groups).toEqual(kept.map(({ group, rows }) => ({ ...group, records: rows.length })));
        kept.forEach(({ rows }, at) => {
          const sorted = rows.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b)));
          expect([...plan.rows(at)]).toEqual(sorted);
          const keys = plan.keys(at);
          expect([...keys.chunks(7)].flat()).toEqual(sorted.map(({ key }) => key));
          expect([keys.size, keys.width]).toEqual([rows.length, rows[0]?.key.length]);
        });
        plan.close();
      }),
    );
  });

  it('has the same hash however its rows come, whenever and for whomever it is drawn up', () => {
    fc.assert(
      fc.property(anyDrawn, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (drawn, order) => {
        const shuffled: Drawn = {
          header: {
            ...drawn.header,
            request: null,
            created: '2027-01-01T00:00:00.000Z',
            today: '2027-01-01',
            identifiers: [],
            accepted: drawn.header.accepted.toReversed(),
          },
          groups: drawn.groups.map(({ group, rows }) => ({
            group,
            rows: rows
              .map((each, at) => ({ each, by: order[at] ?? 0 }))
              .sort((a, b) => a.by - b.by)
              .map(({ each }) => each),
          })),
        };
        expect(planOf(shuffled).hash).toBe(planOf(drawn).hash);
      }),
    );
  });

  const base: Drawn = {
    header: { ...HEADER, set: [{ name: 'email', value: 'a@example.se' }] },
    groups: [
      {
        group: group({ action: 'update', fields: [{ field: 'email', to: 'new' }], ground: 'g', law: 'l' }),
        rows: [{ key: [1], old: ['a@example.com'], new: ['a@example.se'] }, row(2)],
      },
      { group: group({ collection: 'crm.orders', action: 'keep', until: '2034-01-01' }), rows: [row(1)] },
    ],
  };
  const withGroup = (facts: Partial<PlanGroup>): Drawn => ({
    ...base,
    groups: base.groups.map((each, at) =>
      at === 0 ? { ...each, group: { ...each.group, ...facts } } : each,
    ),
  });
  const withRow = (facts: Partial<PlanRow>): Drawn => ({
    ...base,
    groups: base.groups.map((each, at) =>
      at === 0
        ? { ...each, rows: each.rows.map((one, index) => (index === 0 ? { ...one, ...facts } : one)) }
        : each,
    ),
  });
  const withHeader = (facts: Partial<PlanHeader>): Drawn => ({
    ...base,
    header: { ...base.header, ...facts },
  });

  it.each<[string, Drawn]>([
    ['role', withGroup({ role: 'shared' })],
    ['action', withGroup({ action: 'mask' })],
    ['collection', withGroup({ collection: 'crm.leads' })],
    ['field', withGroup({ fields: [{ field: 'name', to: 'new' }] })],
    ['mask', withGroup({ fields: [{ field: 'email', to: 'null' }] })],
    ['constant', withGroup({ fields: [{ field: 'email', to: { constant: 1 } }] })],
    ['text for a number', withGroup({ fields: [{ field: 'email', to: { constant: '1' } }] })],
    ['ground', withGroup({ ground: 'other' })],
    ['law', withGroup({ law: null })],
    ['date', withGroup({ until: '2034-01-01' })],
    ['reason in words', withGroup({ why: 'because' })],
    ['key', withRow({ key: [3] })],
    ['text key for a number', withRow({ key: ['1'] })],
    ['old value', withRow({ old: ['b@example.com'] })],
    ['new value', withRow({ new: ['b@example.se'] })],
    ['null for a value', withRow({ new: [null] })],
    ['map', withHeader({ map: 'sha256:other' })],
    ['schema', withHeader({ catalog: 'sha256:other' })],
    ['kind of plan', withHeader({ action: 'rectify' })],
    ['reason', withHeader({ reason: null })],
    ['new setting', withHeader({ set: [] })],
    ['answer', withHeader({ accepted: [] })],
    ['rejection', withHeader({ rejected: [{ question: 'whose', collection: 'crm.leads', key: 'p!9' }] })],
    ['order of groups', { ...base, groups: base.groups.toReversed() }],
    ['record less', { ...base, groups: base.groups.slice(0, 1) }],
  ])('has another hash with another %s', (_what, other) => {
    expect(planOf(other).hash).not.toBe(planOf(base).hash);
  });

  it('names the collections in which two plans differ', () => {
    expect(differingCollections(planOf(base), planOf(withRow({ key: [3] })))).toEqual(['crm.customers']);
    const without = planOf({ ...base, groups: base.groups.slice(0, 1) });
    expect(differingCollections(planOf(base), without)).toEqual(['crm.orders']);
    expect(differingCollections(planOf(base), planOf(withHeader({ map: 'other' })))).toEqual([]);
  });

  it('takes keys from a query of the scratch', () => {
    const scratch = openScratch(null);
    scratch.db.exec('create table spot (place int, key text)');
    for (const id of [10, 9, 2n ** 60n]) {
      scratch.db.prepare('insert into spot values (1, ?)').run(encodeKey([id, 'a\0b']));
    }
    const builder = makePlan(scratch);
    const handle = builder.add(group());
    expect(builder.rowsFrom(handle, 'select key from spot where place = ? and key > ?', 1, '')).toBe(3);
    const plan = builder.finish(HEADER);
    expect([...plan.rows(0)]).toEqual([row(9, 'a\0b'), row(10, 'a\0b'), row(2n ** 60n, 'a\0b')]);
  });

  it('has one end for each record, and says which', () => {
    const builder = makePlan(openScratch(null));
    const disable = builder.add(group({ action: 'disable' }));
    const empty = builder.add(group({ action: 'mask' }));
    const gone = builder.add(group());
    for (const handle of [disable, gone]) builder.row(handle, row(1));
    builder.row(disable, row(2));
    expect(() => builder.row(gone, row(1))).toThrow('crm.customers: a record stands in the plan twice');
    expect(() => builder.row(empty, row(1))).toThrow('twice');
    expect(() => builder.rowsFrom(empty, 'select ? as key', encodeKey([1]))).toThrow('twice');
    const plan = builder.finish(HEADER);
    expect(plan.groupsOf('crm.customers', [1])).toEqual([0, 1]);
    expect(plan.groupsOf('crm.customers', [2])).toEqual([0]);
    expect(plan.groupsOf('crm.customers', ['1'])).toEqual([]);
    expect(plan.groupsOf('crm.orders', [1])).toEqual([]);
  });

  it('lets its rows be read while they are being read', () => {
    const plan = planOf({
      header: HEADER,
      groups: [{ group: group(), rows: Array.from({ length: 2_500 }, (_none, id) => row(id)) }],
    });
    let seen = 0;
    for (const { key } of plan.rows(0)) {
      if (seen % 500 === 0) expect(plan.groupsOf('crm.customers', key)).toEqual([0]);
      seen += 1;
    }
    expect(seen).toBe(2_500);
    expect([...plan.keys(0).chunks(1_000)].map((chunk) => chunk.length)).toEqual([1_000, 1_000, 500]);
  });
});

function bytes({ key }: PlanRow): Buffer {
  return Buffer.from(encodeKey(key), 'utf8');
}
