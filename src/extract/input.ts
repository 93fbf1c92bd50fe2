import type { FieldType } from '../model/catalog.js';
import type { DataMap, Encoding, Language } from '../model/map.js';
import type { Identifier, KnownIdentifier, SourceStatus } from '../model/subject.js';
import type { Key, Value } from '../model/value.js';

/** All that an extract is made of. Records stream: an extract of a million takes no more memory than one of ten. */
export interface ExtractInput {
  /** `R-2026-0001`. */
  readonly request: string;
  /** RFC 3339. */
  readonly created: string;
  readonly language: Language;
  readonly formats: readonly ExtractFormat[];
  /** `dsr 0.1.0`. */
  readonly tool: string;
  readonly map: DataMap;
  readonly identifiers: readonly KnownIdentifier[];
  readonly sources: readonly SourceStatus[];
  /** Every mapped collection of every source, zero hits too, in the map's order. */
  readonly contents: readonly CollectionContents[];
  /**
   * Collections of which this connection may not see everything, and why; they may be missing from
   * `map`. A schema that may not be used stands as `source: schema`.
   */
  readonly hidden: readonly { readonly collection: string; readonly reason: string }[];
  readonly withheld: readonly Withheld[];
  /** Dates (RFC 3339) of extracts handed out in the last `policy.freeExtract.perMonths` months. */
  readonly earlierExtracts: readonly string[];
  /**
   * Whether a stored text is one of this person's identifiers of that type (normalised comparison).
   * `encoding` is the field's: a hash is compared as one; bytes come as lower-case hex.
   */
  isTheirs(type: Identifier['type'], stored: string, encoding: Encoding | null): boolean;
}

export type ExtractFormat = 'json' | 'csv';

export interface CollectionContents {
  /** Collection.id. */
  readonly collection: string;
  /** Records to come, by role; withheld ones are not among them. */
  readonly counts: { readonly own: number; readonly shared: number; readonly mention: number };
  /** The columns that `ExtractRow.values` holds, in that order; `columnsOf` names those an extract needs. */
  readonly columns: readonly string[];
  /** The catalog's type of each column, so that a system column's times are told from its texts. */
  readonly types?: readonly (FieldType | null)[];
  /** Fresh each time it is called; ordered by key. Mentions come from `mentions()`. */
  rows(): AsyncIterable<readonly ExtractRow[]>;
  mentions(): AsyncIterable<readonly ExtractRow[]>;
}

export interface ExtractRow {
  readonly key: Key;
  readonly role: 'own' | 'shared' | 'mention';
  readonly values: readonly Value[];
  /** Ids of this record's references that lead to this person. */
  readonly leads: readonly string[];
}

export interface Withheld {
  readonly collection: string;
  readonly key: Key;
  /** `third-party-rights`, `SE_SECRECY`, `SE_DRAFT` or a 17(3) ground. */
  readonly ground: string;
}
