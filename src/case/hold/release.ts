import { entryOf } from '../../ledger/ledger.js';
import type { HoldId } from '../../model/hold.js';
import type { RequestId } from '../../model/request.js';
import type { Books } from '../ledger-work.js';
import { waitingErasures } from './holds.js';

/**
 * Requests whose erasure a hold had stopped, or of which it kept what only the person leads to, now that
 * nothing holds them any more: to be carried out as `dsr erase --request R` would. By request.
 */
export function releasedErasures(books: Books): readonly RequestId[] {
  const held = heldRequests(books);
  return waitingErasures(books).flatMap(({ request, released }) =>
    released && !held.has(request) ? [request] : [],
  );
}

/**
 * Requests whose person is under a hold, with the first of these: what was kept under them must not be
 * erased. Told by tags: those the request was opened with, and those that its erasures knew the person by,
 * which the ledger keeps when the request is closed.
 */
export function heldRequests({ work, ledger }: Books): ReadonlyMap<RequestId, HoldId> {
  const byTag = new Map<string, HoldId>();
  for (const { hold, collection } of work.holds(false)) {
    if (collection !== null) continue;
    for (const { tag } of work.holdSubject(hold)) if (!byTag.has(tag)) byTag.set(tag, hold);
  }
  const held = new Map<RequestId, HoldId>();
  if (byTag.size === 0) return held;
  const note = (request: RequestId, tags: Iterable<{ readonly tag: string }>) => {
    for (const { tag } of tags) {
      const hold = byTag.get(tag);
      if (hold !== undefined && !held.has(request)) held.set(request, hold);
    }
  };
  for (const { request } of work.requests([...byTag.keys()])) note(request, work.subject(request));
  for (const link of ledger.links()) {
    if (!link.body.includes('"kind":"intent"') || link.body.includes('"request":null')) continue;
    const entry = entryOf(link);
    if (entry.kind === 'intent' && entry.request !== null) note(entry.request, entry.subject);
  }
  return held;
}
