import type { Connection, TypeCast } from 'mysql2';
import { DsrError } from '../../src/model/error.js';
import { rendered, type Sql } from '../sql/fragment.js';
import type { Row, Session } from '../sql/session.js';
import { incomingOf } from './incoming.js';
import { literal } from './quote.js';

/** Everything as the server writes it; bytes and text apart by their character set, as the driver does. */
const asText: TypeCast = (field, next) => {
  switch (field.type) {
    case 'BIT':
    case 'GEOMETRY':
    case 'VECTOR':
      return field.buffer();
    case 'VARCHAR':
    case 'VAR_STRING':
    case 'STRING':
    case 'ENUM':
    case 'SET':
    case 'TINY_BLOB':
    case 'MEDIUM_BLOB':
    case 'LONG_BLOB':
    case 'BLOB':
      // The driver would parse what the server calls JSON, and lose digits.
      return field.extendedFormat === 'json' ? field.string('utf8') : next();
    default:
      return field.string('utf8');
  }
};

/** Milliseconds to wait for a transaction to be rolled back, which the server does in the end anyway. */
const UNDONE_MS = 5_000;

/** KILL QUERY through a second connection. */
export type Canceller = (threadId: number) => Promise<void>;

/**
 * A connection inside its transaction. Values are escaped by the driver into the statement's text, as
 * its own query() does; prepared statements would bring values in the binary protocol, where the
 * driver turns times and numbers into JavaScript's. sql_mode is set so that the escaping holds.
 */
export function mysqlSession(
  connection: Connection,
  writes: boolean,
  cancel: Canceller,
  end: () => Promise<void>,
): Session {
  const threadId = connection.threadId ?? 0;
  let busy = false;
  // What the driver tells to the connection alone, unless a query has a callback.
  let lost: Error | null = null;
  connection.on('error', (error) => {
    lost ??= error;
  });
  let cancelling: Promise<void> = Promise.resolve();
  let ended: Promise<void> | null = null;

  const take = () => {
    if (busy) throw new DsrError('internal', 'a MySQL session runs one statement at a time');
    busy = true;
  };
  const written = (statement: Sql) =>
    rendered(statement, (_position, value) =>
      typeof value === 'object' ? value.map(literal).join(', ') : literal(value),
    );
  const send = (statement: Sql) => {
    if (lost !== null) throw lost;
    take();
    return connection.query({ sql: written(statement), rowsAsArray: true, typeCast: asText });
  };
  /** Records that it changed, or would have if they were not so already: the driver asks for FOUND_ROWS. */
  const changed = (text: string) =>
    new Promise<number>((resolve, reject) => {
      connection.query(text, (error, result) => {
        if (error === null) resolve('affectedRows' in result ? result.affectedRows : 0);
        else reject(error);
      });
    });
  const stopped = () => {
    cancelling = cancel(threadId).catch(() => undefined);
    return cancelling;
  };

  async function* stream(statement: Sql, signal: AbortSignal, most?: number): AsyncGenerator<readonly Row[]> {
    signal.throwIfAborted();
    const query = send(statement);
    const incoming = incomingOf(connection, query, most);
    const stop = () => {
      void stopped();
      incoming.fail(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (let batch = await incoming.next(); batch !== null; batch = await incoming.next()) yield batch;
    } finally {
      signal.removeEventListener('abort', stop);
      // After an abort the connection is only good for closing.
      if (!incoming.isOver() && !signal.aborted) {
        await stopped();
        await incoming.drained();
        // A KILL that came too late hits the next statement: let it be this one.
        await absorbed(connection);
      }
      busy = signal.aborted;
    }
  }

  /** So that its locks are gone when it is; a connection that is at work is just ended. */
  const undone = async () => {
    if (busy || !writes) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, UNDONE_MS);
    });
    await Promise.race([changed('rollback').catch(() => undefined), late]);
    clearTimeout(timer);
  };

  return {
    stream,
    async rows(statement, signal) {
      const all: Row[] = [];
      for await (const batch of stream(statement, signal)) all.push(...batch);
      return all;
    },
    async change(statement, signal) {
      signal.throwIfAborted();
      take();
      const stop = () => void stopped();
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await changed(written(statement));
      } finally {
        signal.removeEventListener('abort', stop);
        busy = signal.aborted;
      }
    },
    async commit() {
      take();
      await changed('commit');
      busy = false;
    },
    close() {
      ended ??= cancelling
        .then(undone)
        .then(end)
        .catch(() => undefined);
      return ended;
    },
  };
}

function absorbed(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    connection.query('do 0', () => resolve());
  });
}
