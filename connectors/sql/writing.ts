import type { Value } from '../../src/model/value.js';
import type { Probe } from './dialect.js';
import type { Sql } from './fragment.js';
import type { Column, Table } from './table.js';

/**
 * How an engine changes records. In its statements they stand under `t`, and what was sent under
 * `k (p, k0, k1 …, v0, v1 …)`: the rows' ordinals, keys and new values.
 */
export interface SqlWriting<C extends Column = Column> {
  /**
   * A second comparison for columns whose equality takes several texts for one (a collation that
   * folds); null: what the column holds equal is the same.
   */
  same(column: C): Probe | null;
  /** The text in which a value travels to that column; null: it does not fit. Never throws. */
  encode(column: C, value: Exclude<Value, null>): string | null;
  /** The column's new value, from that text. */
  written(column: C, text: Sql): Sql;
  /** Locks records until the end of the transaction, a row for each. */
  lock(target: Target<C>): Sql;
  remove(target: Target<C>): Sql;
  update(target: Target<C>, sets: readonly NewColumn<C>[]): Sql;
  /** Makes deferred constraints immediate; null: the engine defers none. */
  readonly settle: Sql | null;
}

/** Records of a table, by the keys that are sent. */
export interface Target<C extends Column = Column> {
  readonly table: Table<C>;
  /** The columns of the key, as the catalog names them. */
  readonly key: readonly string[];
  /** One for each `k0, k1 …`. */
  readonly probes: readonly Probe[];
  /** `t` and `k` joined: as equal, and where that is not enough, as the same. */
  readonly on: Sql;
  /** For each record its keys' texts, then its values' texts. */
  readonly rows: readonly SentRow[];
  /** How many `v0, v1 …` there are. */
  readonly values: number;
}

export type SentRow = readonly (string | null)[];

export interface NewColumn<C extends Column = Column> {
  readonly column: C;
  readonly value: Sql;
}
