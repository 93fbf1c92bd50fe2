import type { FieldType } from '../../src/model/catalog.js';
import type { Column } from '../sql/table.js';

/** A PostgreSQL type, domains looked through. */
export interface PgType {
  readonly type: FieldType;
  /** The base type's name in pg_type: `int4`. */
  readonly base: string;
  /** The same, quoted and qualified, without its modifier: fit for a cast. */
  readonly cast: string;
  /** Digits before and after the point that a numeric holds; null: any. */
  readonly precision: { readonly digits: number; readonly scale: number } | null;
  readonly element: PgType | null;
  /** The domains looked through, by oid, outermost first. */
  readonly domains: readonly string[];
  /** Whether one of them takes no NULL. */
  readonly notNull: boolean;
}

export interface PgColumn extends Column, Omit<PgType, 'type'> {
  /** Text compares byte by byte: no nondeterministic collation. */
  readonly deterministic: boolean;
}
