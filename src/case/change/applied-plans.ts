import type { RequestId } from '../../model/request.js';
import type { KeptPlan } from '../../work/plan.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import { type Run, runsOf } from '../resume/runs.js';
import { readKeptPlan } from './plan-keeping.js';
import type { AppliedPlan } from './verification.js';

/** The plans by which something was changed under a request, or may have been, in that order. */
export function appliedPlans(books: Books, request: RequestId): readonly KeptPlan[] {
  return books.work.plans(request).filter((kept) => kept.applied !== null || mayHaveChanged(books, kept));
}

/** Reads them, and has them for as long as `use` runs. */
export async function withPlans<T>(
  context: Context,
  books: Books,
  kept: readonly KeptPlan[],
  use: (plans: readonly AppliedPlan[]) => Promise<T>,
): Promise<T> {
  const plans: AppliedPlan[] = [];
  try {
    for (const each of kept) {
      const plan = await readKeptPlan(context, each);
      const committed = committedBy(books, each);
      plans.push({ plan, places: each.places, goneBefore: (source) => committed.has(source) });
    }
    return await use(plans);
  } finally {
    for (const { plan } of plans) plan.close();
  }
}

/** Sources where a plan is known to have been carried out, as the ledger was told of it. */
function committedBy(books: Books, kept: KeptPlan): ReadonlySet<string> {
  return new Set(
    changesOf(books, kept)
      .flatMap(({ outcomes }) => outcomes)
      .flatMap(({ source, outcome }) => (outcome === 'committed' ? [source] : [])),
  );
}

/** A run that was killed could not say so itself: what it committed by then stands in the ledger. */
function mayHaveChanged(books: Books, kept: KeptPlan): boolean {
  const told =
    changesOf(books, kept)
      .at(-1)
      ?.outcomes.map(({ source }) => source) ?? [];
  const asked = books.work.commits(kept.request, kept.hash).filter(({ phase }) => phase === 'change');
  // asked to commit, and not a word of what became of it
  if (asked.some(({ source }) => !told.includes(source))) return true;
  return changesOf(books, kept).some(
    ({ outcomes }) =>
      // announced, and not a word of what became of it
      outcomes.length === 0 ||
      outcomes.some(({ outcome }) => outcome === 'committed' || outcome === 'unknown'),
  );
}

function changesOf(books: Books, kept: KeptPlan): readonly Run[] {
  return runsOf(books, kept).filter(({ phase }) => phase === 'change');
}
