import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import type { RequestType } from '../../work/words.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import { checkIdentified } from '../request/begin.js';
import { civilDate } from '../request/deadline.js';
import { stateOf } from '../request/state.js';
import { tagsToAsk } from '../request/subject.js';

export type ChangeAction = 'erase' | 'rectify';

/** What a person may have asked for, to have this done. */
const ANSWERED_BY: Readonly<Record<ChangeAction, readonly RequestType[]>> = {
  erase: ['erase', 'withdraw', 'object'],
  rectify: ['rectify'],
};

/**
 * Whether this request is answered by such a change, and runs: who asked for a copy must not be erased.
 *
 * @throws DsrError usage.
 */
export function checkRequestFits(
  context: Context,
  { work }: Books,
  { loaded }: MapAndTypes,
  action: ChangeAction,
  request: RequestId,
): void {
  const { type, events } = work.request(request);
  if (!ANSWERED_BY[action].includes(type)) {
    throw new DsrError('usage', `request ${request} is one to ${type}, not to ${action}`, {
      hint: `call without --request, which opens one to ${action}`,
    });
  }
  const { timezone } = loaded.controller;
  const { status } = stateOf(events, civilDate(context.clock.now(), timezone), timezone);
  if (status === 'open' || status === 'identifying' || status === 'in-progress' || status === 'answered')
    return;
  throw new DsrError('usage', `request ${request} is ${status}: nothing is done under it any more`, {
    hint: 'call without --request and with the identifiers, which opens another one',
  });
}

/**
 * What must be so before anything is changed; a dry run may be had without.
 *
 * @throws DsrError decision: the person is not identified, approvals are missing, or a copy that was
 *   asked for was not handed out yet (when both are asked, the copy comes first).
 */
export function checkMayChange(
  context: Context,
  books: Books,
  { loaded, types }: MapAndTypes,
  action: ChangeAction,
  request: RequestId | null,
  identifiers: readonly Identifier[],
  extractFirst: boolean,
): void {
  checkIdentified(
    context,
    books,
    loaded,
    request,
    action === 'erase' ? 'nothing is erased' : 'nothing is changed',
  );
  if (action === 'rectify') return;
  const { erase: approvals } = loaded.policy.approvals;
  if (approvals > 0) {
    throw new DsrError(
      'decision',
      `${approvals === 1 ? 'the approval of another operator is' : `the approvals of ${approvals} other operators are`} missing, which policy.approvals asks for`,
      {
        place: loaded.place(['policy', 'approvals']),
        hint: '`dsr approve` comes with a later version; until then only policy.approvals.erase: 0 lets an erasure through, on your word. --dry-run shows the plan',
      },
    );
  }
  if (extractFirst) return;
  const strong = identifiers.filter(({ type }) => types.get(type).strength === 'strong');
  const waiting = exportWaiting(
    context,
    books,
    loaded.controller.timezone,
    tagsToAsk(books.ledger, types, strong),
  );
  if (waiting === null) return;
  throw new DsrError(
    'decision',
    `this person asked for a copy under ${waiting} and has none yet; it comes before the erasure`,
    {
      hint: `dsr export --request ${waiting}, or erase with --export`,
    },
  );
}

/** A request for a copy, of somebody who bears one of the tags, under which none was handed out. */
function exportWaiting(
  context: Context,
  { work }: Books,
  timezone: string,
  tags: readonly string[],
): RequestId | null {
  const today = civilDate(context.clock.now(), timezone);
  for (const { request, type, events } of work.requests(tags)) {
    if (type !== 'export' || work.hasExtract(request)) continue;
    const { status } = stateOf(events, today, timezone);
    if (status === 'open' || status === 'identifying' || status === 'in-progress') return request;
  }
  return null;
}
