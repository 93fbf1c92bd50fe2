import { appliedPlans } from '../case/change/applied-plans.js';
import type { ChangeInput, ChangeResult } from '../case/change/change.js';
import { changeSubject } from '../case/change/change-subject.js';
import type { Draw } from '../case/change/draw.js';
import { verifyIn } from '../case/change/verify-request.js';
import type { Context } from '../case/context.js';
import type { Books } from '../case/ledger-work.js';
import type { MapAndTypes } from '../case/map-and-types.js';
import { recordEvent } from '../case/request/event.js';
import { settingsOf } from '../case/request/rules.js';
import { viewOf } from '../case/request/view.js';
import type { Decided } from '../case/search/decisions.js';
import type { RequestId, SubjectTag } from '../model/request.js';
import type { Identifier, SoughtRecord } from '../model/subject.js';
import type { EraseReason } from '../plan/plan.js';
import { owingAsBefore } from './owing.js';

/** An erasure that nobody asks for again: its time has come, or a backup brought back what was gone. */
export interface PassInput extends Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'> {
  readonly action: 'sweep' | 'replay';
  readonly reason: EraseReason;
  /** Known to be theirs, each the record of somebody; they are own whatever else is found of them. */
  readonly seeds: readonly SoughtRecord[];
  /** Known of those people, beside the seeds: searched as `learnt`, so that many of one type are no conflict. */
  readonly identifiers: readonly Identifier[];
  /** Of the identifiers, for the ledger; empty without. */
  readonly subject: readonly SubjectTag[];
  /** `erasing(held)`, or a draw around it. Called again inside the transactions that write. */
  readonly draw: Draw;
  /** Answers what the search and the plan ask. */
  readonly decided: Decided;
  /** The requests under which these people were erased before: what is owed of a record stays with them. */
  readonly requests: ReadonlySet<RequestId>;
  /** That of an earlier pass which did not come to its end, locked by the caller; null: one is opened, if something is to be changed. */
  readonly under: RequestId | null;
}

export interface PassResult extends ChangeResult {
  /** Its request was answered and closed: there is nothing under it to be verified or done again. */
  readonly closed: boolean;
}

/**
 * Erases many people's records at once through the ordinary machinery: the seeds are sought as if they
 * were one person's, so there is one plan, one transaction a source, one verification. What changes
 * nothing opens no request; what is done and verified is answered and closed by itself, which purges it,
 * and else its request stays open. Whether a person is identified, who approves and whether a copy comes
 * first is not asked: that was done when they were erased. Holds on persons are the caller's to observe.
 *
 * The answer is `erase`'s: `stopped` null and `applied` true where it was carried out, or where there was
 * nothing to change (`request` null then). Obligations of what went are dropped; of what stays they are
 * recorded under the request that owed them, else under the pass's own.
 *
 * @throws DsrError as eraseSubject: config and data errors name a collection that stands against the
 *   plan, nothing is changed then.
 */
export async function passOver(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  input: PassInput,
): Promise<PassResult> {
  const { action, reason, seeds, identifiers, subject, draw, decided, requests, under } = input;
  const { dryRun, show, confirm } = input;
  const result = await changeSubject({
    ...{ context, mapAndTypes, subject, decided, draw, reason },
    books: owingAsBefore(books, requests),
    pass: action,
    action: 'erase',
    set: [],
    input: { dryRun, show, confirm, planOut: null },
    extract: null,
    given: under,
    sought: { identifiers: identifiers.map((one) => ({ ...one, learnt: true as const })), records: seeds },
    expected: null,
  });
  const isBlocked = (request: string) => books.work.blocked(request as RequestId).length > 0;
  const closed = result.request !== null && isOver(result) && !isBlocked(result.request);
  if (closed) closePass(context, books, mapAndTypes, result.request as RequestId);
  return { ...result, closed };
}

/**
 * Closes the request of an earlier pass under which nothing is left to be done, once it was searched again in
 * vain for what it erased.
 *
 * @returns why it stays open; null: it was closed.
 * @throws DsrError as verifyIn.
 */
export async function settlePass(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  request: RequestId,
): Promise<string | null> {
  if (appliedPlans(books, request).length > 0) {
    const { verified, sources } = await verifyIn(context, books, mapAndTypes, request);
    const unread = sources.flatMap(({ source, status }) => (status === 'searched' ? [] : [source]));
    if (unread.length > 0) return `${request} stays open: ${unread.join(', ')} was not searched again`;
    if (verified.residual > 0) {
      const records = verified.residual === 1 ? 'one record was' : `${verified.residual} records were`;
      return `${request} stays open: of what it erased ${records} found again, \`dsr verify ${request}\` tells where`;
    }
  }
  closePass(context, books, mapAndTypes, request);
  return null;
}

/** Answered, unless it was already, and closed, which removes what is personal of it. */
export function closePass(context: Context, books: Books, { loaded }: MapAndTypes, request: RequestId): void {
  const rules = settingsOf(loaded, context.clock);
  const { status } = viewOf(books.work.request(request), rules, context.clock.now());
  if (status !== 'answered') recordEvent(context, books, rules, request, 'answered');
  recordEvent(context, books, rules, request, 'closed');
}

/** Nothing of it is left to be done again under this request. */
export function isOver({ applied, stopped, outcomes, verified, actions }: ChangeResult): boolean {
  return (
    applied &&
    stopped === null &&
    outcomes.every(({ outcome }) => outcome === 'committed') &&
    verified?.residual === 0 &&
    actions.every(({ action }) => action !== 'manual')
  );
}
