import { removeLeftFiles } from '../case/change/plan-keeping.js';
import type { Context } from '../case/context.js';
import type { Books } from '../case/ledger-work.js';
import type { MapAndTypes } from '../case/map-and-types.js';
import { civilDate } from '../case/request/deadline.js';
import { stateOf } from '../case/request/state.js';
import { openerOf } from '../case/resume/runs.js';
import type { RequestId } from '../model/request.js';
import type { StoredRequest } from '../work/request.js';
import type { RequestStatus } from '../work/words.js';
import { closePass } from './pass.js';

/**
 * Takes up what sweeps that died left: removes the plans of requests that are closed, closes those of which
 * all was done, and locks the one that did not come to its end, which it answers; null: there is none.
 * A dry run changes nothing, but for the lock.
 *
 * @throws DsrError transient: another process works on it.
 */
export async function takeUpSweep(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  dryRun: boolean,
): Promise<RequestId | null> {
  if (!dryRun) removeLeftFiles(context, books);
  const now = statusesNow(context, mapAndTypes);
  for (const request of openSweeps(books, now)) {
    context.signal.throwIfAborted();
    await books.locks.hold(request);
    // Who held it may have ended it.
    const status = now(books.work.request(request));
    if (isRunning(status) && status !== 'answered') return request;
    if (status === 'answered' && !dryRun) closePass(context, books, mapAndTypes, request);
  }
  return null;
}

type StatusNow = (request: StoredRequest) => RequestStatus;

function statusesNow({ clock }: Context, { loaded }: MapAndTypes): StatusNow {
  const { timezone } = loaded.controller;
  const today = civilDate(clock.now(), timezone);
  return ({ events }) => stateOf(events, today, timezone).status;
}

function isRunning(status: RequestStatus): boolean {
  return status === 'open' || status === 'in-progress' || status === 'answered';
}

/** Requests that a sweep opened and that are not closed, in the order they were opened. */
function openSweeps(books: Books, now: StatusNow): readonly RequestId[] {
  const open: RequestId[] = [];
  for (const stored of books.work.requests()) {
    if (stored.type !== 'erase' || !isRunning(now(stored))) continue;
    if (openerOf(books, stored.request)?.action === 'sweep') open.push(stored.request);
  }
  return open;
}
