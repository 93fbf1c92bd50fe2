import { DsrError } from '../../model/error.js';
import type { FoundAgain } from './judged.js';
import { type Passing, tried } from './passes.js';
import { type Unit, unitsOf } from './units.js';

export interface KeptAgain {
  /** Roots that an erasure left, beside which there is something again that it would take. */
  readonly again: ReadonlySet<FoundAgain>;
  /** People of whom that cannot be told: something stands against a plan. */
  readonly unsure: number;
}

/**
 * A root that stayed tells nothing of what was erased beside it: an erasure is rehearsed to see whether
 * anything would be deleted or cleared. It may be back from the backup, or new: who stayed may have consented
 * anew. What was only masked cannot be told from what is.
 */
export async function keptAgain(passing: Passing, kept: readonly FoundAgain[]): Promise<KeptAgain> {
  const again = new Set<string>();
  let unsure = 0;
  const look = async (units: readonly Unit[]): Promise<void> => {
    const [first] = units;
    if (first === undefined) return;
    const trial = await tried(passing, units);
    const isPlanned = !(trial instanceof DsrError) && trial.stopped === 'dry-run';
    if (isPlanned && !trial.actions.some(({ action }) => action === 'delete' || action === 'clear')) return;
    if (units.length > 1) {
      const half = Math.ceil(units.length / 2);
      await look(units.slice(0, half));
      await look(units.slice(half));
      return;
    }
    if (!isPlanned) unsure += 1;
    else for (const { collection, key } of first.seeds) again.add(`${collection}\n${key}`);
  };
  const units = unitsOf(kept);
  for (const reason of new Set(units.map((unit) => unit.reason))) {
    await look(units.filter((unit) => unit.reason === reason));
  }
  return { again: new Set(kept.filter(({ collection, key }) => again.has(`${collection}\n${key}`))), unsure };
}
