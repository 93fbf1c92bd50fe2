import type { FieldType } from '../model/catalog.js';
import { type JsonNode, parseJsonText } from '../model/json-tree.js';
import { isJsonText, type Value } from '../model/value.js';

/**
 * A value as a text that is the same for what a column of the type holds as the same: a source may give
 * back `1.00` for `1`, or a JSON document in its own order, without having changed anything.
 */
export function comparable(value: Value, type: FieldType): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `=${hex(value, type)}`;
  if (Array.isArray(value)) {
    const element = type.element ?? type;
    return `=[${value.map((item: Value) => JSON.stringify(comparable(item, element))).join()}]`;
  }
  if (typeof value === 'object') return `=${isJsonText(value) ? jsonText(value.json) : ''}`;
  return `=${scalarText(typeof value === 'boolean' && type.kind !== 'text' ? String(Number(value)) : String(value), type)}`;
}

function scalarText(text: string, type: FieldType): string {
  switch (type.kind) {
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? String(BigInt(text.replace('+', ''))) : text;
    case 'decimal':
      return decimalText(text);
    case 'float':
      return floatText(text, type);
    case 'boolean':
      return text === 'true' ? '1' : text === 'false' ? '0' : text;
    case 'uuid':
      return text.toLowerCase().replaceAll('-', '');
    case 'time':
    case 'timestamp':
      return timeText(text);
    case 'instant':
      return instantText(text);
    case 'json':
      return jsonText(text);
    case 'bytes':
      return text.toLowerCase();
    case 'text':
      // A char(n) is filled up with spaces, or gives them away.
      return /^(bpchar|char|character|nchar)(\(|$)/i.test(type.native) ? text.replace(/ +$/, '') : text;
    default:
      return text;
  }
}

function hex(bytes: Uint8Array, type: FieldType): string {
  const text = `\\x${Buffer.from(bytes).toString('hex')}`;
  return /^binary(\(|$)/i.test(type.native) ? text.replace(/(00)+$/, '') : text;
}

function decimalText(text: string): string {
  const parts = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text);
  if (parts === null) return text;
  const [, sign, whole, fraction = ''] = parts;
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : (digits ?? text);
}

function floatText(text: string, type: FieldType): string {
  const number = Number(text);
  if (Number.isNaN(number)) return text;
  return String(/^(real|float4|float)\b/i.test(type.native) ? Math.fround(number) : number);
}

function timeText(text: string): string {
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T');
  return whole.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

function instantText(text: string): string {
  const parts = /^(.*?)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)$/i.exec(text.replace(' ', 'T'));
  if (parts === null) return timeText(text);
  const zone = (parts[3] ?? 'Z').replace(/^([+-]\d\d):?(\d\d)?$/, (_all, h, m) => `${h}:${m ?? '00'}`);
  const at = Date.parse(`${parts[1]}${zone}`);
  return Number.isNaN(at) ? text : timeText(`${at / 1_000}${parts[2] ?? ''}`);
}

/** Members by name, the last of two that share one, numbers by value where a double holds them. */
function jsonText(text: string): string {
  const root = parseJsonText(text);
  return root === null ? text : nodeText(text, root);
}

function nodeText(text: string, node: JsonNode): string {
  if (node.kind === 'list') return `[${node.items.map((item) => nodeText(text, item)).join()}]`;
  if (node.kind === 'object') {
    const members = new Map(node.members.map((member) => [member.name, member.node]));
    const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, item]) => `${JSON.stringify(name)}:${nodeText(text, item)}`).join()}}`;
  }
  const scalar = text.slice(node.start, node.end);
  if (scalar.startsWith('"')) return JSON.stringify(JSON.parse(scalar));
  const digits = scalar.replace(/e.*$/i, '').replace(/\D/g, '');
  return /^-?\d/.test(scalar) && digits.length <= 15 ? String(Number(scalar)) : scalar;
}
