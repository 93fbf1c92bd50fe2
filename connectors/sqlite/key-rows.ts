import type { FieldKind } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Key, Scalar } from '../../src/model/value.js';
import { type Affinity, isNumeric } from './declared-type.js';
import { ODD } from './index-expression.js';
import type { RawRow, RawValue } from './protocol.js';

/** One part of the keys of a match: what it is compared with. */
export interface KeyTarget {
  readonly mode: MatchMode;
  readonly affinity: Affinity;
  readonly kind: FieldKind;
  /** Inside JSON everything is compared as text. */
  readonly inside: boolean;
  /** The column's collation where it equates texts that differ; custom ones are beyond us. */
  readonly collation: 'NOCASE' | 'RTRIM' | null;
}

/** More ways to write one key than this are not looked up one by one. */
const MOST = 256;

/**
 * The values under which one key may be stored, one row each: parts, then the key's position.
 *
 * @returns null where there are too many of them: such a key needs the scan.
 */
export function keyRows(targets: readonly KeyTarget[], key: Key, position: number): readonly RawRow[] | null {
  let rows: readonly RawRow[] = [[]];
  for (const [index, target] of targets.entries()) {
    const forms = formsOf(target, key[index] ?? '');
    if (rows.length * forms.length > MOST) return null;
    rows = rows.flatMap((row) => forms.map((form) => [...row, form]));
  }
  return rows.map((row) => [...row, position]);
}

/** Only the form that is compared in the end: for keys with too many others. */
export function plainKeyRow(key: Key, position: number): RawRow {
  return [...key.map(String), position];
}

/** Rows whose index expression says nothing are looked at one by one: see `index-expression.ts`. */
export function oddRow(width: number): RawRow {
  return [...Array.from({ length: width }, () => ODD), -1];
}

function formsOf(target: KeyTarget, part: Scalar): readonly RawValue[] {
  const text = String(part);
  if (target.inside || target.mode === 'digits') return [text];
  if (target.mode === 'folded') return folds(text);
  const forms = new Set<RawValue>();
  const number = numberIn(text);
  // Without an affinity 5 and '5' are two values: either may be meant.
  if (target.affinity === 'none' || number === null || !isNumeric(target.affinity))
    forms.add(collated(target, text));
  if (target.affinity !== 'text' && number !== null) forms.add(number);
  if (target.affinity !== 'text' && (target.kind === 'boolean' || typeof part === 'boolean')) {
    if (/^true$/i.test(text)) forms.add(1n);
    if (/^false$/i.test(text)) forms.add(0n);
  }
  if (target.kind === 'timestamp' || target.kind === 'instant') {
    forms.add(text.replace(/^(\d{4}-\d\d-\d\d)T/, '$1 '));
  }
  if (/^\\x(?:[0-9a-f]{2})*$/i.test(text)) forms.add(Buffer.from(text.slice(2), 'hex'));
  return [...forms];
}

function collated({ collation }: KeyTarget, text: string): string {
  if (collation === 'NOCASE') return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return collation === 'RTRIM' ? text.replace(/ +$/, '') : text;
}

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/** The number that a numeric column makes of a text (https://sqlite.org/datatype3.html); null: it stays text. */
export function numberIn(text: string): bigint | number | null {
  const tidy = text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
  if (/^[+-]?\d{1,19}$/.test(tidy)) {
    const whole = BigInt(tidy.replace('+', ''));
    if (whole >= LOWEST && whole <= HIGHEST) return whole;
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(tidy) ? Number(tidy) : null;
}

/**
 * A lower-case text with each letter beyond ASCII also in upper case: what SQLite's `lower()`, which
 * knows ASCII only, may have left.
 */
function folds(text: string): readonly string[] {
  let forms: readonly string[] = [''];
  for (const letter of text) {
    const both = letter > '\u007f' ? [letter, ...uppers(letter)] : [letter];
    forms = forms.flatMap((start) => both.map((one) => start + one));
    if (forms.length > MOST) return forms;
  }
  return forms;
}

let upperCase: ReadonlyMap<string, readonly string[]> | null = null;

/** All letters with this lower case: for å that is Å, and the sign for ångström. */
function uppers(letter: string): readonly string[] {
  if (upperCase === null) {
    const found = new Map<string, string[]>();
    for (let code = 0x80; code < 0x1ffff; code += 1) {
      const upper = String.fromCodePoint(code);
      const lower = upper.toLowerCase();
      if (lower !== upper) found.set(lower, [...(found.get(lower) ?? []), upper]);
    }
    upperCase = found;
  }
  return upperCase.get(letter) ?? [];
}
