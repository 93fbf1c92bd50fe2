import type { RequestId, SubjectTag } from '../../model/request.js';
import { type DrawnUp, subjectOf } from '../change/drawn-up.js';

/** The request remembers what its erasure waits for, so that a release brings it back. */
export function blockHeld({ change, draft, known }: DrawnUp, request: RequestId): void {
  if (change.action !== 'erase' || change.pass !== undefined) return;
  // As they stand now: one may have come while the plan was read.
  const holds = draft.holds.on(known).map(({ hold }) => hold);
  if (holds.length > 0) change.books.work.block(request, holds);
}

/**
 * Who is held stays so by every strong identifier that is known of them by now: the one that the hold was
 * given may be corrected, or gone from the records, before they are asked for again.
 *
 * @param gained what a rectification is about to give them.
 */
export function widenHolds(drawn: DrawnUp, gained: readonly SubjectTag[]): void {
  const { change, draft, known, landscape } = drawn;
  if (change.pass !== undefined) return;
  const holds = draft.holds.on(known);
  if (holds.length === 0) return;
  // Accepted although it is somebody else's: it tells nobody apart.
  const isShared = (change.decided.answers('what').get('accept') ?? []).length > 0;
  const strong = subjectOf(drawn).filter(({ type }) => landscape.types.get(type).strength === 'strong');
  for (const { hold } of holds) change.books.work.widenHold(hold, [...strong, ...(isShared ? [] : gained)]);
}
