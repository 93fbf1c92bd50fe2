import type { FieldPath } from '../model/catalog.js';
import { jsonPlaces, parseJsonText } from '../model/json-tree.js';
import type { Condition } from '../model/map.js';
import { isJsonText, type Scalar, type Value } from '../model/value.js';

/**
 * The scalars that stand at a field's place in a column's value: none, one, or one an element. Numbers
 * inside JSON keep their digits: an integer beyond 2^53 is a bigint, any other fraction its own text.
 */
export function scalarsAt(value: Value, field: FieldPath): readonly Scalar[] {
  if (field.path.length === 0) return scalarsOf(value);
  if (value === null) return [];
  if (typeof value === 'string') return scalarsInJson(value, field.path);
  if (typeof value === 'object' && isJsonText(value)) return scalarsInJson(value.json, field.path);
  if (Array.isArray(value)) return elementsAt(value, field.path);
  return [];
}

function scalarsOf(value: Value): readonly Scalar[] {
  if (value === null) return [];
  if (value instanceof Uint8Array) return [`\\x${Buffer.from(value).toString('hex')}`];
  if (isJsonText(value)) return scalarsInJson(value.json, []);
  if (typeof value === 'object') return [];
  return [value];
}

function scalarsInJson(json: string, path: readonly string[]): readonly Scalar[] {
  const root = parseJsonText(json);
  if (root === null) return [];
  return jsonPlaces(root, path).flatMap(({ node }) =>
    node.kind === 'scalar' ? scalarOf(json.slice(node.start, node.end)) : [],
  );
}

function scalarOf(text: string): readonly Scalar[] {
  if (text === 'null') return [];
  if (text === 'true' || text === 'false') return [text === 'true'];
  if (text.startsWith('"')) return [JSON.parse(text) as string];
  if (!/^-?\d+$/.test(text)) return [text];
  const number = Number(text);
  return [Number.isSafeInteger(number) ? number : BigInt(text)];
}

/** `tags[]` in an array column; arrays of arrays step once a level. */
function elementsAt(value: Value, path: readonly string[]): readonly Scalar[] {
  const [step, ...rest] = path;
  if (step === undefined) return isScalar(value) ? [value] : [];
  if (step !== '[]' || !Array.isArray(value)) return [];
  return (value as readonly Value[]).flatMap((element) => elementsAt(element, rest));
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

/** Whether a record satisfies the conditions, its columns looked up by name. Values are compared as text. */
export function satisfies(conditions: readonly Condition[], column: (name: string) => Value): boolean {
  return conditions.every((condition) => {
    const value = column(condition.field);
    const [scalar] = scalarsOf(value);
    return condition.anyOf.some((wanted) => (wanted === null ? value === null : sameScalar(wanted, scalar)));
  });
}

/** As text, but a boolean is also the 1 or 0 by which some databases hold it. */
function sameScalar(wanted: Scalar, held: Scalar | undefined): boolean {
  if (held === undefined) return false;
  if (typeof wanted === 'boolean' && typeof held !== 'boolean')
    return String(Number(wanted)) === String(held);
  return String(wanted) === String(held);
}
