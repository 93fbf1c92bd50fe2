import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DsrError } from '../model/error.js';
import type { Tag } from '../model/request.js';
import { createOnce, fileError } from '../store/private-file.js';

const BYTES = 32;

/**
 * The key that stands between the ledger and the people in it: without it a tag tells nothing, with
 * it a personnummer can be tried out in seconds. So it lies outside the chain and is never printed.
 */
export interface LedgerKey {
  /** Of one identifier; the same value under two types has two tags. */
  subjectTag(type: string, value: string): Tag;
  /** Of one record, by Collection.id and keyText: a key may be a personnummer. */
  recordTag(collection: string, key: string): Tag;
  /** What goes into the hash of every plan, so that nobody guesses a plan from it. */
  planSalt(): Tag;
  /** Tells this key from another. */
  check(): Tag;
  /** Seals the head record (head.ts). */
  headMac(count: number, hash: string): Tag;
}

export function createKey(file: string): void {
  createOnce(file, randomBytes(BYTES), 'the ledger key');
}

export function readKey(file: string): LedgerKey {
  return keyOf(readKeyBytes(file));
}

/** The key itself, for threads that make tags beside this one. Never to be printed or written anywhere. */
export function readKeyBytes(file: string): Uint8Array {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    throw fileError(error, 'the ledger key', file);
  }
  if (key.length !== BYTES) {
    throw new DsrError('ledger', `the ledger key has ${key.length} bytes, not ${BYTES}: ${file}`, {
      place: file,
      hint: 'restore ledger.key from a backup; nothing else can stand in for it',
    });
  }
  return key;
}

/** What stands before the value in the message of an identifier's tag. */
export function subjectPrefix(type: string): string {
  return `dsr:subject\n${type}\n`;
}

/** 32 bytes. */
export function keyOf(key: Uint8Array): LedgerKey {
  // A line break after every part but the last: no part of a domain, type or collection holds one.
  const tag = (...parts: readonly string[]) =>
    createHmac('sha256', key).update(parts.join('\n'), 'utf8').digest('hex') as Tag;
  return {
    subjectTag: (type, value) => tag(subjectPrefix(type) + value),
    recordTag: (collection, text) => tag('dsr:record', collection, text),
    planSalt: () => tag('dsr:plan'),
    check: () => tag('dsr:key'),
    headMac: (count, hash) => tag('dsr:head', String(count), hash),
  };
}
