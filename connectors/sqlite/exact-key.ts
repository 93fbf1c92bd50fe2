import type { Key, Scalar } from '../../src/model/value.js';
import { type Affinity, isNumeric } from './declared-type.js';
import { numberIn } from './key-rows.js';
import type { RawRow, RawValue } from './protocol.js';

/**
 * What a column holds where its record's key has this part: the stored value itself, or the one that the
 * column would make of it. Finer than what `find` compares with: no collation folds, and without an
 * affinity 5 and '5' stay two. Text that looks like bytes in a key may be either.
 */
export function exactForms(affinity: Affinity, part: Scalar): readonly RawValue[] {
  if (typeof part === 'boolean') return [part ? 1n : 0n];
  const text = String(part);
  const bytes: readonly RawValue[] = /^\\x(?:[0-9a-f]{2})*$/i.test(text)
    ? [Buffer.from(text.slice(2), 'hex')]
    : [];
  if (affinity === 'text') return [text, ...bytes];
  const plain = isNumeric(affinity) ? (numberIn(text) ?? text) : part;
  return [plain, ...bytes];
}

/** One key in all its forms, as rows for a key table: the ask's number, the parts, the position. */
export function exactRows(
  affinities: readonly Affinity[],
  key: Key,
  ask: number,
  position: number,
): readonly RawRow[] {
  const parts = affinities.reduce<readonly RawRow[]>(
    (rows, affinity, at) =>
      rows.flatMap((row) => exactForms(affinity, key[at] ?? '').map((form) => [...row, form])),
    [[]],
  );
  return parts.map((row) => [ask, ...row, position]);
}
