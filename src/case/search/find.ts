import { DsrError } from '../../model/error.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type {
  Decision,
  Identifier,
  KnownIdentifier,
  LocatedRecord,
  RoleCounts,
  SourceStatus,
} from '../../model/subject.js';
import type { Context } from '../context.js';
import { type Books, openBooks } from '../ledger-work.js';
import { loadTypes, type MapAndTypes } from '../map-and-types.js';
import { parseIdentifiers, tagsOf } from '../request/subject.js';
import type { Deep } from './deep.js';
import { withDeep } from './deep-find.js';
import { type Search, search } from './search.js';
import { failureOf, intentEntry, searchedEntry, unsearchedEntry } from './search-entry.js';

export interface FindInput {
  /** As the operator gave them: `type=value` or a bare value; empty with `request`. */
  readonly identifiers: readonly string[];
  readonly request: string | null;
  readonly records: boolean;
  /** Search every table through as well, mapped or not. */
  readonly deep?: boolean;
  readonly accept: readonly string[];
  /** Decision ids, or `all`. */
  readonly reject: readonly string[];
}

export interface FindResult {
  readonly request: string | null;
  readonly complete: boolean;
  /** Why it is not complete: sources, unmapped columns and tables; names no value. */
  readonly incomplete: readonly string[];
  readonly warnings: readonly string[];
  readonly identifiers: readonly KnownIdentifier[];
  readonly collections: readonly RoleCounts[];
  readonly sources: readonly SourceStatus[];
  readonly decisions: readonly Decision[];
  /** Where else an identifier of the person stands; only with `deep`. */
  readonly deep?: Deep;
  /** The names of a key's parts, by Collection.id: how a Key is told as `{ "id": 9 }`. */
  readonly keyFields: Readonly<Record<string, readonly string[]>>;
  /** Only with `records`; streamed, good until close(). */
  readonly records: Iterable<LocatedRecord> | null;
  /** Frees the scratch file and the connections. */
  close(): Promise<void>;
}

/**
 * `dsr find`. The ledger holds who is about to look whom up before a source is touched, and how it ended
 * before the answer is given.
 *
 * @throws DsrError usage: no identifier, an unclear or empty one, one that is not the request's, an
 *   unknown request or decision ·
 *   config: the map does not fit · cancelled.
 */
export async function find(context: Context, input: FindInput): Promise<FindResult> {
  const mapAndTypes = loadTypes(context);
  const books = await openBooks(context);
  try {
    const request = input.request === null ? null : books.work.request(input.request).request;
    const asked = whoIsAsked(context, books, mapAndTypes, input, request);
    const by = { kind: 'find', operator: context.operator, request } as const;
    const intent = books.ledger.append(intentEntry(context, mapAndTypes, 'find', request, asked.subject));
    let found: Search | null = null;
    try {
      found = await search(context, books, mapAndTypes, {
        ...asked,
        answers: { accept: input.accept, reject: input.reject, request },
      });
      found.settle(request);
      const located = answerOf(found, request);
      const answer = input.deep === true ? await withDeep(context, found, located) : located;
      const entry = searchedEntry(found, asked.subject, answer);
      books.ledger.append({ ...by, ...entry, intent, outcome: 'answered', failure: null });
      return { ...answer, records: input.records ? allRecords(found) : null, close: found.close };
    } catch (error) {
      await found?.close();
      const entry = unsearchedEntry(mapAndTypes, asked.subject);
      const failure = failureOf(error, context);
      books.ledger.append({ ...by, ...entry, intent, outcome: 'failed', failure });
      throw error;
    }
  } finally {
    books.close();
  }
}

export interface AskedPerson {
  readonly identifiers: readonly Identifier[];
  readonly subject: readonly SubjectTag[];
}

/**
 * Who is meant: whoever the request is about, else whom the identifiers given name.
 *
 * @throws DsrError usage: beside a request one was given that is not the request's: what is found would
 *   be booked on, and handed out under, somebody else's case.
 */
export function whoIsAsked(
  context: Context,
  { ledger, work }: Books,
  { types }: MapAndTypes,
  input: Pick<FindInput, 'identifiers'>,
  request: RequestId | null,
): AskedPerson {
  const given =
    request !== null && input.identifiers.length === 0
      ? []
      : parseIdentifiers(context, types, input.identifiers);
  const kept = request === null ? given : work.identifiers(request);
  if (request !== null) {
    if (kept.length + given.length === 0) {
      throw new DsrError('usage', `request ${request} holds no identifiers any more`, {
        hint: 'it was closed and purged; give the identifiers on the command line',
      });
    }
    // By tag: those outlive the identifiers of a case that was closed.
    const theirs = new Set(work.subject(request).map(({ tag }) => tag));
    if (tagsOf(ledger, given).some(({ tag }) => !theirs.has(tag))) {
      throw new DsrError('usage', `an identifier was given that is not one of request ${request}`, {
        hint: 'leave the identifiers out, they come from the request; for somebody else call without --request',
      });
    }
  }
  const identifiers = kept.length > 0 ? kept : given;
  return { identifiers, subject: tagsOf(ledger, identifiers) };
}

/** What find and export both answer. */
export function answerOf(found: Search, request: RequestId | null): Omit<FindResult, 'records' | 'close'> {
  const unread = found.sources.filter((source) => source.status !== 'searched');
  const incomplete = [
    ...unread.map(
      ({ source, error }) => `${source} was not searched${error === undefined ? '' : `: ${error}`}`,
    ),
    ...found.gaps.map((gap) => gap.message),
  ];
  return {
    request,
    complete: incomplete.length === 0,
    incomplete,
    warnings: found.warnings,
    identifiers: found.person.identifiers.map(({ followed: _, ...identifier }) => identifier),
    collections: found.person.collections,
    sources: found.sources,
    decisions: found.decisions,
    keyFields: Object.fromEntries(found.map.collections.map((collection) => [collection.id, collection.key])),
  };
}

function* allRecords({ person, map }: Search): Generator<LocatedRecord> {
  for (const { id } of map.collections) {
    for (const { collection, key, role, via } of person.records(id, [
      'own',
      'shared',
      'mention',
      'candidate',
    ])) {
      yield { collection, key, role, via };
    }
  }
}
