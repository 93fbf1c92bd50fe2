import { DsrError } from '../../src/model/error.js';

/** Where something failed: the source's name in dsr.yaml, the file, the table where there is one. */
export interface Place {
  readonly source: string;
  readonly file: string;
  readonly table?: string;
}

/** A DsrError from SQLite's result code alone: its message may hold a value. */
export function sqliteError(code: string, { source, file, table }: Place): DsrError {
  const what = table === undefined ? `the source '${source}' (${file})` : `${source}.${table} (${file})`;
  const primary = code.split('_').slice(0, 2).join('_');
  switch (primary) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new DsrError('transient', `${what} is locked by another program`, {
        hint: 'try again when it has finished writing; in WAL mode readers and writers do not wait for each other',
      });
    case 'SQLITE_NOTADB':
      return new DsrError('config', `${what} is not a SQLite database, or it is encrypted`, {
        hint: "check the source's connection in dsr.yaml",
      });
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new DsrError('config', `${what} cannot be opened (${code})`, {
        hint: 'the file and its folder must be readable; in WAL mode the folder must be writable too, or -wal and -shm be there',
      });
    case 'SQLITE_CORRUPT':
      return new DsrError('data', `${what} is damaged (${code})`, {
        hint: 'pragma integrity_check tells more; a backup may be needed',
      });
    case 'SQLITE_FULL':
    case 'SQLITE_IOERR':
    case 'SQLITE_NOMEM':
      return new DsrError('transient', `${what} could not be read (${code})`, {
        hint: 'look for a full disk, also where temporary files go, or a lost network drive',
      });
    default:
      return new DsrError('data', `${what} refused a query (${code})`, {
        hint: 'a view or a generated column there may fail by itself: select from it in sqlite3',
      });
  }
}
