import type { Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Located } from '../locate/located.js';
import type { Catalog } from '../model/catalog.js';
import type { DataMap } from '../model/map.js';
import type { Plan } from '../plan/plan.js';

export interface VerifyInput {
  /** What was applied. */
  readonly plan: Plan;
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Snapshots from after the last commit; what has none is not verified, and told. */
  readonly readers: ReadonlyMap<string, Reader>;
  /** A new search in the same snapshots, by every identifier known: given, and learnt on the way. */
  readonly located: Located;
  /** The person's names, as redaction took them out of free text. */
  readonly names: readonly string[];
  readonly types: IdentifierTypes;
  /** When it was applied: databases give numbers out again, so a record found later under one may be a new one. */
  readonly applied: 'just-now' | 'earlier';
  readonly signal: AbortSignal;
}

export interface Verified {
  /** Records in which something is left that the plan does not keep. */
  readonly residual: number;
  readonly places: readonly ResiduePlace[];
  /** Sources of which nobody knows. */
  readonly unread: readonly string[];
}

export interface ResiduePlace {
  readonly collection: string;
  readonly records: number;
  readonly why: string;
}
