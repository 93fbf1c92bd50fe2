import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildChild, type Child } from '../faults/processes.js';
import { type Sweeping, sweepToKill } from './sweep-killed.js';

/** The most telling kills, and whether a resume comes before the next sweep; all are in test/long. */
const TELLING = [
  ['crm.commit, done', 0, false],
  ['web.commit', 0, true],
  ['ledger.append state, done', 2, false],
] as const;

describe('a sweep that is killed', () => {
  let child: Child;
  let sweeping: Sweeping;
  beforeAll(async () => {
    child = await buildChild();
    sweeping = await sweepToKill(child);
  }, 120_000);
  afterAll(async () => {
    await sweeping?.world.close();
    child?.remove();
  });

  it.each(TELLING)(
    'at %s (%i; resumed first: %s) is finished by the next: as if nothing had been',
    async (step, turn, resumed) => {
      const at = sweeping.steps.flatMap((each, index) => (each === step ? [index] : []))[turn];
      expect(at, `the step is there: ${sweeping.steps.join(' | ')}`).toBeDefined();
      expect(await sweeping.killAt(at ?? 0, resumed ? ['resume', '--yes'] : null)).toEqual([]);
    },
    60_000,
  );
});
