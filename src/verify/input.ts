import type { Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Located } from '../locate/located.js';
import type { Catalog } from '../model/catalog.js';
import type { DataMap } from '../model/map.js';
import type { Identifier } from '../model/subject.js';
import type { Plan } from '../plan/plan.js';
import type { KeptPlaces } from '../work/plan.js';

export interface VerifyInput {
  /** What was applied. */
  readonly plan: Plan;
  /** What was applied for the same person before and since: of a record, the last word counts. */
  readonly earlier: readonly Plan[];
  readonly later: readonly Plan[];
  /** Where the plan's records stood; null: where the map says. */
  readonly places: KeptPlaces | null;
  /** As it is now; it need not be the one that the plan was made with. */
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Snapshots from after the last commit; what has none is not verified, and told. */
  readonly readers: ReadonlyMap<string, Reader>;
  /** A new search in the same snapshots, by every identifier known: given, and learnt on the way. */
  readonly located: Located;
  /** By whom it is known whose a value is: what was known before the new search, which may learn of pseudonyms. */
  readonly known: readonly Identifier[];
  /** The person's names, as redaction took them out of free text. */
  readonly names: readonly string[];
  readonly types: IdentifierTypes;
  /**
   * Sources in which what was to be deleted is known to have gone, some time ago: databases give numbers out
   * again, so a record found under one may be a new one.
   */
  readonly goneBefore: (source: string) => boolean;
  readonly signal: AbortSignal;
}

export interface Verified {
  /** Records in which something is left that the plan does not keep. */
  readonly residual: number;
  readonly places: readonly ResiduePlace[];
  /** What the plan leaves to a human, and is still there. */
  readonly tasks: readonly OpenTask[];
  /** What could not be looked at because the map or a schema is another now, in words; names no value. */
  readonly missing: readonly string[];
  /** Sources of which nobody knows. */
  readonly unread: readonly string[];
}

export interface ResiduePlace {
  readonly collection: string;
  readonly records: number;
  readonly why: string;
}

export interface OpenTask {
  readonly collection: string;
  readonly records: number;
}
