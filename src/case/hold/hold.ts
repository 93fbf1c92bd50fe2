import { entryOf } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import type { RetentionGround } from '../../model/ground.js';
import type { HoldId } from '../../model/hold.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import type { Hold } from '../../work/hold.js';
import { withLearnt } from '../change/start-change.js';
import type { Context } from '../context.js';
import { type Books, withBooks } from '../ledger-work.js';
import { loadTypes, type MapAndTypes } from '../map-and-types.js';
import { civilDate } from '../request/deadline.js';
import { tagsOf } from '../request/subject.js';
import { whoIsAsked } from '../search/find.js';
import { type Waiting, waitingErasures } from './holds.js';
import { releasedErasures } from './release.js';

export interface HoldAddInput {
  /** A person, `type=value` or a bare value each; empty with `request` or `collection`. */
  readonly identifiers: readonly string[];
  /** Whose person is held; null: whom the identifiers tell. */
  readonly request: string | null;
  /** Collection.id; null: a person is held. */
  readonly collection: string | null;
  readonly ground: RetentionGround;
}

/** A hold, as `hold list` tells it. Holds nothing personal. */
export interface HoldView {
  readonly hold: HoldId;
  readonly ground: string;
  /** null: a person. */
  readonly collection: string | null;
  readonly person: boolean;
  /** By how many the person is told; 0 of a collection. */
  readonly identifiers: number;
  readonly operator: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  readonly released: string | null;
  readonly releasedBy: string | null;
  /** Those that wait for its release, or that it kept something of. */
  readonly requests: readonly RequestId[];
}

/**
 * `dsr hold add`: from now on the person, or the collection, is not erased. Only tags of the person are
 * kept, so that nobody can read from it who it is.
 *
 * @throws DsrError usage: no strong identifier, both or neither of person and collection, no such collection
 *   or request.
 */
export async function addHold(context: Context, input: HoldAddInput): Promise<HoldView> {
  const mapAndTypes = loadTypes(context);
  const { collection, ground } = input;
  if (collection !== null) checkCollection(mapAndTypes, input, collection);
  return withBooks(context, (books) => {
    const { work, ledger } = books;
    const request = input.request === null ? null : work.request(input.request).request;
    const subject = collection === null ? subjectOf(context, books, mapAndTypes, input, request) : [];
    const { operator } = context;
    const above = () => highestHold(books);
    const hold = work.addHold({ ground, collection, subject, operator, above }, (number) => {
      ledger.append({
        ...{ kind: 'hold', operator, request, hold: number, event: 'added', ground, subject, collection },
      });
    });
    return viewOf(books, work.hold(hold));
  });
}

/** `dsr hold list`, by number; unless `all`, only those that still hold. */
export function listHolds(
  context: Context,
  { all }: { readonly all: boolean },
): Promise<readonly HoldView[]> {
  return withBooks(context, (books) => {
    const holds = books.work.holds(true);
    const highest = highestHold(books);
    if (!holds.some(({ hold }) => numberOf(hold) >= highest) && highest > 0) {
      throw new DsrError(
        'data',
        `the ledger knows of holds up to H${highest} that the work file does not hold`,
        {
          hint: 'restore .dsr/work.db from a backup; `dsr ledger list` tells what was held and when',
        },
      );
    }
    const waiting = waitingErasures(books);
    return holds
      .filter(({ released }) => all || released === null)
      .map((hold) => viewOf(books, hold, waiting));
  });
}

export interface HoldRelease extends HoldView {
  readonly back: {
    /** Requests whose erasure is carried out by the next `dsr sweep`. */
    readonly requests: readonly RequestId[];
    /** Records that were kept, or masked for their sake, and that it judges anew. */
    readonly records: number;
  };
}

/**
 * `dsr hold release`: what it stopped or kept comes back by itself, by `dsr sweep`.
 *
 * @throws DsrError usage: there is no such hold, or it was released before.
 */
export function releaseHold(context: Context, number: string): Promise<HoldRelease> {
  const { timezone } = loadTypes(context).loaded.controller;
  return withBooks(context, (books) => {
    const { work, ledger } = books;
    const { hold } = work.hold(number.toUpperCase());
    const stopped = requestsOf(books, hold, waitingErasures(books));
    const { operator } = context;
    const today = civilDate(context.clock.now(), timezone);
    const records = work.releaseHold(hold, { operator, today }, ({ ground, collection }) => {
      const subject = work.holdSubject(hold);
      ledger.append({
        ...{ kind: 'hold', operator, request: null, hold, event: 'released', ground, subject, collection },
      });
    });
    const requests = releasedErasures(books).filter((request) => stopped.includes(request));
    return { ...viewOf(books, work.hold(hold)), back: { requests, records } };
  });
}

function checkCollection({ loaded }: MapAndTypes, input: HoldAddInput, collection: string): void {
  if (input.identifiers.length > 0 || input.request !== null) {
    throw new DsrError('usage', 'a hold is on a person or on a collection, not on both', {
      hint: 'add two holds',
    });
  }
  const known = Object.entries(loaded.written.sources).flatMap(([source, { collections }]) =>
    Object.keys(collections ?? {}).map((name) => `${source}.${name}`),
  );
  if (known.includes(collection)) return;
  throw new DsrError('usage', 'the map has no collection of that name', {
    hint: 'write source.collection, as crm.invoices; dsr.yaml lists them',
  });
}

/** Strong identifiers alone: a name or a phone number may be many people's. */
function subjectOf(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  input: HoldAddInput,
  request: RequestId | null,
): readonly SubjectTag[] {
  const { types } = mapAndTypes;
  const { identifiers } = whoIsAsked(context, books, mapAndTypes, input, request);
  const known: readonly Identifier[] = withLearnt(books, request, identifiers);
  const strong = known.filter(({ type }) => types.get(type).strength === 'strong');
  if (strong.length > 0) return tagsOf(books.ledger, strong);
  throw new DsrError('usage', 'none of the identifiers tells who it is for certain', {
    hint: 'give a strong one: e-mail, personnummer, organisationsnummer, username, or one that the map declares strong',
  });
}

/** The ledger outlives the work file: no number is given twice. */
function highestHold({ ledger }: Books): number {
  let highest = 0;
  for (const link of ledger.links()) {
    if (!link.body.includes('"kind":"hold"')) continue;
    const entry = entryOf(link);
    if (entry.kind === 'hold') highest = Math.max(highest, numberOf(entry.hold));
  }
  return highest;
}

function numberOf(hold: HoldId): number {
  return Number(hold.slice(1));
}

function viewOf(books: Books, { collection, ...hold }: Hold, waiting = waitingErasures(books)): HoldView {
  const { hold: number, ground, identifiers, operator, since, released, releasedBy } = hold;
  return {
    ...{ hold: number, ground, collection, person: collection === null, identifiers },
    ...{ operator, since, released, releasedBy },
    requests: requestsOf(books, number, waiting),
  };
}

function requestsOf(books: Books, hold: HoldId, waiting: readonly Waiting[]): readonly RequestId[] {
  const stopped = waiting.filter(({ holds }) => holds.includes(hold));
  const kept = books.work.requestsKeptBy(hold);
  return [...new Set([...stopped.map(({ request }) => request), ...kept])].sort();
}
