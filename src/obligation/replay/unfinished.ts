import { readKeptPlan } from '../../case/change/plan-keeping.js';
import type { Context } from '../../case/context.js';
import type { Books } from '../../case/ledger-work.js';
import { openerOf, type Run, runsOf, sourcesIn, toldOf } from '../../case/resume/runs.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { KeptPlan } from '../../work/plan.js';

/**
 * What was begun and is not over, so that nobody can say yet that a replay found all of it: one reason a
 * request, with what finishes it; names nobody.
 *
 * - an earlier replay: what it left halfway is not all told by roots that are there again;
 * - any other change of which a source never said what became of it: its process died, or an answer was lost.
 */
export async function unfinishedBefore(context: Context, books: Books): Promise<readonly string[]> {
  const reasons: string[] = [];
  for (const { request, events } of [...books.work.requests()]) {
    const ended = ({ event }: (typeof events)[number]) => event === 'closed' || event === 'abandoned';
    if (events.some(ended)) continue;
    const isAnswered = events.some(({ event }) => event === 'answered');
    if (openerOf(books, request)?.action === 'replay' && !isAnswered) {
      reasons.push(
        `${request}, of an earlier replay, is not over: dsr resume ${request} finishes it, dsr request show tells of it`,
      );
    } else if (await isUnresolved(context, books, request)) {
      reasons.push(
        `${request}: it is not known everywhere whether its change was done: dsr resume ${request} asks the sources and finishes it`,
      );
    }
  }
  return reasons;
}

/** By the plan that a resume would go on with: whatever was left by one before stands in the later one. */
async function isUnresolved(context: Context, books: Books, request: RequestId): Promise<boolean> {
  const kept = books.work.plans(request).at(-1);
  const runs = kept === undefined ? [] : runsOf(books, kept).filter(({ phase }) => phase === 'change');
  if (kept === undefined || runs.length === 0) return false;
  const told = (run: Run) => run.outcomes.map(({ source }) => source);
  const isOpen = (run: Run, sources: readonly string[]) =>
    sources.some((source) => !['committed', 'rolled-back'].includes(toldOf(run, source) ?? ''));
  if (runs.some((run) => run.outcomes.length === 0 || isOpen(run, told(run)))) return true;
  const sources = await changedSources(context, kept);
  return sources === null || runs.some((run) => isOpen(run, sources));
}

/** Also those of which nothing was told: the process died in between. null: the plan cannot be read. */
async function changedSources(context: Context, kept: KeptPlan): Promise<readonly string[] | null> {
  try {
    const plan = await readKeptPlan(context, kept);
    try {
      return sourcesIn(plan, 'change');
    } finally {
      plan.close();
    }
  } catch (error) {
    if (error instanceof DsrError) return null;
    throw error;
  }
}
