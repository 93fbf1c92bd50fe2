import type { IdentifierTypes } from '../identity/identifier-types.js';
import { misfit } from '../map/fits.js';
import type { Check } from '../mask/check/check.js';
import { constantOf } from '../mask/constant.js';
import type { FieldInfo, FieldType } from '../model/catalog.js';
import { isJson } from '../model/json-tree.js';
import { isJsonText, type Scalar, scalarOf, type Value } from '../model/value.js';
import type { SettingAsked, Target } from './rectify-targets.js';
import { canonicalFor } from './rectify-wanted.js';

/** A value as it would stand in a place, or why it cannot; `misfit` names no value. */
export type NewValue = { readonly value: Value; readonly misfit: null } | { readonly misfit: string };

/**
 * What a setting writes in place of `stored` (null: nothing), in that place's own form: the spelling, the
 * column's kind, and in a document the kind of value that stands there.
 *
 * @param known what `stored` is of the person's, canonical; null: not known.
 */
export function newValueAt(
  types: IdentifierTypes,
  target: Target,
  asked: SettingAsked,
  stored: Scalar | null,
  known: string | null,
): NewValue {
  const { column, field, checks } = target;
  const inside = field.at.path.length > 0;
  if (asked.value === '') {
    if (!inside && !column.nullable) return { misfit: 'it may not be empty' };
    const against = checks.find((check) => check.refuses(null));
    return against === undefined ? { value: null, misfit: null } : { misfit: refusedBy(against) };
  }
  const text = spelled(types, target, asked, stored, known);
  if (text === null) return { misfit: 'the value cannot be written in the form in which it stands there' };
  if (inside && column.type.kind !== 'array') return { value: leaf(text, stored), misfit: null };
  return fitted(text, inside ? { ...column, type: elementOf(column.type) } : column, checks);
}

function spelled(
  types: IdentifierTypes,
  target: Target,
  asked: SettingAsked,
  stored: Scalar | null,
  known: string | null,
): string | null {
  const { use } = target;
  if (use === null) return asked.value;
  const canonical = canonicalFor(target, asked, types);
  if (canonical === null) return null;
  const given = asked.value.trim();
  const type = types.get(use.type);
  if (use.encoding === null && stored === null) return given;
  const before = known ?? (use.encoding === null ? type.normalise(String(stored)).value : null);
  if (before === null) return null;
  // What is not made of digits is written as it was given: with its capitals.
  const value = type.match === 'digits' || target.alias ? canonical : given;
  const text = types.respelled(use, String(stored), value, before);
  if (text !== null || use.encoding !== null) return text;
  // What is no such value is set as it stands; and a category alone does not say that it is one.
  return target.field.identifier === null || type.normalise(given).problem !== null ? given : null;
}

/** Numbers stay numbers in a document where the new value can be one. */
function leaf(text: string, stored: Scalar | null): Value {
  if ((typeof stored === 'number' || typeof stored === 'bigint') && /^-?(?:0|[1-9]\d*)$/.test(text)) {
    return integer(text);
  }
  return typeof stored === 'boolean' && /^(?:true|false)$/.test(text) ? text === 'true' : text;
}

function elementOf(type: FieldType): FieldType {
  return type.element === undefined ? type : elementOf(type.element);
}

function fitted(text: string, column: FieldInfo, checks: readonly Check[]): NewValue {
  const { type } = column;
  const value = columnValue(text, column);
  if (value === null) {
    const long = type.length !== null && [...text].length > type.length;
    return {
      misfit: `it is ${type.native}, and the value ${long ? 'is too long for it' : 'is none of that type'}`,
    };
  }
  const against = checks.find((check) => check.refuses(value));
  return against === undefined ? { value, misfit: null } : { misfit: refusedBy(against) };
}

/** A check's own text may hold values, though no person's: only its name is told. */
function refusedBy({ info }: Check): string {
  return info.name === null ? 'a check refuses the value' : `the check ${info.name} refuses the value`;
}

/** The value that a source gives for such a text; null: the column cannot hold it. */
function columnValue(text: string, column: FieldInfo): Value | null {
  const { type } = column;
  if (type.kind === 'json') return isJson(text) ? { json: text } : null;
  if (misfit(text, column) !== null) return null;
  switch (type.kind) {
    case 'integer':
      return isInteger64(text) ? constantOf(text, type) : null;
    case 'decimal':
      return decimal(text, type.native);
    case 'float':
      return Number.isFinite(Number(text)) ? constantOf(text, type) : null;
    case 'date':
    case 'timestamp':
    case 'instant':
      return isCalendarDay(text.slice(0, 10)) ? constantOf(text, type) : null;
    case 'bytes':
      return type.length === null || (text.length - 2) / 2 <= type.length ? constantOf(text, type) : null;
    default:
      return constantOf(text, type);
  }
}

function isInteger64(text: string): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const number = BigInt(text.replace('+', ''));
  return number < 2n ** 64n && number >= -(2n ** 63n);
}

function integer(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** With as many decimals as `decimal(10,2)` keeps; null: it has more, or too many digits before the point. */
function decimal(text: string, native: string): string | null {
  const [, precision, scale = '0'] = /\((\d+)(?:,\s*(\d+))?\)/.exec(native) ?? [];
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  const signed = `${sign === '-' ? '-' : ''}${digits}`;
  if (precision === undefined) return fraction === '' ? signed : `${signed}.${fraction}`;
  const kept = fraction.replace(/0+$/, '');
  const room = Number(precision) - Number(scale);
  if (digits.replace(/^0$/, '').length > room || kept.length > Number(scale)) return null;
  return scale === '0' ? signed : `${signed}.${kept.padEnd(Number(scale), '0')}`;
}

function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
}

/** A column's value as the text in which it would be spelled; null: nothing, or nothing that is one text. */
export function storedScalar(value: Value): Scalar | null {
  return isJsonText(value) ? value.json : scalarOf(value);
}

export function sameValue(a: Value, b: Value): boolean {
  const [one, other] = [storedScalar(a), storedScalar(b)];
  if (one !== null || other !== null) return typeof a === typeof b && one === other;
  return inWords(a) === inWords(b);
}

function inWords(value: Value): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}
