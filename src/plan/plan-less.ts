import type { Key } from '../model/value.js';
import { openScratch } from '../store/scratch.js';
import type { Plan } from './plan.js';
import { makePlan } from './plan-store.js';

/**
 * The same plan without the records of which `isDone`, by the group's place in `groups`. In a scratch of its
 * own in `tmp` (null: in memory); `plan` stays the caller's to close.
 */
export function planLess(plan: Plan, isDone: (group: number, key: Key) => boolean, tmp: string | null): Plan {
  const scratch = openScratch(tmp);
  try {
    const builder = makePlan(scratch);
    for (const [at, { records: _, ...group }] of plan.groups.entries()) {
      const handle = builder.add(group);
      for (const row of plan.rows(at)) if (!isDone(at, row.key)) builder.row(handle, row);
    }
    return builder.finish(plan.header);
  } catch (error) {
    scratch.close();
    throw error;
  }
}
