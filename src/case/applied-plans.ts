import type { Sha256 } from '../ledger/entry.js';
import { entryOf } from '../ledger/ledger.js';
import type { RequestId } from '../model/request.js';
import type { KeptPlan } from '../work/plan.js';
import type { Context } from './context.js';
import type { Books } from './ledger-work.js';
import { readKeptPlan } from './plan-keeping.js';
import type { AppliedPlan } from './verification.js';

/** The plans by which something was changed under a request, in that order. */
export function appliedPlans({ work }: Books, request: RequestId): readonly KeptPlan[] {
  return work.plans(request).filter(({ applied }) => applied !== null);
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

/** Sources where a plan is known to have been carried out, as the ledger was told. */
function committedBy({ ledger }: Books, { request, hash }: KeptPlan): ReadonlySet<string> {
  const intents = new Set<number>();
  const sources = new Set<string>();
  for (const link of ledger.links({ request })) {
    const entry = entryOf(link);
    if (entry.kind === 'intent' && entry.plan === (hash as Sha256) && entry.action !== 'disable') {
      intents.add(link.seq);
    } else if (entry.kind === 'outcome' && entry.outcome === 'committed' && intents.has(entry.intent)) {
      sources.add(entry.source);
    }
  }
  return sources;
}
