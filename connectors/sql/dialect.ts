import type { FieldPath, FieldType } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Scalar, Value } from '../../src/model/value.js';
import type { Sql } from './fragment.js';
import type { Raw, Row } from './session.js';
import type { Column, Table } from './table.js';
import type { SqlWriting } from './writing.js';

/**
 * What differs between SQL engines; all else is written once in this folder. In a statement the
 * records stand under the alias `t`, the asked keys under `k`.
 */
export interface SqlDialect<C extends Column = Column> {
  readonly writing: SqlWriting<C>;
  /** A name as this engine quotes it; a dot in it is part of the name. */
  quote(name: string): string;
  /**
   * A join with the asked keys, `k (p, k0, k1 …)`, p their ordinal from 1; ON follows. One parameter for
   * each key column or one for all, never one for each key: plans and statement texts stay the same at
   * any number. Typed as the columns are, so that an index is used.
   */
  keys(rows: readonly (readonly string[])[], probes: readonly Probe[]): Sql;
  /** How a field is compared with keys in that mode. `at` numbers the match's fields, for aliases. */
  probe(table: Table<C>, field: FieldPath, mode: MatchMode, at: number): Probe;
  /** One coerced value of a key type, for conditions. */
  literal(text: string, type: string): Sql;
  /**
   * True where one of the columns, told as text, holds one of the needles (lower case), whatever the
   * case of ASCII letters; it may hold where none does, and is never null then. One expression a row.
   */
  holding(columns: readonly C[], needles: readonly string[]): Sql;
  /** True of about one row in 64, by chance. */
  readonly sometimes: Sql;
  /** A column as it stands in a select list: where its plain text would lose something, it is cast. */
  selected(column: C): Sql;
  /** From what `selected` brings to the model's value. */
  decoder(type: FieldType): (raw: Raw) => Value;
  /** Statements whose last one tells how the given one would be run, as `usesIndex` reads it. */
  explain(statement: Sql): readonly Sql[];
  /** From explain's last result: whether every access to `t` goes by an index on the compared value. */
  usesIndex(plan: readonly Row[]): boolean;
  /** SQL that would make the missing index, ready to paste; null: there is none. */
  indexHint(table: Table<C>, fields: readonly FieldPath[], mode: MatchMode): string | null;
}

/** One field of a match, made ready to be compared. */
export interface Probe {
  /** The compared value in a row of `t` (or of `from`). */
  readonly value: Sql;
  /** A FROM item that brings one row for each element, for paths with `[]`; null: one value a row. */
  readonly elements: { readonly from: Sql; readonly ordinal: Sql } | null;
  /** The key's type in the engine's words, for `keys` and `literal`. */
  readonly keyType: string;
  /** What the key column is compared as (`unhex(k.k0)`); null: as it stands. */
  readonly key: ((column: Sql) => Sql) | null;
  /** Canonical text of a key, or null where it can match nothing. Never throws. */
  coerce(part: Scalar): string | null;
  /** Whether an index of the table serves it, as far as the engine has to be told. */
  readonly served: boolean;
  /** One value equals at most one canonical key: no collation folds, no element is another. */
  readonly strict: boolean;
}
