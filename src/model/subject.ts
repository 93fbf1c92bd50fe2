import type { Key } from './value.js';

/** One value that names a person, normalised by its type. */
export interface Identifier {
  readonly type: string;
  /** Canonical, as the type's `normalise` gives it. */
  readonly value: string;
}

/** What a person is searched by. */
export interface SoughtIdentifier extends Identifier {
  /**
   * Found out earlier to be this person's, not given by the operator: such values may belong to several
   * records of one collection (two customer rows) without putting in doubt who is meant.
   */
  readonly learnt?: true;
}

/** A record that is known to be the person's own, whatever it holds. */
export interface SoughtRecord {
  /** Collection.id. */
  readonly collection: string;
  /** As `encodeKey` writes it. */
  readonly key: string;
}

/** By what a person is searched for. */
export interface Sought {
  readonly identifiers: readonly SoughtIdentifier[];
  readonly records: readonly SoughtRecord[];
}

export type Strength = 'strong' | 'weak';

export interface KnownIdentifier extends Identifier {
  readonly strength: Strength;
  /** `operator`, or the field it was learnt from: `crm.customers.email`. */
  readonly from: string;
}

/** A role that a located record has for one person; one per record. */
export type Role = 'own' | 'shared' | 'mention' | 'candidate';

/** A located record, told without its contents. */
export interface LocatedRecord {
  /** Collection.id. */
  readonly collection: string;
  readonly key: Key;
  readonly role: Role;
  /** How it was reached: an identifier type, then reference ids. */
  readonly via: readonly string[];
}

/** A question only a human can answer. Ids hold for one person or one request. */
export interface Decision {
  readonly id: string;
  /** retention: how long the record must be kept is not known; accepted, its time is over. */
  readonly kind: 'candidate' | 'identity-conflict' | 'retention';
  readonly collection: string;
  readonly key: Key;
  readonly why: string;
}

export interface RoleCounts {
  readonly collection: string;
  readonly own: number;
  readonly mentions: number;
  readonly shared: number;
  readonly candidates: number;
}

export interface SourceStatus {
  readonly source: string;
  readonly status: 'searched' | 'unreachable' | 'skipped';
  readonly error?: string;
}
