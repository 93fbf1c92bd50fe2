import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sweeping, sweepToKill } from '../cases/sweep-killed.js';
import { buildChild, type Child } from '../faults/processes.js';

let child: Child;
let sweeping: Sweeping;
beforeAll(async () => {
  child = await buildChild();
  sweeping = await sweepToKill(child);
});
afterAll(async () => {
  await sweeping?.world.close();
  child?.remove();
});

it('a sweep killed at boundaries all along is finished by the next, and by a resume before it', async () => {
  const wrong: string[] = [];
  // All of them, each in both ways, take five minutes: DSR_FAULTS=all.
  const every = process.env.DSR_FAULTS === 'all' ? 1 : 6;
  for (const at of sweeping.steps.keys()) {
    if (at % every === 0) wrong.push(...(await sweeping.killAt(at, null)));
    if ((at + 3) % every === 0) wrong.push(...(await sweeping.killAt(at, ['resume', '--yes'])));
  }
  expect(wrong).toEqual([]);
}, 3_600_000);
