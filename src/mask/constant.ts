import type { FieldType } from '../model/catalog.js';
import { isJson } from '../model/json-tree.js';
import type { Scalar, Value } from '../model/value.js';

/**
 * A constant of the map as its column holds it; that it fits was seen when the map was held against the
 * schema. Times become as sources give them, so that what is read back is what was written.
 */
export function constantOf(constant: Scalar, type: FieldType): Value {
  const text = String(constant);
  switch (type.kind) {
    case 'integer':
      return typeof constant === 'boolean' ? Number(constant) : wholeNumber(text);
    case 'decimal':
    case 'enum':
      return text;
    case 'float':
      return Number(constant);
    case 'boolean':
      return /^(?:true|t|1)$/i.test(text);
    case 'uuid':
      return text
        .toLowerCase()
        .replace(/[-{}]/g, '')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    case 'timestamp':
      return withFraction(withTime(text), type);
    case 'instant':
      return withFraction(inUtc(withTime(text)), type);
    case 'time':
      return withFraction(/^\d\d:\d\d$/.test(text) ? `${text}:00` : text, type);
    case 'bytes':
      return new Uint8Array(Buffer.from(text.replace(/^\\x/i, ''), 'hex'));
    case 'json':
      return { json: typeof constant === 'string' && !isJson(text) ? JSON.stringify(text) : text };
    case 'text':
      return padded(text, type);
    case 'other':
      return constant;
    default:
      return text;
  }
}

/** PostgreSQL fills `character(n)` up with blanks, and gives them back. */
export function padded(text: string, { native, length }: FieldType): string {
  return length !== null && /^character\(/i.test(native)
    ? text + ' '.repeat(Math.max(0, length - [...text].length))
    : text;
}

/** MariaDB and MySQL give back as many decimals of a second as the type has. */
export function withFraction(time: string, { native }: FieldType): string {
  const digits = Number(/^(?:datetime|timestamp|time)\((\d)\)$/i.exec(native)?.[1] ?? 0);
  if (digits === 0) return time;
  const shown = (_all: string, clock: string, fraction = '') => `${clock}.${fraction.padEnd(digits, '0')}`;
  return time.replace(/(:\d\d:\d\d)(?:\.(\d+))?(?=[+-]|$)/, shown);
}

function wholeNumber(text: string): number | bigint | string {
  if (text === 'true' || text === 'false') return Number(text === 'true');
  if (!/^[+-]?\d+$/.test(text)) return text;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text.replace('+', ''));
}

function withTime(text: string): string {
  const [, date = '', time, seconds = ':00', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(text) ?? [];
  if (date === '') return text;
  const fraction = seconds.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return `${date}T${time ?? '00:00'}${fraction}${zone}`;
}

function inUtc(text: string): string {
  const [, local = '', fraction = '', zone = ''] = /^(.{19})(\.\d+)?(Z|[+-].+)?$/.exec(text) ?? [];
  if (local === '') return text;
  const offset =
    zone === '' || zone === 'Z'
      ? 'Z'
      : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_all, h, m) => `${h}:${m ?? '00'}`);
  const moment = new Date(`${local}${offset}`);
  return Number.isNaN(moment.getTime()) ? text : `${moment.toISOString().slice(0, 19)}${fraction}+00:00`;
}
