import type { FieldInfo, FieldType } from '../model/catalog.js';
import type { Scalar } from '../model/value.js';

/** Why a column cannot hold a value; null: it can. Names the type, and the value only where it is the map's. */
export function misfit(value: Scalar | null, column: FieldInfo): string | null {
  if (value === null) return column.nullable ? null : `${column.name} may not be null`;
  const { type } = column;
  const text = String(value);
  const unfit = `${JSON.stringify(text)} is no value of ${column.name}, which is ${type.native}`;
  if (type.kind === 'enum' && type.values !== undefined && !type.values.includes(text)) {
    return `${unfit}: it takes ${type.values.join(', ')}`;
  }
  if (type.kind === 'text' && type.length !== null && [...text].length > type.length) {
    return `${JSON.stringify(text)} is longer than ${column.name}, which is ${type.native}`;
  }
  return (PATTERNS[type.kind]?.test(text) ?? true) ? null : unfit;
}

/** The texts that a kind can hold; a kind without an entry takes any. Booleans are integers in some engines. */
const PATTERNS: Partial<Record<FieldType['kind'], RegExp>> = {
  integer: /^(?:[+-]?\d+|true|false)$/,
  decimal: /^[+-]?(?:\d+\.?\d*|\.\d+)$/,
  float: /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/,
  boolean: /^(?:true|false|0|1|t|f)$/,
  uuid: /^[{]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[}]?$/i,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?$/,
  timestamp: /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/,
  instant: /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/,
  bytes: /^\\x(?:[0-9a-f]{2})*$/i,
  array: /^\0$/,
};

/** Whether values of the two can ever be equal; texts may hold anything. */
export function comparable(a: FieldType, b: FieldType): boolean {
  const [first, second] = [GROUPS[a.kind], GROUPS[b.kind]];
  return first === 'any' || second === 'any' || first === second;
}

const GROUPS: Record<FieldType['kind'], string> = {
  integer: 'number',
  decimal: 'number',
  float: 'number',
  boolean: 'boolean',
  text: 'any',
  enum: 'any',
  other: 'any',
  uuid: 'uuid',
  // A binary column may hold an uuid, a text or a number.
  bytes: 'any',
  // A path leads inside these, where anything may stand.
  json: 'any',
  array: 'any',
  date: 'time',
  timestamp: 'time',
  instant: 'time',
  time: 'hours',
};

/** Whether a column can say a day: a date, a time, or a text or number that may spell one (SQLite). */
export function tellsDay(type: FieldType): boolean {
  return ['date', 'timestamp', 'instant', 'text', 'integer', 'decimal'].includes(type.kind);
}
