/** What the session asks of its worker thread, and what the worker answers. */
export type Request =
  | {
      readonly op: 'open';
      readonly file: string;
      readonly busyMs: number;
      readonly writing: boolean;
      readonly secureDelete: boolean;
    }
  /** Through a connection of its own; tried for so long where others hold the file. */
  | { readonly op: 'compact'; readonly file: string; readonly waitMs: number }
  /** One statement, all of its rows: for catalogs and plans. */
  | { readonly op: 'all'; readonly sql: string; readonly params: readonly RawValue[] }
  /** Statements without results; tried again for so long where another connection holds a lock. */
  | { readonly op: 'run'; readonly sql: string; readonly waitMs: number }
  /** Keys or values into a temporary table. */
  | { readonly op: 'load'; readonly sql: string; readonly rows: readonly RawRow[] }
  | { readonly op: 'start'; readonly sql: string; readonly params: readonly RawValue[] }
  | { readonly op: 'next'; readonly cursor: number }
  | { readonly op: 'stop'; readonly cursor: number }
  | { readonly op: 'close' };

/** As SQLite stores it; a whole number is a number where that is safe, else a bigint. */
export type RawValue = null | number | bigint | string | Uint8Array;
export type RawRow = readonly RawValue[];

export interface Envelope {
  readonly id: number;
  readonly request: Request;
}

export type Answer =
  | { readonly id: number; readonly rows: readonly RawRow[]; readonly done: boolean }
  | { readonly id: number; readonly cursor: number }
  /** A code, and names of the schema: SQLite's own message may hold a value. */
  | { readonly id: number; readonly failed: string; readonly about?: string | null };

/** The worker was told to stop what it does. */
export const INTERRUPTED = 'INTERRUPTED';

/** One batch ends at so many rows, or at so many bytes, whichever comes first. */
export const BATCH_ROWS = 500;
export const BATCH_BYTES = 1_000_000;

/**
 * Asked keys stand in temporary tables that are there from the start, one for each number of parts:
 * making one later would break off every result that is being read. `ask` tells one match's keys
 * from another's.
 */
export const MOST_PARTS = 16;
export const keyTable = (parts: number): string => `temp.dsr_keys_${parts}`;

/** New values, one a row: of which key of which ask, for which field. */
export const VALUES = 'temp.dsr_values';

export function keyTableStatements(): readonly string[] {
  const keys = Array.from({ length: MOST_PARTS }, (_none, index) => {
    const names = Array.from({ length: index + 1 }, (_part, part) => `p${part}`).join(', ');
    return `create table ${keyTable(index + 1)} (ask, ${names}, position, primary key (ask, ${names}, position)) without rowid`;
  });
  const values = `create table ${VALUES} (ask, position, field, value, primary key (ask, position, field)) without rowid`;
  return [...keys, values];
}
