import type { RequestId } from '../../model/request.js';
import type { Identifier, SoughtIdentifier } from '../../model/subject.js';
import type { Context } from '../context.js';
import { type Books, openBooks } from '../ledger-work.js';
import { loadTypes } from '../map-and-types.js';
import { openDecisions } from '../search/decisions.js';
import { whoIsAsked } from '../search/find.js';
import type { ChangeInput, ChangeResult, EraseInput } from './change.js';
import { changeSubject } from './change-subject.js';
import type { Intended } from './draw.js';
import { eraseReason } from './erase-reason.js';
import { checkRequestFits } from './may-change.js';

/**
 * What erase and rectify begin with: who is meant, under which request. A request that was worked on
 * before is searched by what was learnt then, too.
 */
export async function startChange(
  context: Context,
  input: ChangeInput,
  intended: Intended,
  extract: EraseInput['extract'] = null,
): Promise<ChangeResult> {
  const mapAndTypes = loadTypes(context);
  const books = await openBooks(context);
  try {
    const given = input.request === null ? null : books.work.request(input.request).request;
    if (given !== null) await books.locks.hold(given);
    if (given !== null) checkRequestFits(context, books, mapAndTypes, intended.action, given);
    const { identifiers, subject } = whoIsAsked(context, books, mapAndTypes, input, given);
    // A yes to one new value is none to the next.
    const what = intended.set.length === 0 ? '' : books.ledger.recordTag('set', JSON.stringify(intended.set));
    const answers = { accept: input.accept, reject: input.reject, request: given };
    const { action } = intended;
    const reason = action === 'erase' ? eraseReason(intended.reason, under(books, given)) : null;
    return await changeSubject({
      ...intended,
      reason,
      context,
      books,
      mapAndTypes,
      input,
      extract,
      given,
      sought: { identifiers: withLearnt(books, given, identifiers), records: [] },
      subject,
      decided: openDecisions(context, books, subject, answers, what),
      expected: null,
    });
  } finally {
    books.close();
  }
}

function under({ work }: Books, request: RequestId | null) {
  return request === null ? null : { request, type: work.request(request).type };
}

/** Those given first. */
export function withLearnt(
  { work }: Books,
  request: RequestId | null,
  given: readonly Identifier[],
): readonly SoughtIdentifier[] {
  const learnt = request === null ? [] : work.learnt(request);
  const isGiven = (one: Identifier) =>
    given.some(({ type, value }) => type === one.type && value === one.value);
  const found = learnt.filter((one) => !isGiven(one));
  return [...given, ...found.map(({ type, value }) => ({ type, value, learnt: true as const }))];
}
