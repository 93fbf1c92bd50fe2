import type { CollectionInfo, FieldType } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import { isJsonText, type Scalar, type Value } from '../../src/model/value.js';

/** What a Key part says of a value; null where it can be no part of a key. */
export function keyScalar(value: Value): Scalar | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return typeof value === 'object' ? null : value;
}

const ROW_NUMBER: FieldType = { kind: 'integer', native: 'row number', length: null };

/** @throws DsrError config where there is no such field. */
export function typeOf(info: CollectionInfo, column: string): FieldType {
  const field = info.fields.find(({ name }) => name === column);
  if (field !== undefined) return field.type;
  if (info.key.kind === 'physical' && info.key.fields.includes(column)) return ROW_NUMBER;
  throw new DsrError('config', `there is no field '${column}' in ${info.id}`);
}

/** One text for what a row holds in these fields, equal where their types call it equal; null: one is NULL. */
export function rowText(
  info: CollectionInfo,
  fields: readonly string[],
  row: Readonly<Record<string, Value>>,
): string | null {
  const texts = fields.map((field) => {
    const scalar = keyScalar(row[field] ?? null);
    return scalar === null ? null : (coerced(typeOf(info, field), scalar) ?? String(scalar));
  });
  return texts.includes(null) ? null : JSON.stringify(texts);
}

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/;

/**
 * One text for a value as its column's type compares it: equal values have equal texts.
 * null: the value cannot be of that type, so it equals nothing.
 */
export function coerced(type: FieldType, value: Scalar): string | null {
  const text = String(value);
  switch (type.kind) {
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')).toString() : null;
    case 'decimal':
      return decimalText(text);
    case 'float':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : null;
    case 'boolean':
      return (
        new Map([
          ['true', 'true'],
          ['1', 'true'],
          ['false', 'false'],
          ['0', 'false'],
        ]).get(text) ?? null
      );
    case 'uuid':
      return UUID.test(text.toLowerCase()) ? text.toLowerCase().replaceAll('-', '') : null;
    case 'enum':
      return type.values?.includes(text) === false ? null : text;
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) ? text : null;
    case 'timestamp':
      return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) ? trimmedTime(text.replace(' ', 'T')) : null;
    case 'instant':
      return instantText(text);
    case 'time':
      return /^\d\d:\d\d/.test(text) ? trimmedTime(text) : null;
    case 'bytes':
      return /^\\x(?:[0-9a-f]{2})*$/i.test(text) ? text.toLowerCase() : null;
    case 'json':
    case 'array':
      return null;
    default:
      return text;
  }
}

/** The values at a path: inside JSON and arrays, `[]` stands for every element. NULL is not among them. */
export function valuesAt(value: Value, path: readonly string[]): readonly Scalar[] {
  let found: readonly unknown[] = [path.length > 0 && value !== null ? structure(value) : scalarOf(value)];
  for (const step of path) {
    found = found.flatMap((parent) => {
      if (step === '[]') return Array.isArray(parent) ? (parent as readonly unknown[]) : [];
      if (typeof parent !== 'object' || parent === null || Array.isArray(parent)) return [];
      return Object.hasOwn(parent, step) ? [(parent as Record<string, unknown>)[step]] : [];
    });
  }
  return found.filter((one): one is Scalar => one !== null && one !== undefined && typeof one !== 'object');
}

function scalarOf(value: Value): unknown {
  return keyScalar(value);
}

function structure(value: Value): unknown {
  return value !== null && isJsonText(value) ? JSON.parse(numbersAsText(value.json)) : value;
}

/** JSON whose numbers became strings, so that none loses a digit. */
function numbersAsText(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

function decimalText(text: string): string | null {
  const parts = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (parts === null) return null;
  const whole = (parts[2] ?? '').replace(/^0+(?=\d)/, '');
  const fraction = (parts[3] ?? '').replace(/0+$/, '');
  const sign = parts[1] === '-' && `${whole}${fraction}` !== '0' ? '-' : '';
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function trimmedTime(text: string): string {
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

function instantText(text: string): string | null {
  const parts = /^(.*?\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)$/i.exec(text.replace(' ', 'T'));
  if (parts === null) return null;
  const zone = (parts[3] ?? 'Z').replace(
    /^([+-]\d\d):?(\d\d)?$/,
    (_all, hours, minutes) => `${hours}:${minutes ?? '00'}`,
  );
  const at = Date.parse(`${parts[1]}${zone}`);
  return Number.isNaN(at) ? null : trimmedTime(`${at / 1000}${parts[2] ?? '.'}`);
}
