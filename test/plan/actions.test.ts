import { describe, expect, it } from 'vitest';
import { actionsOf, recordsToChange } from '../../src/plan/actions.js';
import { group, HEADER, planOf, row } from './plan-support.js';

const kept = { ground: 'legal-obligation', law: 'Bokföringslag (1999:1078) 7 kap. 2 §' };
const disable = group({ action: 'disable', fields: [{ field: 'active', to: { constant: false } }] });
const open = group({ action: 'open', fields: [{ field: 'friend', to: 'null' }] });

describe('what a plan tells of itself', () => {
  it('is one action for records that fare alike, with the names of the fields written', () => {
    const invoices = { collection: 'crm.invoices', action: 'keep', ...kept, until: '2034-01-01' } as const;
    const plan = planOf({
      header: HEADER,
      groups: [
        { group: disable, rows: [row(1), row(2)] },
        { group: group({ ...invoices, fields: [{ field: 'phone', to: 'null' }] }), rows: [row(1), row(2)] },
        { group: open, rows: [row(1)] },
        { group: group(), rows: [row(1), row(2)] },
        {
          group: group({
            ...invoices,
            role: 'shared',
            fields: [
              { field: 'note', to: 'redact' },
              { field: 'name', to: 'keep' },
            ],
          }),
          rows: [row(3)],
        },
        { group: group({ ...invoices, until: '2035-01-01' }), rows: [row(4)] },
      ],
    });
    const told = { collection: 'crm.invoices', action: 'keep', ...kept, why: null };
    expect(actionsOf(plan)).toEqual([
      { ...told, until: '2034-01-01', records: 3, fields: ['phone', 'note'] },
      {
        ...{ collection: 'crm.customers', action: 'delete', records: 2, ground: null, law: null },
        ...{ until: null, why: null, fields: [] },
      },
      { ...told, until: '2035-01-01', records: 1, fields: [] },
    ]);
  });

  it('counts each record that changes once, and none that only stays or waits for a human', () => {
    const plan = planOf({
      header: HEADER,
      groups: [
        // 1 goes, 2 stays but cannot log in, 3 is only let go of.
        { group: disable, rows: [row(1), row(2)] },
        { group: open, rows: [row(1), row(2), row(3)] },
        { group: group(), rows: [row(1)] },
        { group: group({ action: 'keep' }), rows: [row(2), row(3)] },
        { group: group({ collection: 'crm.tasks', action: 'manual' }), rows: [row(1)] },
        {
          group: group({
            collection: 'crm.invoices',
            action: 'keep',
            fields: [{ field: 'phone', to: 'null' }],
          }),
          rows: [row(1), row(2)],
        },
      ],
    });
    expect(recordsToChange(plan)).toBe(5);
  });

  it('is nothing for a plan without records', () => {
    const plan = planOf({ header: HEADER, groups: [] });
    expect([actionsOf(plan), recordsToChange(plan)]).toEqual([[], 0]);
  });
});
