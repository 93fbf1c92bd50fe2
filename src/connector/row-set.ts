import type { Key, Value } from '../model/value.js';

/** New values of one record, in the order of the fields that are set. */
export interface NewValues {
  readonly key: Key;
  readonly values: readonly Value[];
}

/** Records and their new values, iterated as often as needed; in memory, or made on the way. */
export interface RowSet {
  readonly size: number;
  /** In chunks of at most `most` records, in order. */
  chunks(most: number): Iterable<readonly NewValues[]>;
}

export function rowSetOf(rows: readonly NewValues[]): RowSet {
  return {
    size: rows.length,
    *chunks(most) {
      for (let start = 0; start < rows.length; start += most) yield rows.slice(start, start + most);
    },
  };
}
