import type { ColumnType, Fixture, Harness, Table } from './fixture.js';

/** One sentence of the contract, and a test that it holds. */
export interface Guarantee {
  readonly says: string;
  /** Column types without which it says nothing. */
  readonly types?: readonly ColumnType[];
  /** Further conditions on the source. */
  readonly appliesTo?: (harness: Harness) => boolean;
  check(stage: Stage): Promise<void>;
}

export interface Stage {
  readonly harness: Harness;
  /** A fresh source with these tables, dropped when the test ends. */
  make(...tables: readonly Table[]): Promise<Fixture>;
  /** Ends the test as skipped: this source has no such thing. */
  skip(why: string): never;
}
