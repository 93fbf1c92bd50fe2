import { DsrError } from '../../src/model/error.js';

/** Where something failed: the source's name in dsr.yaml, the file, the table where there is one. */
export interface Place {
  readonly source: string;
  readonly file: string;
  readonly table?: string;
  /** In a writer: the same codes mean another thing. */
  readonly writing?: boolean;
}

/**
 * A DsrError from SQLite's result code alone: its message may hold a value.
 *
 * @param about names of the schema that the code is about.
 */
export function sqliteError(code: string, place: Place, about: string | null = null): DsrError {
  const { source, file, table, writing } = place;
  const what = table === undefined ? `the source '${source}' (${file})` : `${source}.${table} (${file})`;
  const primary = code.split('_').slice(0, 2).join('_');
  const refusal = writing === true ? refusedChange(code, primary, what, about) : null;
  if (refusal !== null) return refusal;
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

/** What a writer is told; null: the same as a reader. */
function refusedChange(code: string, primary: string, what: string, about: string | null): DsrError | null {
  if (primary === 'SQLITE_READONLY' || primary === 'SQLITE_CANTOPEN') {
    return new DsrError('config', `${what} cannot be written (${code})`, {
      hint: 'the file and its folder must be writable for the user that runs dsr',
    });
  }
  if (primary === 'SQLITE_CONSTRAINT') {
    const at = about === null ? '' : `: ${about}`;
    return new DsrError(
      'data',
      `${what} refused a change: ${CONSTRAINTS[code] ?? 'a constraint'}${at} (${code})`,
      {
        hint: 'nothing was changed there; what must change first, or be masked otherwise, is for dsr.yaml to say',
      },
    );
  }
  if (primary === 'SQLITE_ERROR' || primary === 'SQLITE_MISMATCH' || primary === 'SQLITE_TOOBIG') {
    return new DsrError('data', `${what} refused a change (${code})`, {
      hint: 'a trigger may call what only its application has, or a foreign key name what is not there: try the change in sqlite3',
    });
  }
  return null;
}

const CONSTRAINTS: Readonly<Record<string, string>> = {
  SQLITE_CONSTRAINT_FOREIGNKEY: 'a foreign key would lead nowhere',
  SQLITE_CONSTRAINT_UNIQUE: 'a value must be unique',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'a key must be unique',
  SQLITE_CONSTRAINT_ROWID: 'a key must be unique',
  SQLITE_CONSTRAINT_NOTNULL: 'a value may not be null',
  SQLITE_CONSTRAINT_CHECK: 'a check does not hold',
  SQLITE_CONSTRAINT_TRIGGER: 'a trigger stands against it',
  SQLITE_CONSTRAINT_DATATYPE: 'a value is not of the type',
};
