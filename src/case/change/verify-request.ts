import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { KnownIdentifier } from '../../model/subject.js';
import type { KeptPlan } from '../../work/plan.js';
import type { Context } from '../context.js';
import { type Landscape, openLandscape } from '../landscape.js';
import { type Books, withBooks } from '../ledger-work.js';
import { loadTypes, type MapAndTypes } from '../map-and-types.js';
import { civilDate } from '../request/deadline.js';
import { stateOf } from '../request/state.js';
import { tagsOf } from '../request/subject.js';
import { failureOf, intentEntry, unsearchedEntry } from '../search/search-entry.js';
import { appliedPlans, withPlans } from './applied-plans.js';
import type { VerifyResult } from './change.js';
import { compactSources } from './compaction.js';
import { withLearnt } from './start-change.js';
import { type Verified, verify } from './verification.js';

export interface VerifyInput {
  readonly request: string;
  /** Search every table through as well, mapped or not. */
  readonly deep?: boolean;
}

/**
 * `dsr verify`: searches again, by every identifier that is known of the person, for what the request's
 * plans should have removed or changed.
 *
 * @throws DsrError usage: there is no such request, nothing was applied under it, or it was closed and
 *   purged · config: the map does not fit · cancelled.
 */
export async function verifyRequest(context: Context, input: VerifyInput): Promise<VerifyResult> {
  const mapAndTypes = loadTypes(context);
  return withBooks(context, async (books) => {
    const { request } = books.work.request(input.request);
    await books.locks.hold(request);
    return verifyIn(context, books, mapAndTypes, request, input.deep);
  });
}

/** The same for whoever has the books open, and holds the request, already. */
export async function verifyIn(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  request: RequestId,
  deep = false,
): Promise<VerifyResult> {
  const kept = plansToHold(context, books, mapAndTypes, request);
  const identifiers = withLearnt(books, request, books.work.identifiers(request));
  const subject = tagsOf(
    books.ledger,
    identifiers.filter(({ type }) => mapAndTypes.types.get(type).strength === 'strong'),
  );
  let landscape: Landscape | null = null;
  const intent = books.ledger.append(intentEntry(context, mapAndTypes, 'verify', request, subject));
  try {
    const opened = await openLandscape(context, mapAndTypes);
    landscape = opened;
    const sought = { identifiers, records: [] };
    const about = { request, subject, sought, names: books.work.names(request), deep };
    const verified = await withPlans(context, books, kept, (plans) =>
      verify({ context, books, landscape: opened, ...about }, plans),
    );
    const undone = await compactSources(context, books, opened);
    const told = { ...verified, incomplete: [...verified.incomplete, ...undone] };
    const result = resultOf(landscape, request, knownOf(books, mapAndTypes, request), told);
    if (isOver(result)) books.work.destroySeed(request);
    return result;
  } catch (error) {
    books.ledger.append({
      ...unsearchedEntry(mapAndTypes, subject),
      ...{ kind: 'find', operator: context.operator, request, intent },
      ...{ outcome: 'failed', failure: failureOf(error, context) },
    } as const);
    throw error;
  } finally {
    await landscape?.close();
  }
}

function plansToHold(
  context: Context,
  books: Books,
  { loaded }: MapAndTypes,
  request: RequestId,
): readonly KeptPlan[] {
  const applied = appliedPlans(books, request);
  if (applied.length > 0) return applied;
  const { work } = books;
  const { events, type } = work.request(request);
  const { timezone } = loaded.controller;
  const { status } = stateOf(events, civilDate(context.clock.now(), timezone), timezone);
  if (status === 'closed') {
    throw new DsrError(
      'usage',
      `request ${request} is closed, and what is needed to verify it was removed with that`,
      {
        hint: 'to look for the person, give their identifiers to `dsr find`',
      },
    );
  }
  throw new DsrError(
    'usage',
    `nothing was changed yet under request ${request}, so there is nothing to verify`,
    {
      hint:
        type === 'rectify'
          ? `dsr rectify --request ${request} --set NAME=VALUE`
          : type === 'erase'
            ? `dsr erase --request ${request}`
            : 'only erasures and rectifications are verified',
    },
  );
}

function knownOf({ work }: Books, { types }: MapAndTypes, request: RequestId): readonly KnownIdentifier[] {
  const { identifiers, learnt } = { identifiers: work.identifiers(request), learnt: work.learnt(request) };
  return [
    ...identifiers.map((identifier) => ({ ...identifier, from: 'operator' })),
    ...learnt.map(({ type, value, source }) => ({ type, value, from: source })),
  ].map(({ type, value, from }) => ({ type, value, strength: types.get(type).strength, from }));
}

function resultOf(
  { map, gaps }: Landscape,
  request: RequestId,
  identifiers: readonly KnownIdentifier[],
  { residue, sources, collections, incomplete: undone, searchedBy, warnings, deep }: Verified,
): VerifyResult {
  const unread = sources.filter(({ status }) => status !== 'searched');
  const incomplete = [
    ...(residue.residual === 0
      ? []
      : [`${residue.residual === 1 ? 'one record was' : `${residue.residual} records were`} found again`]),
    ...unread.map(
      ({ source, error }) => `${source} was not searched${error === undefined ? '' : `: ${error}`}`,
    ),
    ...undone,
    ...gaps.map((gap) => gap.message),
  ];
  return {
    request,
    complete: incomplete.length === 0,
    incomplete,
    warnings,
    identifiers,
    collections,
    sources,
    decisions: [],
    keyFields: Object.fromEntries(map.collections.map((collection) => [collection.id, collection.key])),
    verified: residue,
    searchedBy,
    ...(deep === undefined ? {} : { deep }),
  };
}

/** Nothing is left that would need the pseudonyms again. */
function isOver({ verified, sources }: VerifyResult): boolean {
  return verified.residual === 0 && sources.every(({ status }) => status === 'searched');
}
