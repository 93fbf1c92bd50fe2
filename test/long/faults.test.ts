import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { fullBooks, fullSource, type SmallLane, smallLane } from '../faults/full-disks.js';
import { boundaries, killAt, type Lane, OPERATIONS, type Operation, openLane } from '../faults/matrix.js';
import { befall, type Case, cuts, lostAnswers } from '../faults/mishaps.js';
import { buildChild, type Child } from '../faults/processes.js';
import { crashes } from '../faults/random-crashes.js';
import { hasEngine } from '../harness/engines.js';
import { permittedSkip } from '../harness/permitted-skip.js';

/** As many runs at once as there are cores to run them. */
const AT_ONCE = 2;

let child: Child;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  child = await buildChild();
});
afterAll(async () => {
  for (const close of closing) await close();
  child?.remove();
});

async function lanesOf(operation: Operation): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  for (let at = 0; at < AT_ONCE; at += 1) {
    const lane = await openLane(child, operation);
    closing.push(() => lane.world.close());
    lanes.push(lane);
  }
  return lanes;
}

/** Every task once, in whichever lane is free. */
async function inLanes<L>(
  lanes: readonly L[],
  count: number,
  task: (lane: L, at: number) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  let next = 0;
  const work = async (lane: L) => {
    for (let at = next++; at < count; at = next++) wrong.push(...(await task(lane, at)));
  };
  await Promise.all(lanes.map(work));
  return wrong;
}

describe.skipIf(!hasEngine('postgres') || !hasEngine('mysql')).each(OPERATIONS)('$name', (operation) => {
  let lanes: readonly Lane[] = [];
  beforeAll(async () => {
    lanes = await lanesOf(operation);
  });

  it('is killed at every step boundary, and ends as if nothing had been', async () => {
    const at = boundaries(lanes[0] ?? { steps: [] });
    expect(at.length).toBeGreaterThan(30);
    const kill = (lane: Lane, turn: number) => killAt(child, lane, at[turn] ?? 0);
    expect(await inLanes(lanes, at.length, kill)).toEqual([]);
  });

  const cases = (of: (lane: Lane) => readonly Case[]) => {
    const [first] = lanes;
    return inLanes(lanes, first === undefined ? 0 : of(first).length, async (lane, at) => {
      const which = of(lane)[at];
      return which === undefined ? ['a case is missing'] : befall(child, lane, which);
    });
  };

  it('loses its connection in the midst of each transaction', async () => {
    expect(lanes.flatMap(cuts).length).toBeGreaterThan(5);
    expect(await cases(cuts)).toEqual([]);
  });

  it('is not answered when it commits, whatever became of the commit', async () => {
    expect(lanes.flatMap(lostAnswers).length).toBeGreaterThan(5);
    expect(await cases(lostAnswers)).toEqual([]);
  });

  const small = async (context: TestContext, of: (lane: SmallLane) => readonly Case[]) => {
    const made: SmallLane[] = [];
    for (let at = 0; at < AT_ONCE; at += 1) {
      const lane = await smallLane(child, operation);
      if (lane === null) return permittedSkip(context, 'mount');
      closing.push(() => lane.close());
      made.push(lane);
    }
    expect(made.flatMap(of).length).toBeGreaterThan(5);
    return inLanes(made, made.flatMap(of).length / AT_ONCE, async (each, at) => {
      const which = of(each)[at];
      return which === undefined ? ['a case is missing'] : befall(child, each.lane, which);
    });
  };

  it('finds the disk under the ledger full at any step', async (context) => {
    expect(await small(context, fullBooks)).toEqual([]);
  });

  it('finds the disk under a source full in the midst of a transaction', async (context) => {
    expect(await small(context, fullSource)).toEqual([]);
  });
});

it('random landscapes, in which an erasure dies at a random step: resumed, as if nothing had been', () =>
  crashes(60));
