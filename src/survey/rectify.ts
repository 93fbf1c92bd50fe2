import type { Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { LocatedDecision, LocatedPerson } from '../locate/located.js';
import type { Catalog } from '../model/catalog.js';
import type { Collection, DataMap } from '../model/map.js';
import type { Scratch } from '../store/scratch.js';
import { type FactInput, type RecordFact, recordFacts } from './rectify-facts.js';
import { holdersOf } from './rectify-holders.js';
import { knownValues } from './rectify-known.js';
import { type SettingAsked, targetsOf } from './rectify-targets.js';
import { newIdentifiers, warningsOf } from './rectify-wanted.js';

export interface RectifySurveyInput {
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly person: LocatedPerson;
  /** On the snapshot, or in the transaction, in which the person was located. */
  readonly readers: ReadonlyMap<string, Reader>;
  readonly types: IdentifierTypes;
  readonly set: readonly SettingAsked[];
  /** Keys only; the caller closes it. */
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
}

/** What stands in the fields that are to be set, and what would. */
export interface RectifySurvey extends FactInput {
  /** Names no value. */
  readonly warnings: readonly string[];
  /** Records that hold a new strong value and are not this person's, in the map's order and then by key. */
  readonly conflicts: readonly LocatedDecision[];
  /** The person's records that the settings concern, one collection's by key, streamed from the source. */
  facts(collection: Collection): AsyncIterable<RecordFact>;
}

/**
 * Reads what a rectification must know: which fields are meant, which values are this person's, and who
 * else holds what they would become.
 *
 * @throws DsrError usage: a NAME that means nothing or may not be set · conflict: a record is gone.
 */
export async function surveyRectify(input: RectifySurveyInput): Promise<RectifySurvey> {
  const { set, types } = input;
  const targets = targetsOf(input);
  const known = await knownValues({ ...input, targets });
  const identifiers = newIdentifiers(set, targets, types);
  const surveyed = { ...input, targets, known };
  return {
    ...surveyed,
    warnings: warningsOf(set, targets, types),
    conflicts: await holdersOf({ ...input, identifiers }),
    facts: (collection) => recordFacts(surveyed, collection),
  };
}
