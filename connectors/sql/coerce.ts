import type { Scalar } from '../../src/model/value.js';

/**
 * An asked key as canonical text of a column's type, or null where it can match nothing. Two keys that
 * the type holds equal have one text. Done in code, since a database that is asked to cast raises on
 * the first bad key, or finds 0 for 'x'.
 */
export type Coerce = (part: Scalar) => string | null;

/** Whole numbers within bounds; `5.0` is one, `5.5` is not. */
export function toInteger(least: bigint, most: bigint): Coerce {
  return (part) => {
    if (typeof part === 'boolean') return toInteger(least, most)(part ? 1 : 0);
    const text = /^([+-]?\d{1,40})(?:\.0{0,40})?$/.exec(String(part))?.[1];
    if (text === undefined) return null;
    const number = BigInt(text.replace('+', ''));
    return number < least || number > most ? null : String(number);
  };
}

/** Decimals that fit: more digits than the column holds would be rounded to another value. */
export function toDecimal(precision: number | null, scale: number | null): Coerce {
  return (part) => {
    if (typeof part === 'boolean') return null;
    const found = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(String(part));
    const [, sign = '', whole = '', fraction = ''] = found ?? [];
    if (found === null || whole + fraction === '' || whole.length + fraction.length > 1000) return null;
    const left = whole.replace(/^0+/, '');
    const right = fraction.replace(/0+$/, '');
    if (scale !== null && right.length > scale) return null;
    if (precision !== null && left.length > precision - (scale ?? 0)) return null;
    if (left === '' && right === '') return '0';
    return `${sign === '-' ? '-' : ''}${left === '' ? '0' : left}${right === '' ? '' : `.${right}`}`;
  };
}

export function toFloat(single: boolean): Coerce {
  return (part) => {
    const text = String(part);
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return null;
    const number = single ? Math.fround(Number(text)) : Number(text);
    if (!Number.isFinite(number)) return null;
    // Too small to be held: it would be found equal to 0, which it is not.
    if (number === 0 && /[1-9]/.test(text.replace(/e.*$/i, ''))) return null;
    return number === 0 ? '0' : single ? shortestSingle(number) : String(number);
  };
}

function shortestSingle(number: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const text = number.toPrecision(digits);
    if (Math.fround(Number(text)) === number) return text;
  }
  return number.toPrecision(9);
}

const TRUE = new Set(['true', 't', '1']);
const FALSE = new Set(['false', 'f', '0']);

export function toBoolean(yes: string, no: string): Coerce {
  return (part) => {
    const text = String(part).toLowerCase();
    return TRUE.has(text) ? yes : FALSE.has(text) ? no : null;
  };
}

export interface TextRule {
  /** Longest text in characters that the column holds; null: any. */
  readonly length: number | null;
  /** Whether a NUL character can be stored (PostgreSQL: not). */
  readonly nul: boolean;
  /** Whether the column's character set has all characters of it. */
  readonly holds: (text: string) => boolean;
}

export function toText(rule: TextRule): Coerce {
  return (part) => {
    const text = String(part);
    if (/\p{Surrogate}/u.test(text)) return null;
    if (!rule.nul && text.includes('\0')) return null;
    if (rule.length !== null && text.length > rule.length && [...text].length > rule.length) return null;
    return rule.holds(text) ? text : null;
  };
}

export function toMember(values: readonly string[]): Coerce {
  const known = new Set(values);
  return (part) => (known.has(String(part)) ? String(part) : null);
}

export const toUuid: Coerce = (part) => {
  const hex = String(part).toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex) || !/^[0-9a-f]{8}(?:-?[0-9a-f]{4}){4}[0-9a-f]{8}$/i.test(String(part)))
    return null;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** `\x` and hex, as model/value.ts writes bytes in a key; canonical in lower case. */
export const toBytes: Coerce = (part) => {
  const text = String(part).toLowerCase();
  return /^\\x(?:[0-9a-f]{2})*$/.test(text) ? text : null;
};

/** Keys in digits mode against a number: all digits, without leading zeros. */
export function digitsTo(coerce: Coerce): Coerce {
  return (part) => (/^\d+$/.test(String(part)) ? coerce(String(part)) : null);
}

export const anything = (): boolean => true;
