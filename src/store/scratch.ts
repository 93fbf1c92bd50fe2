import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DsrError } from '../model/error.js';
import { storeError } from './error.js';

/** A private database for keys while a command runs. */
export interface Scratch {
  readonly db: Database.Database;
  /** Runs what uses `db`; a full disk is told as such. */
  guard<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens a scratch database in `dir` (mode 0600), unlinked while open, so that nothing stays when the
 * process dies; with `null`, in memory. Pages beyond the cache (8 MB) spill to the file: memory does
 * not grow with the keys. What a scratch holds is never worth a recovery.
 */
export function openScratch(dir: string | null): Scratch {
  const file = dir === null ? ':memory:' : join(dir, `scratch-${randomUUID()}.db`);
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeError(error, { name: 'the scratch file', file: dir ?? 'memory', damaged: 'internal' });
    }
  };
  try {
    if (dir !== null) closeSync(openSync(file, 'wx', 0o600));
    const db = new Database(file);
    // Off is not allowed here (SQLite's defensive mode); in memory it holds next to nothing, the file being new.
    db.pragma('journal_mode = memory');
    db.pragma('synchronous = off');
    db.pragma('locking_mode = exclusive');
    // A sorter that spills would leave keys in the system's temporary folder.
    db.pragma('temp_store = memory');
    db.pragma('cache_size = -8000');
    db.exec('create table opened (at int); begin; insert into opened values (1)');
    if (dir !== null) unlinkSync(file);
    return { db, guard, close: () => db.close() };
  } catch {
    if (dir !== null) rmSync(file, { force: true });
    throw new DsrError('config', `no scratch file can be made in ${dir ?? 'memory'}`, {
      hint: 'check that the folder can be written and that the disk is not full',
    });
  }
}
