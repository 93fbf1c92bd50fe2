import fc from 'fast-check';
import { expect } from 'vitest';
import { anyErasureWorld, GIVEN } from '../plan/erase-arbitrary.js';
import type { World } from '../support/world.js';
import { makeRandomConstant } from './constant-random.js';
import { disagreements } from './ledger-held.js';
import { differences } from './matrix.js';
import { randomLandscape } from './random-crash.js';

const ERASE = ['erase', GIVEN, '--reason', 'request', '--yes'] as const;

/** Random landscapes, in which an erasure dies at a random boundary and is resumed. */
export async function crashes(numRuns: number): Promise<void> {
  makeRandomConstant();
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyErasureWorld, fc.nat(), async (world, where) => {
      const wrong = await crashAndCompare(world, where);
      if (wrong === null) return;
      compared += 1;
      expect(wrong).toEqual([]);
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThan(numRuns / 3);
}

/** null: refused, or nothing is changed. */
async function crashAndCompare(world: World, where: number): Promise<readonly string[] | null> {
  const [calm, rough] = [randomLandscape(world), randomLandscape(world)];
  try {
    const before = calm.dump();
    const { code, steps } = await calm.run(ERASE);
    if (![0, 3].includes(code) || differences('', calm.dump(), before).length === 0) return null;
    const at = where % steps.length;
    const died = await rough.run(ERASE, at);
    const wrong = died.code === 0 ? ['it did not die'] : [];
    const resumed = await rough.run(['resume', '--yes']);
    if (![0, 3].includes(resumed.code)) wrong.push(`resume ended with ${resumed.code}: ${resumed.said}`);
    if (differences('', rough.dump(), before).length === 0) await rough.run(ERASE);
    return [
      ...wrong,
      ...differences('rows', rough.dump(), calm.dump()),
      ...disagreements(rough.entries(), calm.entries()),
    ].map((what) => `died at ${at} (${steps[at]}): ${what}`);
  } finally {
    calm.close();
    rough.close();
  }
}
