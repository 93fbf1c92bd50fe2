import { loadMap } from '../../map/load.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import { readKeptPlan } from '../change/plan-keeping.js';
import type { Context } from '../context.js';
import { type Books, withBooks } from '../ledger-work.js';
import { runsOf, sourcesIn, toldOf } from '../resume/runs.js';
import { workspaceAt } from '../workspace.js';
import { recordEvent } from './event.js';
import { requestSettings } from './rules.js';
import type { RequestView } from './view.js';

/**
 * `dsr request answer` and `dsr request close`: the answer went out; the case is over, and what is personal
 * of it is removed from the work file, its plans with it. What must be erased later stays owed.
 *
 * @throws DsrError usage: there is no such request, it was not answered yet, a hold stands against closing
 *   it, or what was confirmed under it is not done · transient: another process works on it.
 */
export async function markRequest(
  context: Context,
  request: string,
  event: 'answered' | 'closed',
): Promise<RequestView> {
  const settings = requestSettings(context);
  return withBooks(context, async (books) => {
    const known = books.work.request(request).request;
    await books.locks.hold(known);
    if (event === 'closed') await checkAllDone(context, books, known);
    return recordEvent(context, books, settings, known, event);
  });
}

/**
 * Closed, what was confirmed could not be finished any more. What a source that is not in the map any more
 * was to do is nobody's to finish.
 */
async function checkAllDone(context: Context, books: Books, request: RequestId): Promise<void> {
  const kept = books.work.plans(request).at(-1);
  if (kept === undefined) return;
  const { sources } = loadMap(workspaceAt(context.workspace).map, context.env);
  const plan = await readKeptPlan(context, kept);
  try {
    const runs = runsOf(books, kept).filter(({ phase }) => phase === 'change');
    const undone = sourcesIn(plan, 'change')
      .filter((source) => sources.some(({ name }) => name === source))
      .filter((source) => !runs.some((run) => toldOf(run, source) === 'committed'));
    if (undone.length === 0) return;
    throw new DsrError(
      'usage',
      `request ${request} cannot be closed yet: what was confirmed is not done in ${undone.join(', ')}`,
      { place: request, hint: `\`dsr resume ${request}\` finishes it` },
    );
  } finally {
    plan.close();
  }
}
