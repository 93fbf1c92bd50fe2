import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { ALIVE, AT, at, DIGITS, digits, FOLD, fold, HOLDS, holds } from './functions.js';
import {
  type Answer,
  BATCH_BYTES,
  BATCH_ROWS,
  type Envelope,
  INTERRUPTED,
  keyTableStatements,
  type RawRow,
  type RawValue,
  type Request,
} from './protocol.js';

/**
 * The thread in which SQLite runs, so that the main one stays free for Ctrl-C and time-outs.
 * better-sqlite3 cannot interrupt a statement; instead every statement that may take long calls a
 * function of ours now and then, which throws once the main thread has asked for it.
 */
const port = parentPort;
if (port === null) throw new Error('this is a worker thread');

/** Cell 0: the request to break off, by its id, with all before it. */
const interrupts = new Int32Array((workerData as { readonly interrupts: SharedArrayBuffer }).interrupts);
const cursors = new Map<number, IterableIterator<RawRow>>();
let database: Database.Database | null = null;
let current = 0;
let lastCursor = 0;

class Interrupted extends Error {}

function stopIfAsked(): void {
  if (current <= Atomics.load(interrupts, 0)) throw new Interrupted();
}

port.on('message', ({ id, request }: Envelope) => {
  current = id;
  let answer: Answer;
  try {
    stopIfAsked();
    answer = { id, ...serve(request) };
  } catch (error) {
    answer = { id, failed: codeOf(error), about: namesIn(error) };
  }
  port.postMessage(answer);
});

type Served = { readonly rows: readonly RawRow[]; readonly done: boolean } | { readonly cursor: number };
const NOTHING: Served = { rows: [], done: true };

function serve(request: Request): Served {
  if (request.op === 'open') {
    database = open(request);
    return NOTHING;
  }
  if (request.op === 'compact') {
    compact(request.file, request.waitMs);
    return NOTHING;
  }
  if (request.op === 'close') {
    for (const cursor of cursors.values()) cursor.return?.();
    cursors.clear();
    database?.close();
    database = null;
    return NOTHING;
  }
  const opened = database;
  if (opened === null) throw new Error('not open');
  switch (request.op) {
    case 'run':
      patiently(request.waitMs, () => opened.exec(request.sql));
      return NOTHING;
    case 'all':
      return { rows: [...rowsOf(opened, request.sql, request.params)].map(plainRow), done: true };
    case 'load': {
      const insert = opened.prepare(request.sql);
      for (const row of request.rows) {
        stopIfAsked();
        insert.run(...row);
      }
      return NOTHING;
    }
    case 'start':
      lastCursor += 1;
      cursors.set(lastCursor, rowsOf(opened, request.sql, request.params));
      return { cursor: lastCursor };
    case 'next':
      return next(request.cursor);
    case 'stop':
      cursors.get(request.cursor)?.return?.();
      cursors.delete(request.cursor);
      return NOTHING;
  }
}

/**
 * A reader: read-only at the file itself, and one snapshot from here on: the first read pins it. A writer:
 * the file is locked against other writers from here on, so that what it finds stays true; foreign keys
 * are kept, but only the end counts.
 */
type Opening = Extract<Request, { readonly op: 'open' }>;

function open({ file, busyMs, writing, secureDelete }: Opening): Database.Database {
  const timeout = writing ? PAUSE_MS : busyMs;
  const opened = new Database(file, { readonly: !writing, fileMustExist: true, timeout });
  try {
    opened.defaultSafeIntegers(true);
    // Keys go into temporary tables while other results are still being read.
    opened.unsafeMode(true);
    // A plan must tell whether the source has an index, not whether SQLite would make one.
    opened.pragma('automatic_index = off');
    // Its temporary files would hold people's keys in the system's folder.
    opened.pragma('temp_store = memory');
    const pure = { deterministic: true } as const;
    // SQLite takes the number of arguments from the function's own.
    opened.function(FOLD, pure, (value: RawValue) => going(fold(value)));
    opened.function(DIGITS, pure, (value: RawValue) => going(digits(value)));
    opened.function(AT, pure, (document: RawValue, path: string, mode: string) =>
      going(at(document, path, mode)),
    );
    opened.function(
      HOLDS,
      { deterministic: true, varargs: true },
      (pattern: string, ...values: readonly RawValue[]) => going(holds(pattern, values)),
    );
    opened.function(ALIVE, { varargs: true }, () => {
      stopIfAsked();
      return 1;
    });
    for (const statement of keyTableStatements()) opened.exec(statement);
    if (writing) {
      opened.pragma('foreign_keys = on');
      if (secureDelete) opened.pragma('secure_delete = on');
      patiently(busyMs, () => opened.exec('begin immediate'));
      opened.pragma('defer_foreign_keys = on');
      return opened;
    }
    opened.exec('begin');
    opened.prepare('select count(*) from sqlite_schema').get();
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** So big a file is copied in memory on its way; a bigger one in SQLite's own temporary file. */
const COPIED_IN_MEMORY = 64 * 2 ** 20;

function compact(file: string, waitMs: number): void {
  const opened = new Database(file, { fileMustExist: true, timeout: PAUSE_MS });
  try {
    const size =
      Number(opened.pragma('page_count', { simple: true })) *
      Number(opened.pragma('page_size', { simple: true }));
    opened.pragma(`temp_store = ${size > COPIED_IN_MEMORY ? 'file' : 'memory'}`);
    opened.pragma('secure_delete = on');
    patiently(waitMs, () => opened.exec('vacuum'));
    if (opened.pragma('journal_mode', { simple: true }) !== 'wal') return;
    patiently(waitMs, () => {
      const busy = opened.pragma('wal_checkpoint(truncate)', { simple: true });
      if (Number(busy) !== 0) throw new Database.SqliteError('the log is being read', 'SQLITE_BUSY');
    });
  } finally {
    opened.close();
  }
}

/** SQLite's own waiting cannot be broken off, so it gets little of it at a time. */
const PAUSE_MS = 50;

function patiently(waitMs: number, work: () => void): void {
  const end = Date.now() + waitMs;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || Date.now() >= end) throw error;
      // Some locks are refused without any waiting.
      Atomics.wait(interrupts, 0, Atomics.load(interrupts, 0), PAUSE_MS);
      stopIfAsked();
    }
  }
}

function going<T>(result: T): T {
  stopIfAsked();
  return result;
}

function rowsOf(opened: Database.Database, sql: string, params: readonly RawValue[]) {
  return opened
    .prepare(sql)
    .raw(true)
    .iterate(...params) as IterableIterator<RawRow>;
}

function next(id: number): Served {
  const cursor = cursors.get(id);
  const rows: RawRow[] = [];
  let bytes = 0;
  while (cursor !== undefined && rows.length < BATCH_ROWS && bytes < BATCH_BYTES) {
    const step = cursor.next();
    if (step.done === true) {
      cursors.delete(id);
      return { rows, done: true };
    }
    const row = plainRow(step.value);
    rows.push(row);
    for (const value of row) bytes += sizeOf(value);
  }
  return { rows, done: cursor === undefined };
}

function plainRow(row: RawRow): RawRow {
  return row.map((value) =>
    typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value,
  );
}

function sizeOf(value: RawValue): number {
  if (typeof value === 'string') return value.length;
  return value instanceof Uint8Array ? value.byteLength : 8;
}

/** Tables and columns that the constraint is about: for these codes the message holds nothing else. */
function namesIn(error: unknown): string | null {
  if (!(error instanceof Database.SqliteError)) return null;
  if (!/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|NOTNULL)$/.test(error.code)) return null;
  return (
    /^(?:UNIQUE|NOT NULL) constraint failed: ([\p{L}\p{N}_.$, -]{1,200})$/u.exec(error.message)?.[1] ?? null
  );
}

function codeOf(error: unknown): string {
  if (error instanceof Interrupted) return INTERRUPTED;
  return error instanceof Database.SqliteError ? error.code : 'UNEXPECTED';
}
