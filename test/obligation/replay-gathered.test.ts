import { describe, expect, it } from 'vitest';
import { gathered } from '../../src/obligation/replay/gathered.js';
import type { FoundAgain } from '../../src/obligation/replay/judged.js';

function one(what: FoundAgain['what'], collection: string, key: number, ...values: readonly string[]) {
  return {
    ...{ what, collection, key: `k${key}`, people: new Set([0]), reasons: ['request'] },
    ...{ requests: new Set(), identifiers: values.map((value) => ({ type: 'email', value })), last: 0 },
  } as FoundAgain;
}

describe('what was found again', () => {
  it('keeps one of many records that hold the same and are nobody’s, and counts them all', () => {
    function* log() {
      for (let key = 1; key <= 10_000; key += 1) yield one('rootless', 'crm.log', key, 'anna', 'bo');
      yield one('rootless', 'crm.log', 10_001, 'bo', 'anna');
      yield one('rootless', 'crm.log', 10_002, 'bo');
    }
    const roots = [one('hit', 'crm.customers', 1, 'bo'), one('candidate', 'crm.customers', 2, 'bo')];
    const { found, counts, asked } = gathered(log(), roots, [one('swept', 'crm.customers', 3)]);
    expect(found.map(({ what, key }) => `${what} ${key}`)).toEqual([
      ...['rootless k1', 'rootless k10002', 'hit k1', 'candidate k2', 'swept k3'],
    ]);
    expect(asked).toBe(10_004);
    expect(counts).toEqual([
      { collection: 'crm.log', own: 0, candidates: 10_002, mentions: 0, shared: 0 },
      { collection: 'crm.customers', own: 1, candidates: 2, mentions: 0, shared: 0 },
    ]);
  });
});
