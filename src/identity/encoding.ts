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

/** As written, as MySQL's `uuid_to_bin(u, 1)` swaps it, and as .NET's `Guid.ToByteArray` does. */
function uuidOrders(value: string): readonly string[] {
  const hex = hexOf(value.replace(/^urn:uuid:/i, ''));
  if (!/^[0-9a-f]{32}$/.test(hex)) return [];
  const [low, middle, high, rest] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16)];
  return unique([hex, high + middle + low + rest, reversed(low) + reversed(middle) + reversed(high) + rest]);
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
