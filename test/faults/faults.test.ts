import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEngine } from '../harness/engines.js';
import { killAt, type Lane, OPERATIONS, openLane, resumeOnceMore } from './matrix.js';
import { buildChild, type Child } from './processes.js';

/** The most telling kills; all of them, and other mishaps, are in test/long/faults.test.ts. */
const TELLING = [
  ['erase', 'work.recordPlan', 0],
  ['erase', 'ledger.append intent, done', 1],
  ['erase', 'crm.commit, done', 0],
  ['erase', 'billing.commit', 0],
  ['erase', 'support.commit, done', 1],
  ['rectify', 'crm.commit, done', 0],
] as const;

describe.skipIf(!hasEngine('postgres') || !hasEngine('mysql'))('killed', () => {
  let child: Child;
  const lanes = new Map<string, Lane>();
  beforeAll(async () => {
    child = await buildChild();
    for (const operation of OPERATIONS) lanes.set(operation.name, await openLane(child, operation));
  }, 120_000);
  afterAll(async () => {
    for (const { world } of lanes.values()) await world.close();
    child?.remove();
  });

  it.each(TELLING)(
    '%s at %s (%i), resumed: as if nothing had been',
    async (name, step, turn) => {
      const lane = lanes.get(name);
      if (lane === undefined) throw new Error(`there is no lane ${name}`);
      const at = lane.steps.flatMap((each, index) => (each === step ? [index] : []))[turn];
      expect(at, 'the step is there').toBeDefined();
      expect(await killAt(child, lane, at ?? 0)).toEqual([]);
      expect(await resumeOnceMore(lane)).toEqual([]);
    },
    120_000,
  );
});
