import type { ErrorKind } from '../model/error.js';

export interface Meaning {
  readonly kind: ErrorKind;
  readonly what: string;
  readonly hint: string;
}

const meaning = (kind: ErrorKind, what: string, hint: string): Meaning => ({ kind, what, hint });

const UNREACHABLE = 'check host, port and network, and that the server runs';
const REFUSED = meaning('config', 'the user or the password was refused', 'check the connection in dsr.yaml');
const NO_DATABASE = meaning('config', 'the database does not exist', 'check the name in the connection');
const FORBIDDEN = meaning('config', 'a privilege is missing', 'grant SELECT; dsr doctor says where');
const UNKNOWN_NAME = meaning(
  'config',
  'a table or column is not there',
  'the schema may have changed: dsr map check',
);
export const GONE = meaning('transient', 'the connection was lost', 'try again');
const TOO_MANY = meaning('transient', 'the server takes no more connections', 'try again later');
const STOPPED = meaning('transient', 'the server ended the statement', 'try again, or raise the time-out');
const BUSY = meaning('transient', 'the source is locked by another process', 'try again when it is done');
const DEADLOCK = meaning('transient', 'it stood in a deadlock with another process', 'try again');
const CHANGED = meaning(
  'conflict',
  'another process changed it meanwhile',
  'try again: what is there is read anew',
);
const WRITES = meaning('data', 'reading it would write', 'a view that writes cannot be read safely');
const READ_ONLY = meaning(
  'config',
  'it may only be read',
  'connect to the server or file that takes changes, not to a copy of it',
);
const NO_WRITE = meaning(
  'config',
  'a privilege is missing',
  'to erase and rectify, grant SELECT, UPDATE, DELETE',
);
const FOREIGN_KEY = meaning(
  'data',
  'a foreign key refuses it',
  'something still refers to it: see the map and its references',
);
const UNIQUE = meaning('data', 'a unique key refuses it', 'another record has that value already');
const NOT_NULL = meaning('data', 'a column may not be empty', 'name a mask for it in the map');
const CHECK = meaning('data', 'a check refuses it', 'name a mask in the map that the check allows');
const TRIGGER = meaning('data', 'a trigger refuses it', 'the source has a rule of its own against it');
const UNFIT = meaning('data', 'a value does not fit its column', 'name a mask in the map that fits');
const FIXED = meaning(
  'data',
  'a column is made by the source itself',
  'leave it out of what the map changes',
);
const REFUSED_CHANGE = meaning('data', 'the source refused it', 'the code tells why');
const BAD_DATA = meaning('data', 'what it holds could not be read', 'a view or a value stands against it');

/** By Node's system codes, PostgreSQL's SQLSTATE, MySQL's and SQLite's names. */
const BY_CODE: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: meaning('transient', 'the server refused the connection', UNREACHABLE),
  ENOTFOUND: meaning('transient', 'the host name is not known', UNREACHABLE),
  EAI_AGAIN: meaning('transient', 'the host name could not be looked up', UNREACHABLE),
  ETIMEDOUT: meaning('transient', 'the server did not answer in time', UNREACHABLE),
  EHOSTUNREACH: meaning('transient', 'the host cannot be reached', UNREACHABLE),
  ENETUNREACH: meaning('transient', 'the network cannot be reached', UNREACHABLE),
  ENOENT: meaning('config', 'there is no such file or socket', 'check the path in the connection'),
  EACCES: meaning('config', 'the file or socket may not be opened', 'check who may read it'),
  ECONNRESET: GONE,
  EPIPE: GONE,
  PROTOCOL_CONNECTION_LOST: GONE,
  HANDSHAKE_NO_SSL_SUPPORT: meaning('config', 'the server speaks no TLS', 'set options.ssl to false'),
  HANDSHAKE_SSL_ERROR: meaning('config', 'TLS could not be agreed on', 'check options.ssl'),
  SELF_SIGNED_CERT_IN_CHAIN: meaning(
    'config',
    "the server's certificate is not trusted",
    'set options.ssl.ca',
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: meaning(
    'config',
    "the server's certificate is not trusted",
    'set options.ssl.ca',
  ),
  '28P01': REFUSED,
  '28000': REFUSED,
  '3D000': NO_DATABASE,
  '42501': FORBIDDEN,
  '42P01': UNKNOWN_NAME,
  '42703': UNKNOWN_NAME,
  '3F000': UNKNOWN_NAME,
  '25006': WRITES,
  '53300': TOO_MANY,
  '57014': STOPPED,
  '55P03': BUSY,
  ER_ACCESS_DENIED_ERROR: REFUSED,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: REFUSED,
  ER_DBACCESS_DENIED_ERROR: FORBIDDEN,
  ER_BAD_DB_ERROR: NO_DATABASE,
  ER_TABLEACCESS_DENIED_ERROR: FORBIDDEN,
  ER_COLUMNACCESS_DENIED_ERROR: FORBIDDEN,
  ER_NO_SUCH_TABLE: UNKNOWN_NAME,
  ER_BAD_FIELD_ERROR: UNKNOWN_NAME,
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: WRITES,
  ER_CON_COUNT_ERROR: TOO_MANY,
  ER_TOO_MANY_USER_CONNECTIONS: TOO_MANY,
  ER_QUERY_INTERRUPTED: STOPPED,
  ER_STATEMENT_TIMEOUT: STOPPED,
  ER_LOCK_WAIT_TIMEOUT: BUSY,
  ER_CONNECTION_KILLED: GONE,
  ER_SERVER_SHUTDOWN: GONE,
  ER_ERROR_DURING_COMMIT: GONE,
  ER_LOCK_DEADLOCK: DEADLOCK,
  ER_CHECKREAD: CHANGED,
  '40P01': DEADLOCK,
  '25P03': GONE,
  '40001': CHANGED,
  '23001': FOREIGN_KEY,
  '23503': FOREIGN_KEY,
  ER_ROW_IS_REFERENCED: FOREIGN_KEY,
  ER_ROW_IS_REFERENCED_2: FOREIGN_KEY,
  ER_NO_REFERENCED_ROW: FOREIGN_KEY,
  ER_NO_REFERENCED_ROW_2: FOREIGN_KEY,
  SQLITE_CONSTRAINT_FOREIGNKEY: FOREIGN_KEY,
  '23505': UNIQUE,
  '23P01': UNIQUE,
  ER_DUP_ENTRY: UNIQUE,
  ER_FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO: UNIQUE,
  ER_FOREIGN_DUPLICATE_KEY_WITHOUT_CHILD_INFO: UNIQUE,
  SQLITE_CONSTRAINT_UNIQUE: UNIQUE,
  SQLITE_CONSTRAINT_PRIMARYKEY: UNIQUE,
  SQLITE_CONSTRAINT_ROWID: UNIQUE,
  '23502': NOT_NULL,
  ER_BAD_NULL_ERROR: NOT_NULL,
  SQLITE_CONSTRAINT_NOTNULL: NOT_NULL,
  '23514': CHECK,
  '44000': CHECK,
  ER_CONSTRAINT_FAILED: CHECK,
  ER_CHECK_CONSTRAINT_VIOLATED: CHECK,
  SQLITE_CONSTRAINT_CHECK: CHECK,
  P0001: TRIGGER,
  ER_SIGNAL_EXCEPTION: TRIGGER,
  SQLITE_CONSTRAINT_TRIGGER: TRIGGER,
  ER_DATA_TOO_LONG: UNFIT,
  ER_WARN_DATA_OUT_OF_RANGE: UNFIT,
  ER_TRUNCATED_WRONG_VALUE: UNFIT,
  ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: UNFIT,
  WARN_DATA_TRUNCATED: UNFIT,
  ER_NET_PACKET_TOO_LARGE: UNFIT,
  SQLITE_CONSTRAINT_DATATYPE: UNFIT,
  SQLITE_TOOBIG: UNFIT,
  SQLITE_MISMATCH: UNFIT,
  '428C9': FIXED,
  ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN: FIXED,
  ER_WARNING_NON_DEFAULT_VALUE_FOR_VIRTUAL_COLUMN: FIXED,
  SQLITE_CONSTRAINT: REFUSED_CHANGE,
  ER_OPTION_PREVENTS_STATEMENT: READ_ONLY,
  ER_READ_ONLY_MODE: READ_ONLY,
  SQLITE_BUSY: BUSY,
  SQLITE_LOCKED: BUSY,
  SQLITE_CANTOPEN: meaning('config', 'the file could not be opened', 'check the path and who may read it'),
  SQLITE_NOTADB: meaning('config', 'the file is no SQLite database', 'check the path, or its encryption'),
  SQLITE_CORRUPT: meaning('data', 'the file is damaged', 'PRAGMA integrity_check says more'),
  SQLITE_READONLY: WRITES,
};

/** What a code means in a writer, where it is not what it means in a reader. */
const WHEN_WRITING: Readonly<Record<string, Meaning>> = {
  '25006': READ_ONLY,
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: READ_ONLY,
  SQLITE_READONLY: READ_ONLY,
  '42501': NO_WRITE,
  ER_DBACCESS_DENIED_ERROR: NO_WRITE,
  ER_TABLEACCESS_DENIED_ERROR: NO_WRITE,
  ER_COLUMNACCESS_DENIED_ERROR: NO_WRITE,
};

/** MariaDB's own numbers, which the driver, made for MySQL, gives no name or another one. */
export const OF_MARIADB: Readonly<Record<number, string>> = {
  1906: 'ER_WARNING_NON_DEFAULT_VALUE_FOR_VIRTUAL_COLUMN',
  1927: 'ER_CONNECTION_KILLED',
  1969: 'ER_STATEMENT_TIMEOUT',
  4025: 'ER_CONSTRAINT_FAILED',
};

/** SQLSTATE classes, where the whole code is not named above. */
const BY_CLASS: Readonly<Record<string, Meaning>> = {
  '08': GONE,
  '22': BAD_DATA,
  '23': REFUSED_CHANGE,
  P0: TRIGGER,
  '57': meaning('transient', 'the server is stopping or starting', 'try again'),
  '53': meaning('transient', 'the server is out of resources', 'try again later'),
};

/** null: the code says nothing that is known. `writing`: in a writer. */
export function meaningOf(code: string, writing: boolean): Meaning | null {
  const own = writing ? (WHEN_WRITING[code] ?? WHEN_WRITING[base(code)]) : undefined;
  return own ?? BY_CODE[code] ?? BY_CODE[base(code)] ?? byClass(code, writing) ?? null;
}

/** What is meant by a code that is not known. */
export const unknownMeaning = (writing: boolean): Meaning => (writing ? REFUSED_CHANGE : BAD_DATA);

const ANSWERED: readonly Meaning[] = [DEADLOCK, BUSY, TOO_MANY];

/** Whether an error at the commit is the source's answer that nothing was committed. */
export function isAnswer(code: string, found: Meaning): boolean {
  // XX: PostgreSQL's own failures, the last of which takes the server down.
  return !/^XX...$/.test(code) && (found.kind !== 'transient' || ANSWERED.includes(found));
}

/** `SQLITE_BUSY_SNAPSHOT` is a `SQLITE_BUSY`. */
function base(code: string): string {
  return code.split('_').slice(0, 2).join('_');
}

function byClass(code: string, writing: boolean): Meaning | undefined {
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined;
  return writing && code.startsWith('22') ? UNFIT : BY_CLASS[code.slice(0, 2)];
}
