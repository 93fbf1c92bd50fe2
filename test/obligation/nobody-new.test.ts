import { expect, it } from 'vitest';
import type { LocatedDecision } from '../../src/locate/located.js';
import { nobodyNew } from '../../src/obligation/nobody-new.js';

const doubt = (recordKey: string): LocatedDecision => ({
  ...{ kind: 'identity-conflict', collection: 'crm.customers', key: [recordKey] },
  ...{ recordKey, why: 'two of them bear it' },
});

it('leaves out whoever comes up, and searches again as long as somebody new does', () => {
  const decided = nobodyNew();
  expect(decided.take('whose', [doubt('p!1')])).toEqual({ open: [], applied: true });
  expect(decided.take('whose', [doubt('p!1'), doubt('p!2')])).toEqual({ open: [], applied: true });
  expect(decided.take('whose', [])).toEqual({ open: [], applied: false });
  expect(decided.answers('whose').get('reject')).toEqual([
    { collection: 'crm.customers', key: 'p!1' },
    { collection: 'crm.customers', key: 'p!2' },
  ]);
  expect(decided.answers('what').get('reject')).toEqual([]);
});

it('comes to an end where one comes up although it was left out', () => {
  const decided = nobodyNew();
  decided.take('whose', [doubt('p!1')]);
  expect(() => decided.take('whose', [doubt('p!1')])).toThrow(
    expect.objectContaining({ kind: 'data', place: 'crm.customers' }),
  );
});
