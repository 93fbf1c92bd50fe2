import type { FieldPath, FieldType } from './catalog.js';
import type { Scalar } from './value.js';

/**
 * The data map after it was held against the live schemas: every default filled in, every
 * reference resolved. What the operator wrote is `contract.md` §1; this is what the core reads.
 */
export interface DataMap {
  readonly controller: Controller;
  readonly policy: Policy;
  /** Identifier types added to or overriding the built-in ones, by name. */
  readonly identifiers: Readonly<Record<string, IdentifierSetting>>;
  readonly sources: readonly SourceEntry[];
  readonly collections: readonly Collection[];
  /** sha256 of the canonical map with secrets left out: `sha256:…`. */
  readonly hash: string;
}

export type Language = 'sv' | 'en';
/** One text for all, or one a language. */
export type Text = string | Readonly<Partial<Record<Language, string>>>;

export interface Controller {
  readonly name: string;
  readonly contact: string;
  readonly authority: { readonly name: string; readonly url: string };
  readonly country: string;
  readonly timezone: string;
  readonly language: Language;
  /** `MM-DD`, or null where the map does not say. */
  readonly fiscalYearEnd: string | null;
}

export interface Policy {
  readonly promise: { readonly months: number };
  readonly freeExtract: { readonly perMonths: number };
  readonly approvals: { readonly erase: number };
  readonly identity: 'operator' | 'verified';
  readonly candidates: 'ask' | 'leave';
}

export type MatchMode = 'exact' | 'folded' | 'digits';
export type Encoding = 'md5' | 'sha256' | 'uuid-binary';

export interface IdentifierSetting {
  readonly strength?: 'strong' | 'weak';
  readonly single?: boolean;
  readonly match?: MatchMode;
  /** Glob patterns neither searched nor carried. */
  readonly never?: readonly string[];
}

/** none: the source has no backups · rotation: for how long one is kept before it is written over. */
export type Backups = 'none' | { readonly rotation: Length };
export interface Length {
  readonly years?: number;
  readonly months?: number;
  readonly days?: number;
}

export interface SourceEntry {
  readonly name: string;
  readonly connector: string;
  /** What the source is for, as the map tells; null where it does not. */
  readonly label: Text | null;
  /** Zone in which times without one are told; the controller's where the map does not say. */
  readonly timezone: string;
  /** Tables neither in a collection, `nonpersonal`, nor covered by a parent. */
  readonly unmappedTables: readonly string[];
}

/** Art. 15(1) facts; null: the map does not say, which makes an export incomplete. */
export interface Information {
  readonly purposes: readonly Text[] | null;
  readonly legalBasis: LegalBasis | null;
  readonly recipients: readonly string[] | null;
  readonly retention: Text | null;
  readonly origin: 'subject' | 'registrant' | Text | null;
  readonly transfers: 'none' | Text | null;
  readonly automated: 'none' | Text;
}
export type LegalBasis =
  | 'consent'
  | 'contract'
  | 'legal-obligation'
  | 'vital'
  | 'public-task'
  | 'legitimate-interest';

export interface Collection {
  /** `source.name`. */
  readonly id: string;
  readonly source: string;
  readonly name: string;
  /** The catalog's id of the table. */
  readonly table: string;
  readonly label: Text | null;
  readonly key: readonly string[];
  /** physical: records can be read, not changed (see KeyInfo). */
  readonly keyKind: 'declared' | 'physical';
  readonly subject: { readonly is: string; readonly when: readonly Condition[] } | null;
  /** Mapped personal fields and relations, in the map's order. */
  readonly fields: readonly Field[];
  readonly references: readonly Reference[];
  readonly information: Information;
  /** Columns the map calls `system`, or names only as key, condition and the like. */
  readonly systemColumns: readonly string[];
  readonly ignoredColumns: readonly string[];
  /** Columns the map does not speak of: left out, listed, incomplete. */
  readonly unmappedColumns: readonly string[];
  readonly erase: Verdict | null;
  readonly retain: readonly Retention[];
  readonly disable: Readonly<Record<string, Scalar | null>> | null;
  readonly restrict: Readonly<Record<string, Scalar | null>> | null;
  readonly unsearchable: string | null;
}

export interface Field {
  /** As the map spells it: a column or a path into one. */
  readonly name: string;
  readonly at: FieldPath;
  /** Of the column; for a path into JSON, of the column still. */
  readonly type: FieldType;
  readonly nullable: boolean;
  /** A fideslang data category; null: only a relation or a system value. */
  readonly category: string | null;
  readonly personal: boolean;
  readonly identifier: IdentifierUse | null;
  /** The field, by name, that says whose this is; null: the record's person. */
  readonly of: string | null;
  /** For identifiers and `of` fields: mentions, none; null: the record's person. */
  readonly relation: 'mentions' | 'none' | null;
  readonly onErase: OnErase;
  readonly export: 'show' | 'stated' | 'omit';
  readonly reason: string | null;
  readonly label: Text | null;
  readonly explain: Text | null;
  readonly values: Readonly<Record<string, Text>> | null;
  readonly notice: string | null;
  readonly freetext: boolean;
  readonly rectify: boolean;
  readonly mask: Mask | null;
}

export interface IdentifierUse {
  readonly type: string;
  /** null: the type's own. */
  readonly match: MatchMode | null;
  readonly encoding: Encoding | null;
}

export type Relation = 'owned-by' | 'owns' | 'mentions' | 'none';
export type OnErase = 'clear' | 'delete' | 'keep';
export type Mask = 'null' | 'pseudonym' | 'redact' | 'keep' | { readonly constant: Scalar };

/** Every named field holds one of the values; `null` among them means SQL NULL. */
export interface Condition {
  readonly field: string;
  readonly anyOf: readonly (Scalar | null)[];
}

export interface Reference {
  /** `source.collection.field`, several fields joined by `+`. Unique in the map. */
  readonly id: string;
  /** Collection.id of the record that refers. */
  readonly from: string;
  readonly fields: readonly FieldPath[];
  /** Collection.id of the record referred to. */
  readonly to: string;
  readonly on: readonly FieldPath[];
  readonly when: readonly Condition[];
  readonly relation: Relation;
  readonly onErase: OnErase;
}

export type VerdictKind = 'delete' | 'mask' | 'keep' | 'as-owner' | 'manual';
export interface Verdict {
  readonly kind: VerdictKind;
  readonly ground: string | null;
  readonly law: string | null;
  readonly until: Until | null;
}
export type Until =
  | { readonly field: string; readonly calendarYearsAfterFiscalYear: number }
  | {
      readonly field: string;
      readonly plus: Length;
    };
export interface Retention {
  readonly ground: string;
  readonly law: string | null;
  readonly when: readonly Condition[];
  readonly until: Until;
  readonly mask: readonly string[];
}
