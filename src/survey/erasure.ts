import type { Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { LocatedPerson } from '../locate/located.js';
import type { Catalog } from '../model/catalog.js';
import type { DataMap } from '../model/map.js';
import type { SoughtRecord, SourceStatus } from '../model/subject.js';
import type { Scratch } from '../store/scratch.js';
import { BEFORE, type Facts, makeFacts, ROLE, VERDICT } from './facts.js';
import type { Held, JudgementFacts, RetentionAnswer } from './judgement.js';
import { findOwners } from './owners.js';
import { readLocated } from './read-located.js';
import { findReferrers } from './referrers.js';
import { makeRules, type Rules } from './rules.js';
import { compileTerrain, type Edge, type Terrain } from './terrain.js';

export interface SurveyInput {
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** On the snapshot, or in the transaction, in which the person was located. */
  readonly readers: ReadonlyMap<string, Reader>;
  readonly person: LocatedPerson;
  readonly sources: readonly SourceStatus[];
  readonly types: IdentifierTypes;
  readonly judged: JudgementFacts;
  /** By collection and Decision.recordKey. */
  readonly answerTo: (collection: string, recordKey: string) => RetentionAnswer;
  /**
   * Why a record must stay whatever the map says, by the same; null: nothing holds it. Asked of every record
   * that was found, and of those of others (`other`) that own one.
   */
  readonly held: (collection: string, recordKey: string, role: keyof typeof ROLE) => Held | null;
  /** Records that were masked before instead of deleted: where they stay they are left as they are. */
  readonly husks?: Iterable<SoughtRecord>;
  /** Records that were kept and minimised before: as long as they are kept they are left as they are. */
  readonly minimised?: Iterable<SoughtRecord>;
  /** Empty; the caller closes it. */
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
}

/** What stands around the person's records: enough to plan an erasure without asking again. */
export interface Survey {
  /** As the survey found them: a plan is held against it. */
  readonly person: LocatedPerson;
  readonly terrain: Terrain;
  readonly facts: Facts;
  readonly rules: Rules;
}

/** What the steps of a survey share. */
export interface Surveying extends SurveyInput, Survey {}

/**
 * Reads what an erasure must know, set by set: each record's judgement, who refers to what may go (also
 * from tables that the map leaves out), and whose retention an `as-owner` record shares.
 */
export async function surveyErasure(input: SurveyInput): Promise<Survey> {
  const isRead = (source: string) =>
    input.readers.has(source) &&
    input.sources.some((one) => one.source === source && one.status === 'searched');
  const terrain = compileTerrain({ map: input.map, catalogs: input.catalogs, isRead });
  const surveying: Surveying = { ...input, terrain, facts: makeFacts(input.scratch), rules: makeRules() };
  await readLocated(surveying);
  markBefore(surveying, surveying.husks, BEFORE.husk);
  markBefore(surveying, surveying.minimised, BEFORE.minimised);
  await findOwners(surveying);
  seekDeletable(surveying);
  await findReferrers(surveying);
  seekRemovable(surveying);
  await findReferrers(surveying);
  return surveying;
}

function markBefore(
  { facts, terrain }: Surveying,
  records: Iterable<SoughtRecord> | undefined,
  before: number,
): void {
  for (const { collection, key } of records ?? []) {
    const place = terrain.placeOf.get(collection);
    if (place === undefined) continue;
    facts.run('update spot set before = ? where place = ? and key = ?', before, place.at, key);
  }
}

/**
 * Records that may be deleted, or whose verdict is their owner's. Of those that stay by the map it is
 * asked who mentions them, since that ends, and who points at a key that names the person.
 */
function seekDeletable({ facts, terrain }: Surveying): void {
  for (const edge of terrain.edges) {
    const always = edge.relation === 'mentions' || edge.relation === 'owned-by' || pointsAtPersonal(edge);
    const verdicts = always
      ? ''
      : `and verdict in (${VERDICT.delete}, ${VERDICT['as-owner']}, ${VERDICT.undecided})`;
    seek(facts, edge, `place = ${edge.to.at} and role = ${ROLE.own} ${verdicts}`);
  }
}

/** Mentions that the map wants removed: they may be pointed at, too. */
function seekRemovable({ facts, terrain }: Surveying): void {
  for (const edge of terrain.edges) {
    const { collection } = edge.to;
    const naming = [...(collection?.references ?? []), ...(collection?.fields ?? [])];
    if (!naming.some(({ relation, onErase }) => relation === 'mentions' && onErase === 'delete')) continue;
    seek(facts, edge, `place = ${edge.to.at} and role = ${ROLE.mention}`);
  }
}

function seek(facts: Facts, edge: Edge, which: string): void {
  facts.run(
    edge.onKey
      ? `insert or ignore into seek (edge, tuple, spot) select ?, key, id from spot where ${which}`
      : `insert or ignore into seek (edge, tuple, spot) select t.edge, t.tuple, t.spot from tuple t
         where t.edge = ? and t.spot in (select id from spot where ${which})`,
    edge.at,
  );
}

/**
 * What the edge points at says who it is, or may be written: whether it stays hangs on who points at it.
 */
function pointsAtPersonal({ to: { collection }, on }: Edge): boolean {
  const columns = on.map(({ column }) => column);
  const minimised = (collection?.retain ?? []).flatMap(({ mask }) => mask);
  return (collection?.fields ?? []).some(
    (field) =>
      columns.includes(field.at.column) &&
      (field.personal || field.identifier !== null || field.mask !== null || minimised.includes(field.name)),
  );
}
