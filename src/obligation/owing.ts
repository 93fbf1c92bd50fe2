import { NO_REQUEST } from '../case/change/obligations.js';
import type { Books } from '../case/ledger-work.js';
import type { RequestId } from '../model/request.js';
import type { Judged } from '../work/obligation.js';

/**
 * The same books, in which what a pass says of a record stays with the request that owed it: by that one
 * it is known whose it is, and who holds it. Of a record that several people share, the word is about
 * those of the pass (`requests`) alone.
 */
export function owingAsBefore(books: Books, requests: ReadonlySet<RequestId>): Books {
  const { work } = books;
  return {
    ...books,
    work: {
      ...work,
      recordObligations: (judged) => work.recordObligations(owedBefore(work, judged, requests)),
    },
  };
}

/** Each is looked up before what is said of it is written. */
function* owedBefore(
  work: Books['work'],
  judged: Iterable<Judged>,
  requests: ReadonlySet<RequestId>,
): Generator<Judged> {
  for (const one of judged) {
    const isTheirs = one.role === 'own' || one.role === 'husk';
    const before = work
      .owedOf(one.collection, one.key)
      .filter(
        ({ role, request }) => (role === 'own' || role === 'husk') === isTheirs && requests.has(request),
      );
    if (before.length === 0 && one.request !== NO_REQUEST) yield one;
    for (const { request } of before) yield { ...one, request };
  }
}
