import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { storeError } from './error.js';
import { fileError, privateFile } from './private-file.js';

/** Held until it is released or the process dies, however it dies: the lock is the operating system's. */
export interface Lock {
  release(): void;
}

const PAUSE_MS = 50;

/**
 * Takes the lock of a file, waiting for it at most `waitMs`. The file stays empty; it is SQLite that locks
 * it (Node has no locks of its own), so nobody may open it by other means. `holder` is told to whoever
 * comes meanwhile; it stands in `<file>.by`.
 *
 * @returns what the present holder said of itself, where it is not let go in time.
 * @throws DsrError config: no access · transient: no space · what `signal` was aborted with.
 */
export async function takeLock(
  file: string,
  name: string,
  holder: string,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<Lock | { readonly holder: string | null }> {
  privateFile(file, name);
  const until = Date.now() + waitMs;
  for (;;) {
    const db = tryLock(file, name);
    if (db !== null) return heldBy(db, file, name, holder);
    signal.throwIfAborted();
    if (Date.now() >= until) return { holder: holderOf(file) };
    await wait(PAUSE_MS);
  }
}

/** The same without waiting, for a file that nobody else can know of yet. */
export function takeNewLock(file: string, name: string, holder: string): Lock {
  privateFile(file, name);
  const db = tryLock(file, name);
  if (db === null) throw new Error('a new lock is taken');
  return heldBy(db, file, name, holder);
}

/** null: another process holds it. */
function tryLock(file: string, name: string): Database.Database | null {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { fileMustExist: true, timeout: 0 });
    // Writes nothing: an empty file stays empty.
    db.exec('begin exclusive');
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY'))
      return null;
    throw storeError(error, { name, file, damaged: 'config' });
  }
}

function heldBy(db: Database.Database, file: string, name: string, holder: string): Lock {
  try {
    writeFileSync(`${file}.by`, holder, { mode: 0o600 });
  } catch (error) {
    db.close();
    throw fileError(error, name, `${file}.by`);
  }
  return {
    release() {
      try {
        rmSync(`${file}.by`, { force: true });
      } finally {
        db.close();
      }
    },
  };
}

function holderOf(file: string): string | null {
  try {
    return readFileSync(`${file}.by`, 'utf8');
  } catch {
    return null;
  }
}
