import type { Client, QueryArrayResult } from 'pg';
import { type Bound, rendered, type Sql } from '../sql/fragment.js';
import type { Raw, Session } from '../sql/session.js';

const BATCH = 1_000;

/** Everything as the server writes it: pg's own parsing loses microseconds and digits. */
const TEXT = { getTypeParser: () => (value: unknown) => value };

type Result = Pick<QueryArrayResult<Raw[]>, 'rows' | 'rowCount' | 'command'>;

const UNENDING = new AbortController().signal;
const IN_FAILED_TRANSACTION = '25P02';

/** Second connections, to cancel what runs on the first. */
export type Canceller = (processId: number) => Promise<void>;

/**
 * A client inside its transaction. Results are read through server-side cursors, so that one session
 * may have several open at once, and breaking off is a CLOSE.
 */
export function postgresSession(
  client: Client,
  processId: number,
  cancel: Canceller,
  end: () => Promise<void>,
): Session {
  let cursors = 0;
  let ended: Promise<void> | null = null;
  let cancelling: Promise<void> = Promise.resolve();
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: several cursors share the connection. */
  const run = (...query: Parameters<typeof now>): Promise<Result> => {
    const mine = turn.then(() => now(...query));
    turn = mine.catch(() => undefined);
    return mine;
  };
  const now = async (text: string, values: readonly Bound[], signal: AbortSignal): Promise<Result> => {
    signal.throwIfAborted();
    const stop = () => {
      cancelling = cancel(processId).catch(() => undefined);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await client.query<Raw[]>({ text, values: [...values], rowMode: 'array', types: TEXT });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
  const numbered = (statement: Sql) => rendered(statement, (position) => `$${position}`);

  return {
    rows: async (statement, signal) => (await run(numbered(statement), statement.values, signal)).rows,
    async *stream(statement, signal, most = BATCH) {
      cursors += 1;
      const name = `dsr_${cursors}`;
      await run(`declare ${name} no scroll cursor for ${numbered(statement)}`, statement.values, signal);
      let failed = false;
      try {
        while (true) {
          const { rows } = await run(`fetch ${most} from ${name}`, [], signal);
          if (rows.length > 0) yield rows;
          if (rows.length < most) return;
        }
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        // After a failure the transaction is over, and the cursor with it.
        if (!failed && !signal.aborted) await run(`close ${name}`, [], signal).catch(() => undefined);
      }
    },
    change: async (statement, signal) =>
      (await run(numbered(statement), statement.values, signal)).rowCount ?? 0,
    async commit() {
      // A transaction in which a statement failed is rolled back without an error.
      if ((await run('commit', [], UNENDING)).command === 'COMMIT') return;
      throw Object.assign(new Error('rolled back'), { code: IN_FAILED_TRANSACTION });
    },
    close() {
      // What was cancelled must have ended at the server before the process may.
      ended ??= cancelling.then(end).catch(() => undefined);
      return ended;
    },
  };
}
