import type { MatchMode } from '../model/map.js';
import type { Strength } from '../model/subject.js';

/** One kind of identifier: how it is written, stored and compared. Pure. */
export interface IdentifierType {
  readonly name: string;
  readonly strength: Strength;
  /** Never two people's: roots that share one are the same person. */
  readonly single: boolean;
  /** How a database is asked; a net only, `compare` judges. */
  readonly match: MatchMode;
  /** The fideslang category it most often stands under; null for declared types. */
  readonly category: string | null;
  normalise(raw: string): Normalised;
  /**
   * The texts under which a database may hold the value, as that mode compares them: exact: the text
   * itself; folded: lower case; digits: digits only, also as an integer that lost leading zeros.
   * A form too many costs a comparison; a form too few misses a record.
   */
  forms(value: string, mode: MatchMode): readonly string[];
  /** A canonical value against what a database holds. near: a candidate, never a match. */
  compare(value: string, stored: string): Likeness;
}

export interface Normalised {
  /** Canonical text; for an invalid value the tidied input. */
  readonly value: string;
  /** Empty or only punctuation: neither searched nor carried. */
  readonly content: boolean;
  /** Why the value is not valid, without repeating it; null: valid. */
  readonly problem: string | null;
}

export type Likeness = 'same' | 'near' | 'different';
