import type { Column } from '../sql/table.js';

export interface MyColumn extends Column {
  /** information_schema's data_type: `varchar`. */
  readonly base: string;
  readonly unsigned: boolean;
  readonly charset: string | null;
  readonly collation: string | null;
  /** Digits and scale of a decimal. */
  readonly precision: { readonly digits: number; readonly scale: number } | null;
  /** What a generated column is made of, without spaces and quotes of names; null: not generated. */
  readonly madeOf: string | null;
  /** Leads an index. */
  readonly indexed: boolean;
}
