import type { Sql } from './fragment.js';

/** A value as the driver hands it over, before it is decoded by the column's type. */
export type Raw = string | number | bigint | boolean | Uint8Array | null;
export type Row = readonly Raw[];

/**
 * One connection to a SQL source. What runs ends when the signal aborts, at the server too; the
 * session is then only good for close(). Rejects with what the driver throws, or the signal's reason.
 */
export interface Session {
  /** All rows, for results known to be small. */
  rows(statement: Sql, signal: AbortSignal): Promise<readonly Row[]>;
  /**
   * Rows in batches, of `most` or a number of its own, unbuffered. Breaking off ends the statement and
   * leaves the session usable.
   */
  stream(statement: Sql, signal: AbortSignal, most?: number): AsyncIterable<readonly Row[]>;
  /** Runs a statement that changes records; answers how many it did, unchanged ones that it matched too. */
  change(statement: Sql, signal: AbortSignal): Promise<number>;
  /** Ends the transaction with all that was changed; no signal ends it. Rejects where it was rolled back. */
  commit(): Promise<void>;
  /** Ends the transaction, rolled back if not committed, and the connection; never rejects; twice is once. */
  close(): Promise<void>;
}
