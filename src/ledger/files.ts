import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DsrError } from '../model/error.js';
import { openDatabase, type Store } from '../store/database.js';
import { createHead, readHead } from './head.js';
import { createKey, type LedgerKey, readKey } from './key.js';

/** `dir` is the workspace's `.dsr`. */
export interface LedgerFiles {
  readonly db: string;
  readonly key: string;
  readonly head: string;
}

export function ledgerFiles(dir: string): LedgerFiles {
  return { db: join(dir, 'ledger.db'), key: join(dir, 'ledger.key'), head: join(dir, 'ledger.head') };
}

/** Whether any part of a ledger is there. */
export function ledgerExists(dir: string): boolean {
  return Object.values(ledgerFiles(dir)).some((file) => existsSync(file));
}

/**
 * The key of the ledger; with `create` it and the head are made where there is no ledger yet.
 *
 * They are made in the order key, head, database, and looked for the other way round, so that two
 * processes at once, or one that was killed in between, never leave a database without the others.
 *
 * @throws DsrError ledger: one of the three is missing although the others are there.
 */
export function readLedgerKey(files: LedgerFiles, create: boolean): LedgerKey {
  const hasDb = existsSync(files.db);
  const hasHead = existsSync(files.head);
  if (!existsSync(files.key)) {
    if (hasDb || hasHead || !create) throw missing('ledger.key', files.key, 'its key');
    createKey(files.key);
  }
  const key = readKey(files.key);
  if (!hasHead) {
    if (hasDb || !create) throw missing('ledger.head', files.head, 'the record of where it ended');
    createHead(files.head, key);
  }
  // Looked for anew: another process may have made it since.
  if (readHead(files.head, key).count > 0 && !existsSync(files.db)) {
    throw missing('ledger.db', files.db, 'its entries');
  }
  return key;
}

/** The file, without making tables. A damaged one is a ledger that does not verify. */
export function openLedgerStore(
  files: LedgerFiles,
  options: { readonly busyTimeoutMs?: number; readonly asItIs?: boolean } = {},
): Promise<Store> {
  return openDatabase({ file: files.db, name: 'the ledger', damaged: 'ledger', ...options });
}

function missing(what: string, file: string, meaning: string): DsrError {
  return new DsrError('ledger', `the ledger is refused: ${meaning} is missing (${file})`, {
    place: file,
    hint: `restore ${what} from the backup that the rest of .dsr comes from; a new one cannot replace it`,
  });
}
