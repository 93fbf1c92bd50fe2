import { DsrError } from '../model/error.js';
import { GONE, isAnswer, type Meaning, meaningOf, OF_MARIADB, unknownMeaning } from './error-meanings.js';
import { namesInMessage } from './names-in-message.js';

/** Where a driver's error arose. */
export interface ErrorPlace {
  /** The source's name in dsr.yaml. */
  readonly source: string;
  /** CollectionInfo.id, where one was being read or changed. */
  readonly collection?: string;
  /** In a writer: some codes mean another thing there, and other privileges are needed. */
  readonly writing?: boolean;
}

/**
 * What a driver threw, told by its code, table and constraint alone: its message, statement and detail
 * hold people's values and secrets, so it is neither printed nor kept as cause.
 */
export function driverError(error: unknown, place: ErrorPlace): DsrError {
  if (error instanceof DsrError) return error;
  const at = [place.source, place.collection].filter((part) => part !== undefined).join(': ');
  const code = codeOf(error);
  if (code === null && !lost(error)) return bug(error, at);
  const found = foundIn(error, code, place.writing === true);
  return new DsrError(found.kind, `${at}: ${found.what}${told(error, code)}`, {
    hint: found.hint,
    place: at,
  });
}

/** As driverError, of a commit: where the answer itself was lost, the changes may have landed. */
export function commitError(error: unknown, place: ErrorPlace): DsrError {
  if (error instanceof DsrError) return error;
  const code = codeOf(error);
  if (code === null && !lost(error)) return driverError(error, place);
  const found = foundIn(error, code, true);
  if (code !== null && isAnswer(code, found)) return driverError(error, { ...place, writing: true });
  return lostCommit(place.source, `${found.what}${told(error, code)}`);
}

/** A commit whose answer never came. */
export function lostCommit(source: string, why: string): DsrError {
  return new DsrError('transient', `${source}: ${why} at the commit: it may have landed, or not`, {
    hint: 'dsr verify <request> tells what is true now; where something is left, run it again',
    place: source,
  });
}

function foundIn(error: unknown, code: string | null, writing: boolean): Meaning {
  const known = code === null ? GONE : meaningOf(code, writing);
  return known ?? (lost(error) ? GONE : unknownMeaning(writing));
}

/** The driver's code; MariaDB's and unnamed ones by number. */
function codeOf(error: unknown): string | null {
  const number = numberAt(error, 'errno');
  const own = number === null ? undefined : OF_MARIADB[number];
  const code = own ?? textAt(error, 'code') ?? textAt(first(error), 'code');
  return code ?? (number === null ? null : String(number));
}

/** What a trigger makes up may be a value under the title of a table: no blanks, no hyphens, no digit first. */
const NAME = /^[\p{L}_][\p{L}\p{N}_$.]{0,127}$/u;

function told(error: unknown, code: string | null): string {
  const facts = [
    code === null ? null : `code ${code}`,
    named('table', error),
    named('column', error),
    named('constraint', error),
    ...namesInMessage(error, code).filter((fact) => NAME.test(fact.replace(/^\w+ /, ''))),
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
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

/** pg has no code for these; the words are its own and hold nothing of ours. */
function lost(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^(Connection terminated|Client was closed|Client has encountered a connection error|timeout expired|Can't add new command)/.test(
    message,
  );
}

function named(property: 'table' | 'column' | 'constraint', error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const name = (error as Readonly<Record<string, unknown>>)[property];
  return typeof name === 'string' && NAME.test(name) ? `${property} ${name}` : null;
}

function numberAt(error: unknown, property: string): number | null {
  if (typeof error !== 'object' || error === null) return null;
  const value = (error as Readonly<Record<string, unknown>>)[property];
  // Node's own numbers are negative.
  return typeof value === 'number' && value > 0 ? value : null;
}

function textAt(error: unknown, property: string): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value = (error as Readonly<Record<string, unknown>>)[property];
  return typeof value === 'string' && /^[\w.$ -]{1,128}$/.test(value) ? value : null;
}
