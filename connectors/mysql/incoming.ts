import type { Connection, Query } from 'mysql2';
import type { Row } from '../sql/session.js';

const BATCH = 1_000;

/** The rows of a running query in batches; the connection is paused while nobody takes them. */
export interface Incoming {
  /** null: no more. Rejects with the driver's error, or with that of `fail`. */
  next(): Promise<readonly Row[] | null>;
  fail(error: unknown): void;
  /** The server has said its last word on the query. */
  isOver(): boolean;
  /** Throws away what still comes, until it is over. */
  drained(): Promise<void>;
}

/** The driver's own stream hands rows over one by one, which costs a million awaits for a million rows. */
export function incomingOf(connection: Connection, query: Query, most = BATCH): Incoming {
  let rows: Row[] = [];
  let over = false;
  let dropped = false;
  let failure: { readonly error: unknown } | null = null;
  let wake: () => void = () => undefined;

  const end = (error?: unknown) => {
    over = true;
    connection.off('error', end);
    if (error !== undefined) failure ??= { error };
    wake();
  };
  query.on('result', (row: Row) => {
    if (dropped) return;
    rows.push(row);
    if (rows.length < most) return;
    connection.pause();
    wake();
  });
  query.on('error', end);
  connection.on('error', end);
  query.on('end', () => end());
  const event = () => new Promise<void>((resolve) => (wake = resolve));

  return {
    async next() {
      while (rows.length < most && !over && failure === null) {
        const waiting = event();
        connection.resume();
        await waiting;
      }
      if (failure !== null) throw failure.error;
      if (rows.length === 0) return null;
      const batch = rows;
      rows = [];
      return batch;
    },
    fail(error) {
      failure ??= { error };
      wake();
    },
    isOver: () => over,
    async drained() {
      dropped = true;
      rows = [];
      while (!over) {
        const waiting = event();
        connection.resume();
        await waiting;
      }
    },
  };
}
