import { countsOf, type Intent, type Sha256, statusesOf } from '../../ledger/entry.js';
import { DsrError, type ErrorKind } from '../../model/error.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Context } from '../context.js';
import type { MapAndTypes } from '../map-and-types.js';
import type { FindResult } from './find.js';
import type { Search } from './search.js';

/** What the ledger holds before a source is touched: who is about to be looked up, and what for. */
export function intentEntry(
  { operator }: Context,
  { loaded }: MapAndTypes,
  action: Intent['action'],
  request: RequestId | null,
  subject: readonly SubjectTag[],
  plan: Sha256 | null = null,
) {
  const map = loaded.hash as Sha256;
  return { kind: 'intent', action, operator, request, subject, map, plan } as const;
}

/** What the ledger keeps of a search. */
export function searchedEntry(
  found: Search,
  subject: readonly SubjectTag[],
  answer: Pick<FindResult, 'complete' | 'collections' | 'sources' | 'decisions'>,
) {
  return {
    subject,
    map: found.map.hash as Sha256,
    complete: answer.complete,
    sources: statusesOf(answer.sources),
    collections: countsOf(answer.collections),
    open: answer.decisions.length,
  } as const;
}

/** The same of a search that came to no answer. */
export function unsearchedEntry({ loaded }: MapAndTypes, subject: readonly SubjectTag[]) {
  const map = loaded.hash as Sha256;
  return { subject, map, complete: false, sources: {}, collections: {}, open: 0 } as const;
}

/** Why something failed, as entries tell it. */
export function failureOf(error: unknown, { signal }: Context): ErrorKind {
  if (error instanceof DsrError) return error.kind;
  return signal.aborted ? 'cancelled' : 'internal';
}
