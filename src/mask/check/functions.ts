import { isJson, parseJsonText } from '../../model/json-tree.js';
import { isJsonText, type Value } from '../../model/value.js';

/** May be anything, NULL too. */
export const ANY = Symbol('any');
/** The moment of the check. */
export const NOW = Symbol('now');
export type Operand = Value | typeof ANY | typeof NOW;
type Known = Exclude<Value, null>;

/** What a function gives; of one not known here, anything. */
export function applied(name: string, parts: readonly Operand[]): Operand {
  if (name === 'coalesce' || name === 'ifnull') {
    return parts.find((part) => part !== null) ?? null;
  }
  const make = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (make === undefined || parts.some((part) => typeof part === 'symbol')) return ANY;
  // All of these give NULL for NULL, but for typeof.
  if (parts.includes(null)) return name === 'typeof' ? 'null' : null;
  return make(...(parts as readonly Known[]));
}

type Make = (...parts: readonly Known[]) => Operand;

const length: Make = (part) => {
  if (part instanceof Uint8Array) return part.length;
  return typeof part === 'string' ? [...part].length : ANY;
};
const upper: Make = (part) => (typeof part === 'string' ? part.toUpperCase() : ANY);
const lower: Make = (part) => (typeof part === 'string' ? part.toLowerCase() : ANY);
const within: Make = (part, whole) =>
  typeof part === 'string' && typeof whole === 'string' ? whole.indexOf(part) + 1 : ANY;
const substring: Make = (part, start, count = Number.MAX_SAFE_INTEGER) => {
  if (typeof part !== 'string' || typeof start !== 'number' || typeof count !== 'number') return ANY;
  return start < 1 || count < 0 ? ANY : part.slice(start - 1, start - 1 + count);
};
const trimmed =
  (by: RegExp): Make =>
  (part, ...more) =>
    typeof part === 'string' && more.length === 0 ? part.replace(by, '') : ANY;
const elements: Make = (part) => (Array.isArray(part) ? part.length : ANY);
const jsonType: Make = (part) => {
  return documentKind(part ?? '') ?? ANY;
};

const FUNCTIONS: Readonly<Record<string, Make>> = {
  ...{ length, char_length: length, character_length: length, len: length },
  // A character may have several bytes, but not those that are made here.
  octet_length: (part) => (typeof part === 'string' && /[^ -~]/.test(part) ? ANY : length(part)),
  ...{ upper, ucase: upper, lower, lcase: lower },
  ...{ trim: trimmed(/^ +| +$/g), btrim: trimmed(/^ +| +$/g), ltrim: trimmed(/^ +/), rtrim: trimmed(/ +$/) },
  ...{ position: within, locate: within },
  ...{
    strpos: (whole, part) => within(part as Known, whole as Known),
    instr: (whole, part) => within(part as Known, whole as Known),
  },
  ...{
    substr: substring,
    substring,
    mid: substring,
    left: (part, count) => substring(part as Known, 1, count as Known),
  },
  ...{ abs: (part) => (typeof part === 'number' ? Math.abs(part) : ANY) },
  ...{
    json_valid: (part) => (documentText(part ?? '') === null ? ANY : isJson(documentText(part ?? '') ?? '')),
  },
  // json_type is in capitals in MariaDB and in small letters in SQLite, hence not here.
  ...{ jsonb_typeof: jsonType, json_typeof: jsonType },
  cardinality: elements,
  array_length: (part) => (Array.isArray(part) && part.length === 0 ? null : elements(part)),
  typeof: (part) => {
    if (typeof part === 'string') return 'text';
    if (part instanceof Uint8Array) return 'blob';
    return typeof part === 'boolean' || typeof part === 'bigint' || Number.isInteger(part) ? 'integer' : ANY;
  },
};

function documentText(part: Known): string | null {
  if (typeof part === 'string') return part;
  return typeof part === 'object' && isJsonText(part) ? part.json : null;
}

function documentKind(part: Known): string | null {
  const text = documentText(part);
  const root = text === null ? null : parseJsonText(text);
  if (text === null || root === null) return null;
  if (root.kind !== 'scalar') return root.kind === 'list' ? 'array' : 'object';
  const first = text[root.start] ?? '';
  return first === '"'
    ? 'string'
    : first === 'n'
      ? 'null'
      : first === 't' || first === 'f'
        ? 'boolean'
        : 'number';
}

export function calculated(by: string, left: Operand, right: Operand): Operand {
  if (left === null || right === null) return null;
  const [a, b] = [numeric(left), numeric(right)];
  if (a === null || b === null) return ANY;
  switch (by) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '%':
      return b === 0 ? ANY : a % b;
    default:
      return b === 0 || !Number.isInteger(a / b) ? ANY : a / b;
  }
}

function numeric(value: Operand): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : null;
  return typeof value === 'string' && /^[+-]?\d+(?:\.\d+)?$/.test(value) ? Number(value) : null;
}

/** A value as another type: texts and numbers; what other types make of it is not known. */
export function castTo(type: string, value: Operand): Operand {
  if (value === null || typeof value === 'symbol') return value;
  if (/^(?:text|character|varchar|char|bpchar|citext|name)\b/.test(type) && !type.includes('[]')) {
    return typeof value === 'object' || typeof value === 'boolean' ? ANY : String(value);
  }
  if (
    /^(?:integer|int|int2|int4|int8|smallint|bigint|numeric|decimal|real|double|float|unsigned|signed)/.test(
      type,
    )
  ) {
    const number = numeric(value);
    if (number === null) return typeof value === 'bigint' ? value : ANY;
    // Engines round a fraction each in its way.
    return Number.isInteger(number) || /^(?:numeric|decimal|double)/.test(type) ? number : ANY;
  }
  if (/^(?:date|time)/.test(type))
    return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? value : ANY;
  if (/^bool/.test(type)) return typeof value === 'boolean' ? value : ANY;
  // An enum's own type, a domain: the value stays what it is.
  return value;
}
