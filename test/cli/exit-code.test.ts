import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfAnswer, codeOfChange, exitCodeOf, exitCodes, mostSevere } from '../../src/cli/exit-code.js';

const code = fc.constantFrom(...exitCodes.map((entry) => entry.code));

describe('exit codes', () => {
  it('are those of the contract', () => {
    expect(exitCodes.map((entry) => entry.code)).toEqual([0, 1, 2, 3, 4, 5, 6, 130]);
  });

  it.each([
    [[3, 4], 4],
    [[4, 5, 3], 5],
    [[5, 130], 130],
    [[130, 2], 2],
    [[2, 6], 6],
    [[6, 1], 1],
    [[0, 3], 3],
    [[], 0],
  ] as const)('%j end as %i', (codes, expected) => {
    expect(mostSevere(codes)).toBe(expected);
  });

  it('do not depend on the order in which they are met, and are 0 only when all are', () => {
    fc.assert(
      fc.property(fc.array(code), (codes) => {
        expect(mostSevere([...codes].reverse())).toBe(mostSevere(codes));
        expect(mostSevere(codes) === 0).toBe(codes.every((one) => one === 0));
      }),
    );
  });

  it.each([
    ['usage', 2],
    ['config', 2],
    ['transient', 3],
    ['data', 3],
    ['decision', 4],
    ['conflict', 5],
    ['ledger', 6],
    ['cancelled', 130],
    ['internal', 1],
  ] as const)('a failure of kind %s is %i', (kind, expected) => {
    expect(exitCodeOf(kind)).toBe(expected);
  });

  it.each([
    [null, 0],
    ['dry-run', 0],
    ['not-confirmed', 4],
    ['undecided', 4],
    ['held', 4],
    ['stale', 5],
  ] as const)('a change that was stopped as %s is %i', (stopped, expected) => {
    const told = { decisions: [], outcomes: [], actions: [], verified: null };
    expect(codeOfChange({ ...told, complete: true, stopped })).toBe(expected);
    expect(codeOfChange({ ...told, complete: false, stopped })).toBe(Math.max(expected, 3));
  });

  it('an answer with open decisions is 4, even when it is incomplete too', () => {
    expect(codeOfAnswer({ complete: true, decisions: [] })).toBe(0);
    expect(codeOfAnswer({ complete: false, decisions: [] })).toBe(3);
    expect(codeOfAnswer({ complete: true, decisions: [1] })).toBe(4);
    expect(codeOfAnswer({ complete: false, decisions: [1] })).toBe(4);
  });
});
