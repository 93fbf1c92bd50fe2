import type { FieldType } from '../model/catalog.js';
import { isJson, type JsonNode, parseJsonText } from '../model/json-tree.js';
import { isJsonText, type Value } from '../model/value.js';

/** How the values of one slot are written. */
export interface Style {
  readonly type: FieldType | null;
  /** Numbers as text: a personnummer or a phone stored as an integer is no quantity. */
  readonly asText: boolean;
  /** Adds the source's offset to a time without a zone. */
  readonly withOffset: (local: string) => string;
}

/** Bytes that were given a file of their own. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A value as JSON text (RFC 8259), lossless: integers beyond 2^53 and decimals as strings, JSON in its
 * own text but for such numbers, NaN and the infinities as strings, bytes as `{"base64": …}` or as the file they are in.
 */
export function jsonOf(value: Value, style: Style, fileOf: (bytes: Uint8Array) => StoredFile | null): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(style.type?.kind === 'timestamp' ? style.withOffset(value) : value);
    case 'number':
      if (!Number.isFinite(value) || style.asText) return JSON.stringify(String(value));
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return style.asText || !isSafe(value) ? `"${value}"` : String(value);
    case 'boolean':
      return String(value);
  }
  if (value instanceof Uint8Array) {
    const file = fileOf(value);
    if (file === null) return `{"base64":"${Buffer.from(value).toString('base64')}"}`;
    return JSON.stringify({ file: file.path, bytes: file.bytes, sha256: file.sha256 });
  }
  if (isJsonText(value)) {
    if (style.asText && /^-?\d/.test(value.json)) return JSON.stringify(value.json);
    return isJson(value.json) ? withSafeNumbers(value.json) : JSON.stringify(value.json);
  }
  const element = { ...style, type: style.type?.element ?? style.type };
  return `[${value.map((item) => jsonOf(item, element, fileOf)).join(',')}]`;
}

/** JSON text in which whoever parses it gets every digit: a number that a double can't hold is a string. */
function withSafeNumbers(json: string): string {
  if (!/\d[\d.]{15}/.test(json)) return json;
  const root = parseJsonText(json);
  if (root === null) return json;
  let out = '';
  let at = 0;
  for (const { start, end } of scalarsOf(root)) {
    const text = json.slice(start, end);
    if (!/^-?\d/.test(text) || isExact(text)) continue;
    out += `${json.slice(at, start)}"${text}"`;
    at = end;
  }
  return out + json.slice(at);
}

function isExact(number: string): boolean {
  if (/^-?\d+$/.test(number)) return Number.isSafeInteger(Number(number));
  const digits = number.replace(/e.*$/i, '').replace(/[-.]/g, '').replace(/^0+/, '');
  // 15 digits always come back; more do where they are what a double prints.
  return digits.length <= 15 || String(Number(number)) === number;
}

function scalarsOf(node: JsonNode): readonly JsonNode[] {
  const found: JsonNode[] = [];
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'scalar') found.push(next);
    else
      open.push(
        ...(next.kind === 'list' ? next.items : next.members.map((member) => member.node)).toReversed(),
      );
  }
  return found;
}

/** The same as the text of a CSV cell: plain texts as they are, everything else as in the JSON. */
export function csvOf(
  value: Value,
  style: Style,
  fileOf: (bytes: Uint8Array) => StoredFile | null,
): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return style.type?.kind === 'timestamp' ? style.withOffset(value) : value;
  if (value instanceof Uint8Array) return fileOf(value)?.path ?? Buffer.from(value).toString('base64');
  const json = jsonOf(value, style, fileOf);
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

function isSafe(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
}
