import type { ErasedSince, Erasure } from '../../ledger/erased.js';
import type { Ledger } from '../../ledger/ledger.js';
import { decodeKey } from '../../locate/key-code.js';
import type { DataMap } from '../../model/map.js';
import type { RequestId, Tag } from '../../model/request.js';
import type { Identifier, SoughtRecord } from '../../model/subject.js';
import { keyText } from '../../model/value.js';
import type { EraseReason } from '../../plan/plan.js';
import type { Swept } from './husks.js';
import type { Trace } from './traces.js';

/** A record in which somebody who was erased was found, and what that means. */
export interface FoundAgain extends SoughtRecord {
  /**
   * hit: a root that was erased, and holds an identifier of who was erased with it, and none of somebody
   * else's · kept: one that stayed
   * then · candidate: another root · rootless: nobody's root, and by the map nobody else's record · swept: it
   * tells nobody, and has the key of a root that a sweep deleted.
   */
  readonly what: 'hit' | 'kept' | 'candidate' | 'rootless' | 'swept';
  /** Of the erasures that it tells of: of one person, or of many at once (null). */
  readonly people: ReadonlySet<number | null>;
  /** Why it is erased again; one, or the two that reach different things. */
  readonly reasons: readonly EraseReason[];
  /** The requests under which those erasures were done. */
  readonly requests: ReadonlySet<RequestId>;
  /** What it holds of theirs. */
  readonly identifiers: readonly Identifier[];
  /** The last ledger entry that tells of one of them; 0: only of many at once. */
  readonly last: number;
}

export interface Judging {
  readonly ledger: Pick<Ledger, 'recordTag'>;
  readonly map: Pick<DataMap, 'collections'>;
  readonly erased: ErasedSince;
  /** What a request asks for, where the ledger does not say why something was erased. */
  readonly reasonOf: (erasure: Erasure) => EraseReason;
  /** Whether the record may be somebody's who was not erased, though it has the key of one that was. */
  readonly isStranger: (record: SoughtRecord) => boolean;
  /** Whether an erasure under one of the requests kept the record: it never went. */
  readonly isOwed: (record: SoughtRecord, requests: ReadonlySet<RequestId>) => boolean;
}

type Bearer = Omit<Trace, 'edge' | 'tuple'>;

/**
 * Holds what a scan found against the ledger: a hit needs the tag of an identifier and the tag of the root
 * that bore it, of one erasure. What an erasure kept, and what the map keeps whatever happens, is not told.
 *
 * @param bearers ordered by collection and key.
 */
export function* judgedTraces(judging: Judging, bearers: Iterable<Bearer>): Generator<FoundAgain> {
  const byTag = erasuresByTag(judging.erased);
  for (const record of records(bearers)) {
    const found = judged(judging, byTag, record);
    if (found !== null) yield found;
  }
}

function judged(
  { ledger, map, reasonOf, isStranger, isOwed }: Judging,
  byTag: readonly (readonly Erasure[])[],
  record: readonly Bearer[],
): FoundAgain | null {
  const [{ collection, key, isRoot }] = record as readonly [Bearer, ...Bearer[]];
  const verdict = map.collections.find(({ id }) => id === collection)?.erase?.kind ?? null;
  const all = new Set(record.flatMap(({ tag }) => byTag[tag] ?? []));
  const tag = ledger.recordTag(collection, keyText(decodeKey(key)));
  const bearing = (of: 'roots' | 'kept') => [...all].filter((erasure) => isRoot && erasure[of].has(tag));
  const tell = (what: FoundAgain['what'], erasures: readonly Erasure[]): FoundAgain => ({
    ...{ what, collection, key },
    people: new Set(erasures.map(({ person }) => person)),
    reasons: reaching(new Set(erasures.map(reasonOf))),
    requests: requestsOf(erasures),
    identifiers: record.map(({ type, value }) => ({ type, value })),
    // In a pass over many it is not told whose it was, and its own answers stand before its end.
    last: Math.max(0, ...erasures.flatMap(({ person, last }) => (person === null ? [] : last))),
  });
  const erased = bearing('roots');
  if (erased.length > 0) return tell(isStranger({ collection, key }) ? 'candidate' : 'hit', erased);
  const stayed = bearing('kept');
  if (stayed.length > 0) return tell('kept', stayed);
  const others = [...all];
  if (others.length === 0 || verdict === 'keep' || isOwed({ collection, key }, requestsOf(others)))
    return null;
  return tell(isRoot ? 'candidate' : 'rootless', others);
}

/** What is known by its key alone: `swept`. */
export function judgedHusks(
  { ledger, reasonOf }: Pick<Judging, 'ledger' | 'reasonOf'>,
  { roots }: Swept,
  husks: readonly SoughtRecord[],
): readonly FoundAgain[] {
  return husks.map(({ collection, key }) => {
    const erasures = roots.get(ledger.recordTag(collection, keyText(decodeKey(key)))) ?? [];
    return {
      ...{ what: 'swept', collection, key, people: new Set([null]), identifiers: [], last: 0 },
      reasons: reaching(new Set(erasures.map(reasonOf))),
      requests: requestsOf(erasures),
    };
  });
}

function requestsOf(erasures: readonly Erasure[]): ReadonlySet<RequestId> {
  return new Set(erasures.flatMap(({ requests }) => [...requests.keys()]));
}

/** What reaches everything reaches what the others reach. */
function reaching(reasons: ReadonlySet<EraseReason>): readonly EraseReason[] {
  const all = (['request', 'retention-ended'] as const).find((reason) => reasons.has(reason));
  return all === undefined ? [...reasons].toSorted() : [all];
}

/** By the tag's place among those of all who were erased. */
function erasuresByTag({ erasures, tags }: ErasedSince): readonly (readonly Erasure[])[] {
  const of = new Map<Tag, Erasure[]>();
  for (const erasure of erasures) {
    for (const tag of erasure.tags) {
      const known = of.get(tag);
      if (known === undefined) of.set(tag, [erasure]);
      else known.push(erasure);
    }
  }
  return tags.map(({ tag }) => of.get(tag) ?? []);
}

function* records(bearers: Iterable<Bearer>): Generator<readonly Bearer[]> {
  let record: Bearer[] = [];
  for (const bearer of bearers) {
    const [first] = record;
    if (first !== undefined && (first.collection !== bearer.collection || first.key !== bearer.key)) {
      yield record;
      record = [];
    }
    record.push(bearer);
  }
  if (record.length > 0) yield record;
}
