import type { Ledger } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import { requestId } from '../../model/request.js';
import type { Context } from '../context.js';
import { openBooks } from '../ledger-work.js';
import { requestSettings } from './rules.js';
import { parseIdentifiers, tagsToAsk } from './subject.js';
import { type RequestView, viewOf } from './view.js';

export interface RequestListInput {
  /** Only requests of somebody who bears one of these; empty: all requests. */
  readonly identifiers: readonly string[];
}

/**
 * `dsr request list`, as they were opened. With an identifier: has this person asked before? Answered
 * by tag, hence also for requests that are closed and whose identifiers are gone.
 */
export async function* listRequests(context: Context, input: RequestListInput): AsyncGenerator<RequestView> {
  const settings = requestSettings(context);
  const identifiers =
    input.identifiers.length === 0 ? null : parseIdentifiers(context, settings.types, input.identifiers);
  const books = await openBooks(context);
  try {
    const tags = identifiers === null ? undefined : tagsToAsk(books.ledger, settings.types, identifiers);
    const seen = new Set<string>();
    for (const request of books.work.requests(tags)) {
      context.signal.throwIfAborted();
      seen.add(request.request);
      yield viewOf(request, settings, context.clock.now());
    }
    if (tags === undefined) lostRequests(books.ledger, seen, context.clock.now());
  } finally {
    books.close();
  }
}

/** The ledger outlives the work file: what it saw opened and is not here any more must not look like nothing. */
function lostRequests(ledger: Ledger, seen: ReadonlySet<string>, now: Date): void {
  for (const year of [now.getUTCFullYear(), now.getUTCFullYear() - 1]) {
    const highest = ledger.highestRequest(year);
    const id = requestId(year, highest);
    if (highest === 0 || seen.has(id)) continue;
    throw new DsrError('data', `the ledger knows of requests up to ${id} that the work file does not hold`, {
      hint: 'restore .dsr/work.db from a backup; `dsr ledger list` tells what was opened and when',
    });
  }
}
