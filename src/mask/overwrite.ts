import type { FieldPath } from '../model/catalog.js';
import { type JsonNode, jsonPlaces, parseJsonText } from '../model/json-tree.js';
import { isJsonText, type Value } from '../model/value.js';

export interface Overwriting {
  readonly at: FieldPath;
  /** The new value for what stands at a place; the same value again leaves the place as it is. */
  readonly make: (stored: Value) => Value;
}

/**
 * A column's value with changes made inside it: places in a JSON document (all else keeps its bytes),
 * elements of a list, then the whole of it. A place that is not there stays away, and of two places of
 * which one lies in the other the outer one counts. What is no document is left alone by a path.
 *
 * Inside JSON, texts, numbers and booleans come as such, a number that a double does not hold as a
 * bigint, all else as JsonText; null is JSON's. Bytes are written as base64.
 */
export function overwritten(column: Value, changes: readonly Overwriting[]): Value {
  const inner = changes.filter(({ at }) => at.path.length > 0);
  const whole = changes.filter(({ at }) => at.path.length === 0);
  return whole.reduce((value, { make }) => make(value), inner.length === 0 ? column : within(column, inner));
}

function within(column: Value, changes: readonly Overwriting[]): Value {
  if (typeof column === 'string') return documentText(column, changes) ?? column;
  if (column === null || typeof column !== 'object') return column;
  if (isJsonText(column)) {
    const json = documentText(column.json, changes);
    return json === null ? column : { json };
  }
  if (!Array.isArray(column)) return column;
  return changes.reduce<Value>((list, { at, make }) => elements(list, at.path, make), column);
}

/** `tags[]`; lists of lists step once a level, and documents in a list are stepped into. */
function elements(value: Value, path: readonly string[], make: Overwriting['make']): Value {
  const [step, ...rest] = path;
  if (step === undefined) return make(value);
  if (step === '[]' && Array.isArray(value)) {
    const list = value as readonly Value[];
    const made = list.map((element) => elements(element, rest, make));
    return made.every((element, index) => element === list[index]) ? value : made;
  }
  return within(value, [{ at: { column: '', path }, make }]);
}

/** null: nothing changed, or the text is no document. */
function documentText(text: string, changes: readonly Overwriting[]): string | null {
  const root = parseJsonText(text);
  if (root === null) return null;
  const edits = changes
    .flatMap(({ at, make }) => jsonPlaces(root, at.path).map(({ node }) => ({ node, make })))
    // The outer of two that begin together comes first.
    .sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end);
  let out = '';
  let at = 0;
  for (const { node, make } of edits) {
    if (node.start < at) continue;
    const stored = valueAt(text, node);
    const made = make(stored);
    if (made === stored) continue;
    out += text.slice(at, node.start) + jsonOf(made);
    at = node.end;
  }
  return at === 0 ? null : out + text.slice(at);
}

/** What stands at a place of a document. */
function valueAt(text: string, node: JsonNode): Value {
  const json = text.slice(node.start, node.end);
  if (node.kind !== 'scalar') return { json };
  if (json === 'null') return null;
  if (json === 'true' || json === 'false') return json === 'true';
  if (json.startsWith('"')) return JSON.parse(json) as string;
  const number = Number(json);
  if (/^-?\d+$/.test(json)) return Number.isSafeInteger(number) ? number : BigInt(json);
  return String(number) === json ? number : { json };
}

/** A value as it is written into a document. */
export function jsonOf(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') {
    return typeof value === 'number' && !Number.isFinite(value) ? 'null' : JSON.stringify(value);
  }
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  return isJsonText(value) ? value.json : `[${value.map(jsonOf).join(',')}]`;
}
