import { DsrError, type ErrorKind } from '../model/error.js';

/** Where a driver's error arose. */
export interface ErrorPlace {
  /** The source's name in dsr.yaml. */
  readonly source: string;
  /** CollectionInfo.id, where one was being read. */
  readonly collection?: string;
}

interface Meaning {
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
const GONE = meaning('transient', 'the connection was lost', 'try again');
const TOO_MANY = meaning('transient', 'the server takes no more connections', 'try again later');
const STOPPED = meaning('transient', 'the server ended the statement', 'try again, or raise the time-out');
const BUSY = meaning('transient', 'the source is locked by another process', 'try again when it is done');
const WRITES = meaning('data', 'reading it would write', 'a view that writes cannot be read safely');
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
  SQLITE_BUSY: BUSY,
  SQLITE_LOCKED: BUSY,
  SQLITE_CANTOPEN: meaning('config', 'the file could not be opened', 'check the path and who may read it'),
  SQLITE_NOTADB: meaning('config', 'the file is no SQLite database', 'check the path, or its encryption'),
  SQLITE_CORRUPT: meaning('data', 'the file is damaged', 'PRAGMA integrity_check says more'),
  SQLITE_READONLY: WRITES,
};

/** SQLSTATE classes, where the whole code is not named above. */
const BY_CLASS: Readonly<Record<string, Meaning>> = {
  '08': GONE,
  '22': BAD_DATA,
  '57': meaning('transient', 'the server is stopping or starting', 'try again'),
  '53': meaning('transient', 'the server is out of resources', 'try again later'),
};

/**
 * What a driver threw, told by its code, table and constraint alone: its message, statement and detail
 * hold people's values and secrets, so it is neither printed nor kept as cause.
 */
export function driverError(error: unknown, place: ErrorPlace): DsrError {
  if (error instanceof DsrError) return error;
  const code = textAt(error, 'code') ?? textAt(first(error), 'code');
  const known = code === null ? undefined : (BY_CODE[code] ?? BY_CODE[base(code)] ?? byClass(code));
  const at = [place.source, place.collection].filter((part) => part !== undefined).join(': ');
  const facts = [
    code === null ? null : `code ${code}`,
    named('table', error),
    named('column', error),
    named('constraint', error),
  ].filter((fact) => fact !== null);
  const told = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  if (code === null && !lost(error)) return bug(error, at);
  const found = known ?? (lost(error) ? GONE : BAD_DATA);
  return new DsrError(found.kind, `${at}: ${found.what}${told}`, { hint: found.hint, place: at });
}

/** No driver's error at all. Where it arose is told; what it says may hold a value. */
function bug(error: unknown, at: string): DsrError {
  const frame =
    error instanceof Error ? /\(?((?:\w+\/)*[\w.-]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1] : null;
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return new DsrError('internal', `${at}: the connector failed (${name}${frame ? ` at ${frame}` : ''})`, {
    hint: 'this is a bug: please report it',
    place: at,
  });
}

/** Node tries several addresses and then throws an AggregateError. */
function first(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : null;
}

/** `SQLITE_BUSY_SNAPSHOT` is a `SQLITE_BUSY`. */
function base(code: string): string {
  return code.split('_').slice(0, 2).join('_');
}

function byClass(code: string): Meaning | undefined {
  return /^[0-9A-Z]{5}$/.test(code) ? BY_CLASS[code.slice(0, 2)] : undefined;
}

/** pg has no code for these; the words are its own and hold nothing of ours. */
function lost(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^(Connection terminated|Client was closed|timeout expired|Can't add new command)/.test(message);
}

function named(property: 'table' | 'column' | 'constraint', error: unknown): string | null {
  const name = textAt(error, property);
  return name === null ? null : `${property} ${name}`;
}

function textAt(error: unknown, property: string): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value = (error as Readonly<Record<string, unknown>>)[property];
  return typeof value === 'string' && /^[\w.$ -]{1,128}$/.test(value) ? value : null;
}
