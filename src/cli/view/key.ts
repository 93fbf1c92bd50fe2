import type { Key, Scalar } from '../../model/value.js';
import { printable } from '../printable.js';

/** A key as JSON tells it: `{ "id": 9 }`; an integer too large for JSON's readers as text. */
export function keyObject(fields: readonly string[] | undefined, key: Key): Readonly<Record<string, Scalar>> {
  return Object.fromEntries(key.map((part, at) => [fields?.[at] ?? `key${at + 1}`, part]));
}

/** The same for a person: `id=9`, `order=4, line=2`. */
export function keyWords(fields: readonly string[] | undefined, key: Key): string {
  return printable(key.map((part, at) => `${fields?.[at] ?? `key${at + 1}`}=${String(part)}`).join(', '));
}
