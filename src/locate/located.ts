import type {
  Decision,
  KnownIdentifier,
  LocatedRecord,
  Role,
  RoleCounts,
  SourceStatus,
} from '../model/subject.js';
import type { Key } from '../model/value.js';

/** What locate found, for every person asked for, in the order asked. Keys only; close() frees the scratch file. */
export interface Located {
  readonly people: readonly LocatedPerson[];
  readonly sources: readonly SourceStatus[];
  close(): void;
}

/** A decision that has no id yet; `recordKey` is the record's key as one text. */
export interface LocatedDecision extends Omit<Decision, 'id'> {
  readonly recordKey: string;
}

export interface LocatedIdentifier extends KnownIdentifier {
  /** Whether it may be searched by: false where it is also somebody else's. */
  readonly followed: boolean;
}

export interface LocatedPerson {
  /** The operator's and those learnt on the way, strong ones that search; sorted as found. */
  readonly identifiers: readonly LocatedIdentifier[];
  /** Open ones, that no answer was given for, in a stable order. */
  readonly decisions: readonly LocatedDecision[];
  /** Every mapped collection of a searched source, zero hits too, in the map's order. */
  readonly collections: readonly RoleCounts[];
  /** For a person to know: values not searched further, and why. Names no value. */
  readonly warnings: readonly string[];
  /** Records of one collection, ordered by key, streamed from the scratch file. */
  records(collection: string, roles: readonly Role[]): Iterable<LocatedRecord & Leads>;
}

export interface Leads {
  /** Ids of this record's references that lead to a record of this person (own or shared). */
  readonly leads: readonly string[];
  readonly key: Key;
}
