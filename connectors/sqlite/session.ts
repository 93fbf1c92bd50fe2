import type { Call } from '../../src/connector/contract.js';
import { rendered, type Sql } from '../sql/fragment.js';
import type { Place } from './errors.js';
import type { Answer, RawRow, RawValue } from './protocol.js';
import type { Thread, Threads } from './thread.js';

/** One connection in a thread of its own: read-only and holding one snapshot, or a writer's transaction. */
export interface Session {
  readonly place: Place;
  /** Another one each time, for names. */
  number(): number;
  all(call: Call, statement: Sql, table?: string): Promise<readonly RawRow[]>;
  /** Waits for a lock so long as the call's time allows, at most `WRITER_WAITS_MS`. */
  run(call: Call, statement: Sql, table?: string): Promise<void>;
  /** The same statement for each of the rows. */
  load(call: Call, statement: Sql, rows: readonly RawRow[], table?: string): Promise<void>;
  /** Streams: the next batch is read while the last one is being used. The time-out counts for each. */
  rows(call: Call, statement: Sql, table: string): AsyncGenerator<readonly RawRow[]>;
  close(): Promise<void>;
}

/** How long a writer in another program may hold up our reading, and others our writing. */
const READER_WAITS_MS = 1_000;
const WRITER_WAITS_MS = 5_000;

/** So that what holds it up is told as a lock, rather than as a source that does not answer. */
export function writerWaitMs({ timeoutMs }: Call): number {
  return Math.min(WRITER_WAITS_MS, timeoutMs * 0.8);
}

/** @param secureDelete whether a writer overwrites what it deletes. */
export async function openSession(
  threads: Threads,
  place: Place,
  call: Call,
  secureDelete = false,
): Promise<Session> {
  const writing = place.writing === true;
  const waitMs = writing ? writerWaitMs(call) : Math.min(READER_WAITS_MS, call.timeoutMs);
  const thread = threads.take();
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= threads.give(thread);
    return closed;
  };
  try {
    await thread.ask(call, { op: 'open', file: place.file, busyMs: waitMs, writing, secureDelete });
  } catch (error) {
    await close();
    throw error;
  }
  let numbers = 0;
  return {
    place,
    number() {
      numbers += 1;
      return numbers;
    },
    async all(made, statement, table) {
      return rowsIn(await thread.ask(made, { op: 'all', ...driven(statement) }, table)).rows;
    },
    async run(made, statement, table) {
      const { sql } = driven(statement);
      await thread.ask(made, { op: 'run', sql, waitMs: writing ? waitMs : 0 }, table);
    },
    async load(made, statement, rows, table) {
      await thread.ask(made, { op: 'load', sql: driven(statement).sql, rows }, table);
    },
    rows: (made, statement, table) => stream(thread, made, statement, table),
    close,
  };
}

/** As better-sqlite3 takes it: a `?` for each value. */
function driven(statement: Sql): { readonly sql: string; readonly params: readonly RawValue[] } {
  return {
    sql: rendered(statement, () => '?'),
    params: statement.values.filter((value) => !Array.isArray(value)) as readonly RawValue[],
  };
}

async function* stream(thread: Thread, call: Call, statement: Sql, table: string) {
  const started = await thread.ask(call, { op: 'start', ...driven(statement) }, table);
  const cursor = 'cursor' in started ? started.cursor : 0;
  const next = () => thread.ask(call, { op: 'next', cursor }, table);
  let ahead: Promise<Answer> | null = next();
  try {
    while (ahead !== null) {
      const { rows, done } = rowsIn(await ahead);
      ahead = done ? null : next();
      // Whoever uses the batch may take long; a failure meanwhile is met when the next is asked for.
      ahead?.catch(() => undefined);
      if (rows.length > 0) yield rows;
    }
  } finally {
    await ahead?.catch(() => undefined);
    await thread.ask(call, { op: 'stop', cursor }, table).catch(() => undefined);
  }
}

function rowsIn(answer: Answer): { readonly rows: readonly RawRow[]; readonly done: boolean } {
  return 'rows' in answer ? answer : { rows: [], done: true };
}
