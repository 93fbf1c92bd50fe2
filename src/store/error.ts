import { DsrError, type ErrorKind } from '../model/error.js';

export interface StoreFacts {
  readonly name: string;
  readonly file: string;
  readonly damaged: ErrorKind;
}

/**
 * SQLite's error as one of ours, told from its code alone: its message may quote a value.
 * What is not SQLite's passes unchanged.
 */
export function storeError(error: unknown, { name, file, damaged }: StoreFacts): unknown {
  const code = codeOf(error);
  if (code === null) return error;
  const facts = { place: file };
  const is = (...prefixes: readonly string[]) => prefixes.some((prefix) => code.startsWith(prefix));
  if (is('SQLITE_BUSY', 'SQLITE_LOCKED')) {
    return new DsrError('transient', `${name} is locked by another process: ${file}`, {
      ...facts,
      hint: 'try again when the other dsr, or whatever has the file open, is done',
    });
  }
  if (is('SQLITE_FULL')) {
    return new DsrError('transient', `no space left on the disk for ${name}: ${file}`, {
      ...facts,
      hint: 'free some space and run the command again; nothing was half-written',
    });
  }
  if (is('SQLITE_NOTADB', 'SQLITE_CORRUPT')) {
    return new DsrError(damaged, `${name} is damaged or not a SQLite file: ${file}`, {
      ...facts,
      hint: 'restore the folder .dsr from a backup, all of it',
    });
  }
  if (is('SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_AUTH')) {
    return new DsrError('config', `${name} cannot be opened or written: ${file}`, {
      ...facts,
      hint: 'the file and its folder must belong to the user that runs dsr and be writable',
    });
  }
  if (is('SQLITE_IOERR')) {
    return new DsrError('transient', `the disk failed under ${name}: ${file} (${code})`, {
      ...facts,
      hint: 'check the disk, then run the command again',
    });
  }
  return new DsrError('internal', `${name} answered ${code}: ${file}`, facts);
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code.startsWith('SQLITE_') ? error.code : null;
}
