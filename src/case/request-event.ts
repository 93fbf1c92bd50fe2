import { DsrError } from '../model/error.js';
import type { RequestId } from '../model/request.js';
import type { RequestEvent } from '../work/words.js';
import type { Context } from './context.js';
import { civilDate } from './deadline.js';
import type { Books } from './ledger-work.js';
import { removePlans } from './plan-keeping.js';
import { isAllowed, stateOf } from './request-state.js';
import { type RequestRules, type RequestView, viewOf } from './request-view.js';

/**
 * Records what happened to a request, in the work file and the ledger, or in neither. `closed` also
 * removes its personal data: from the work file, and its plans.
 *
 * @throws DsrError usage: there is no such request, or it stands so that this cannot happen to it.
 */
export function recordEvent(
  context: Context,
  books: Books,
  rules: RequestRules,
  request: RequestId,
  event: RequestEvent,
): RequestView {
  const { work, ledger } = books;
  const { operator, clock } = context;
  const today = civilDate(clock.now(), rules.timezone);
  work.addEvent(request, event, operator, () => {
    // Under the lock: no other process changes the request meanwhile.
    const stored = work.request(request);
    const before = stateOf(stored.events.slice(0, -1), today, rules.timezone);
    if (!isAllowed(event, before)) throw impossible(request, event, before.status);
    ledger.append({
      kind: 'state',
      operator,
      request,
      event,
      status: stateOf(stored.events, today, rules.timezone).status,
      type: stored.type,
      received: stored.received,
      subject: work.subject(request),
    });
  });
  if (event === 'closed') {
    removePlans(context, books, request);
    work.purge([request]);
  }
  return viewOf(work.request(request), rules, clock.now());
}

function impossible(request: RequestId, event: RequestEvent, status: string): DsrError {
  return new DsrError('usage', `request ${request} is ${status}; it cannot become ${event} now`, {
    hint: `\`dsr request show ${request}\` tells how it stands`,
  });
}
