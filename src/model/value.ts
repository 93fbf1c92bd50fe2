/**
 * Values as they travel between a source and the core: plain and lossless.
 *
 * | field kind | JavaScript value |
 * |---|---|
 * | integer | number where it is safe, else bigint |
 * | decimal | the exact text |
 * | float | number |
 * | boolean | boolean |
 * | text, enum, uuid, other | string |
 * | date, time | `YYYY-MM-DD`, `HH:MM:SS[.ffffff]` |
 * | timestamp (no zone) | `YYYY-MM-DDTHH:MM:SS[.ffffff]` |
 * | instant (with zone) | the same with its offset: `…+00:00` |
 * | bytes | Uint8Array |
 * | json | JsonText: the source's own text, so that no number loses a digit |
 * | array | array of the above |
 */
export type Value = null | Scalar | Uint8Array | JsonText | readonly Value[];
export type Scalar = string | number | bigint | boolean;

/** A JSON document in the source's own text. */
export interface JsonText {
  readonly json: string;
}

export function isJsonText(value: Value): value is JsonText {
  return typeof value === 'object' && value !== null && 'json' in value;
}

/**
 * A key: one part per key field, each the source's exact value (a timestamp key has microseconds
 * that a JS Date loses, so it is text; bytes are `\x` and hex). 0, '' and false are values; NULL is
 * never part of a key.
 */
export type Key = readonly Scalar[];

/** One text per key, equal exactly when the keys are the same text part by part (1 and '1' are). */
export function keyText(key: Key): string {
  return JSON.stringify(key.map(String));
}

/** A value as a part of a key; null where it can be none. */
export function scalarOf(value: Value): Scalar | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return typeof value === 'object' ? null : value;
}
