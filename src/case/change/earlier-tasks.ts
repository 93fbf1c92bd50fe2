import type { Plan } from '../../plan/plan.js';
import { openTasks } from '../../verify/open-tasks.js';
import { tracesOf } from '../../verify/traces.js';
import type { Search } from '../search/search.js';
import { appliedPlans, withPlans } from './applied-plans.js';
import type { Change } from './drawn-up.js';
import { taskWords } from './verification.js';

/**
 * What earlier plans of the request left to a human and is still there, though a search may not lead to it
 * any more; names no value. What `plan` judges anew is told by that one.
 */
export async function earlierTasks(
  { context, books, action, given }: Change,
  { map, catalogs, readers, person, types }: Search,
  plan: Plan | null,
): Promise<readonly string[]> {
  if (given === null || action !== 'erase') return [];
  const kept = appliedPlans(books, given).filter(({ hash }) => hash !== plan?.hash);
  return withPlans(context, books, kept, async (applied) => {
    const people = [person];
    const traces = tracesOf({ located: { people }, names: books.work.names(given), types });
    const counts = new Map<string, number>();
    const missing = new Set<string>();
    const plans = [...applied.map((each) => each.plan), ...(plan === null ? [] : [plan])];
    for (const [at, { plan: earlier, places }] of applied.entries()) {
      const later = plans.slice(at + 1);
      const found = await openTasks({
        ...{ plan: earlier, later, places, map, catalogs, readers, people, traces },
      });
      for (const { collection, records } of found.tasks) {
        counts.set(collection, (counts.get(collection) ?? 0) + records);
      }
      for (const what of found.missing) missing.add(what);
    }
    return [...taskWords(counts), ...missing];
  });
}
