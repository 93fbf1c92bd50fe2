import { DsrError } from '../model/error.js';
import type { Entry, Recorded } from './entry.js';

const WORD = /^[a-z]+(-[a-z]+)*$/;
const TAG = /^[0-9a-f]{64}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
/** Names that the map or the system gives: one line, well-formed, not a mail address. */
const NAME = /^[^\p{Cc}\p{Cs}\u2028\u2029@]{1,200}$/u;

/** What the strings under each name in an entry look like. A name that is not here may hold no string. */
const STRINGS: Readonly<Record<string, RegExp>> = {
  kind: WORD,
  action: WORD,
  outcome: WORD,
  failure: WORD,
  about: WORD,
  answer: WORD,
  event: WORD,
  status: WORD,
  type: /^\p{L}[\p{L}\p{N}_.-]{0,99}$/u,
  ground: /^[a-z][a-z0-9_-]{0,99}$/i,
  at: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  received: /^\d{4}-\d\d-\d\d$/,
  operator: /^[^\p{Cc}\p{Cs}\u2028\u2029]{1,100}$/u,
  request: /^R-\d{4}-\d{4,}$/,
  decision: /^D\d+$/,
  collection: NAME,
  source: NAME,
  map: SHA256,
  plan: SHA256,
  hash: SHA256,
  key: TAG,
  tag: TAG,
  record: TAG,
  roots: TAG,
  kept: TAG,
  reason: WORD,
  hold: /^H\d+$/,
};

/** Names whose value is a table from collections or sources to counts or status words. */
const TABLES = new Set(['collections', 'records', 'places', 'sources']);

/**
 * Refuses an entry with a string that is not what its name promises: the last line of defence
 * against a value of a person in the ledger, where it could never be removed again.
 *
 * @throws DsrError internal, naming the entry's kind and the place, never the string.
 */
export function checkImpersonal(entry: Recorded<Entry>): void {
  walk(entry, '', (name, text) => {
    if (STRINGS[name]?.test(text) !== true) {
      throw new DsrError('internal', `a ledger entry '${entry.kind}' may not say this under '${name}'`);
    }
  });
}

function walk(value: unknown, name: string, check: (name: string, text: string) => void): void {
  if (typeof value === 'string') check(name, value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) walk(one, name, check);
    return;
  }
  const isTable = TABLES.has(name);
  for (const [key, inner] of Object.entries(value)) {
    if (isTable) check('collection', key);
    walk(inner, isTable && typeof inner === 'string' ? 'status' : key, check);
  }
}
