import { encodeKey } from '../locate/key-code.js';
import type { RequestId } from '../model/request.js';
import type { Plan } from '../plan/plan.js';
import type { Judged } from '../work/obligation.js';
import type { Books } from './ledger-work.js';

/**
 * What must go later, now that it stays: from the rows of an erasure that was applied. A record that is
 * gone is owed no longer. What is said of a person's own record is the last word on it, unless the reason
 * did not cover it; a record that is shared or only names the person is judged for that person alone, so
 * what others are owed of it stands. `isDone`: nothing of a source that was rolled back counts.
 */
export function oweWhatStays(
  { work }: Books,
  request: RequestId,
  plan: Plan,
  isDone: (source: string) => boolean,
): void {
  if (plan.header.action !== 'erase') return;
  plan.groups.forEach((group, at) => {
    const { collection, source, action, ground } = group;
    if (!isDone(source) || action === 'disable' || action === 'open' || action === 'manual') return;
    if (action === 'delete') {
      work.dropObligations(collection, keysOf(plan, at));
      return;
    }
    if (ground === 'not-covered') return;
    work.recordObligations(judged(plan, at, request));
  });
}

function* keysOf(plan: Plan, group: number): Generator<string> {
  for (const { key } of plan.rows(group)) yield encodeKey(key);
}

function* judged(plan: Plan, at: number, request: RequestId): Generator<Judged> {
  const group = plan.groups[at];
  if (group === undefined) return;
  const { collection, role, until, ground, law } = group;
  for (const key of keysOf(plan, at)) yield { collection, key, role, until, ground, law, request };
}
