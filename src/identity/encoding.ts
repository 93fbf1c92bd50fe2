import { createHash } from 'node:crypto';
import type { Encoding, MatchMode } from '../model/map.js';
import type { SpelledType } from './spelling.js';
import { unique } from './text.js';
import type { Likeness } from './type.js';

/** One value under one encoding, by what it may be stored as. */
export interface Encoded {
  /** Lower-case hex. */
  readonly hex: string;
  readonly likeness: Likeness;
}

/**
 * The texts under which a column may hold an encoded value: hex in lower and upper case, and bytes as
 * `\x…`. Digits mode means nothing to a hash and counts as exact.
 */
export function encodedForms(
  encodings: readonly Encoded[],
  encoding: Encoding,
  mode: MatchMode,
): readonly string[] {
  const hexes = encodings.map(({ hex }) => hex);
  const texts = encoding === 'uuid-binary' ? [] : hexes;
  return unique([
    ...texts,
    ...(mode === 'folded' ? [] : texts.map((hex) => hex.toUpperCase())),
    ...hexes.map((hex) => `\\x${hex}`),
  ]);
}

/** A stored encoding is as like as the spelling that was encoded. */
export function compareEncoded(encodings: readonly Encoded[], stored: string): Likeness {
  const hex = hexOf(stored);
  const likenesses = encodings.flatMap((one) => (one.hex === hex ? [one.likeness] : []));
  if (likenesses.includes('same')) return 'same';
  return likenesses.includes('near') ? 'near' : 'different';
}

/** Hashes are taken of the canonical text and of every plausible spelling. */
export function encoded(type: SpelledType, value: string, encoding: Encoding): readonly Encoded[] {
  if (encoding === 'uuid-binary') return uuidOrders(value).map((hex) => ({ hex, likeness: 'same' }));
  return unique([value, ...type.spellings(value)]).map((text) => ({
    hex: createHash(encoding).update(text, 'utf8').digest('hex'),
    likeness: type.compare(value, text),
  }));
}

/**
 * A new value encoded as `stored` is: of the same spelling, digits in the same case, bytes as `\x…`.
 *
 * @param known what `stored` encodes, canonical. null: it encodes none of its spellings.
 */
export function encodedLike(
  type: SpelledType,
  encoding: Encoding,
  stored: string,
  value: string,
  known: string,
): string | null {
  const hex = hexOf(stored);
  const made =
    encoding === 'uuid-binary' ? uuidLike(hex, value, known) : hashLike(type, encoding, hex, value, known);
  if (made === null) return null;
  const [, prefix = '', written = ''] = /^(\\x|0x)?(.*)$/is.exec(stored) ?? [];
  return prefix + (written !== written.toLowerCase() ? made.toUpperCase() : made);
}

function hashLike(
  type: SpelledType,
  encoding: 'md5' | 'sha256',
  hex: string,
  value: string,
  known: string,
): string | null {
  const hash = (text: string) => createHash(encoding).update(text, 'utf8').digest('hex');
  const spelling = unique([known, ...type.spellings(known)]).find((text) => hash(text) === hex);
  if (spelling === undefined) return null;
  // What is not made of digits is hashed as given, in small letters where the old one was.
  const spelled =
    type.respelled?.(spelling, value) ?? (spelling === known ? type.normalise(value).value : value);
  return hash(spelled);
}

function uuidLike(hex: string, value: string, known: string): string | null {
  const order = ORDERS.find((reorder) => reorder(hexOf(known.replace(/^urn:uuid:/i, ''))) === hex);
  const next = hexOf(value.replace(/^urn:uuid:/i, ''));
  return order === undefined || !/^[0-9a-f]{32}$/.test(next) ? null : order(next);
}

/** As written, as MySQL's `uuid_to_bin(u, 1)` swaps it, and as .NET's `Guid.ToByteArray` does. */
const ORDERS: readonly ((hex: string) => string)[] = [
  (hex) => hex,
  (hex) => hex.slice(12, 16) + hex.slice(8, 12) + hex.slice(0, 8) + hex.slice(16),
  (hex) =>
    reversed(hex.slice(0, 8)) + reversed(hex.slice(8, 12)) + reversed(hex.slice(12, 16)) + hex.slice(16),
];

function uuidOrders(value: string): readonly string[] {
  const hex = hexOf(value.replace(/^urn:uuid:/i, ''));
  if (!/^[0-9a-f]{32}$/.test(hex)) return [];
  return unique(ORDERS.map((reorder) => reorder(hex)));
}

function reversed(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('');
}

function hexOf(text: string): string {
  return text
    .replace(/^(?:\\x|0x)/i, '')
    .replace(/[-{}\s]+/g, '')
    .toLowerCase();
}
