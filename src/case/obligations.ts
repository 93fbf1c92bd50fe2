import { encodeKey } from '../locate/key-code.js';
import type { RequestId } from '../model/request.js';
import type { Plan } from '../plan/plan.js';
import type { Obligation } from '../work/obligation.js';
import type { Books } from './ledger-work.js';

/**
 * What must go later, now that it stays: from the rows of a plan that was applied. What the plan removes,
 * or keeps without an end, is owed no longer. `isDone`: nothing of a source that was rolled back counts.
 */
export function oweWhatStays(
  { work }: Books,
  request: RequestId,
  plan: Plan,
  isDone: (source: string) => boolean,
): void {
  plan.groups.forEach((group, at) => {
    const { collection, source, action, until } = group;
    if (!isDone(source) || action === 'disable' || action === 'open' || action === 'manual') return;
    if (until === null || action === 'delete') work.dropObligations(collection, keysOf(plan, at));
    else work.recordObligations(owed(plan, at, until, request));
  });
}

function* keysOf(plan: Plan, group: number): Generator<string> {
  for (const { key } of plan.rows(group)) yield encodeKey(key);
}

function* owed(plan: Plan, at: number, until: string, request: RequestId): Generator<Obligation> {
  const group = plan.groups[at];
  if (group === undefined) return;
  const { collection, ground, law } = group;
  for (const key of keysOf(plan, at)) yield { collection, key, until, ground, law, request };
}
