import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { RequestEvent } from '../../work/words.js';
import { removePlans } from '../change/plan-keeping.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import { civilDate } from './deadline.js';
import { isAllowed, stateOf } from './state.js';
import { type RequestRules, type RequestView, viewOf } from './view.js';

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
  const isOver = event === 'closed' || event === 'abandoned';
  work.addEvent(request, event, operator, () => {
    // Under the lock: no other process changes the request meanwhile.
    const stored = work.request(request);
    const before = stateOf(stored.events.slice(0, -1), today, rules.timezone);
    if (!isAllowed(event, before)) throw impossible(request, event, before.status);
    if (event === 'closed' && before.status === 'answered') checkNotBlocked(books, request);
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
    if (isOver) work.forget(request);
  });
  if (isOver) removePlans(context, request);
  return viewOf(work.request(request), rules, clock.now());
}

/** Closed, nobody would be left to erase: what is personal of the request goes then. */
function checkNotBlocked({ work }: Books, request: RequestId): void {
  const [first] = work.blocked(request);
  if (first === undefined) return;
  const { hold, released } = first;
  throw new DsrError(
    'usage',
    released
      ? `request ${request} cannot be closed yet: its erasure comes back, now that ${hold} is released`
      : `request ${request} cannot be closed: its erasure waits for ${hold} to be released`,
    { hint: released ? '`dsr sweep` carries it out' : '`dsr hold list` shows why it is held' },
  );
}

function impossible(request: RequestId, event: RequestEvent, status: string): DsrError {
  return new DsrError('usage', `request ${request} is ${status}; it cannot become ${event} now`, {
    hint: `\`dsr request show ${request}\` tells how it stands`,
  });
}
