import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { DsrError } from '../model/error.js';

/** What stands in for the hash before the first entry. */
export const FIRST = '0'.repeat(64);

/** A row of `entries`. */
export interface Link {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Canonical JSON (RFC 8785). */
  readonly body: string;
  /** 64 lower-case hex digits. */
  readonly hash: string;
}

/** RFC 8785: names sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them. */
export function canonicalBody(entry: unknown): string {
  const body = canonicalize(entry);
  if (body === undefined) throw new DsrError('internal', 'a ledger entry has no JSON form');
  return body;
}

/** SHA-256 over the previous hash, as its 64 ASCII characters, followed at once by the body's UTF-8 bytes. */
export function chainHash(previous: string, body: string | Uint8Array): string {
  return createHash('sha256').update(previous, 'ascii').update(body).digest('hex');
}

/** The canonical form of the body's bytes is these bytes. */
export function isCanonical(body: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return canonicalize(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}
