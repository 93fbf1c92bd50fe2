import { DsrError } from '../../src/model/error.js';
import type { Scalar, Value } from '../../src/model/value.js';
import { isJsonText } from '../../src/model/value.js';
import type { Raw } from './session.js';

/** Decoders from a source's text to the model's values, as model/value.ts tells them. */

export function integerOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** `2024-02-29 10:20:30.5+00` to `2024-02-29T10:20:30.5+00:00`; what is no such time stays as it is. */
export function momentOf(text: string): string {
  const parts = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:([+-]\d\d)(?::?(\d\d))?)?$/.exec(text);
  if (parts === null) return text;
  const [, date = '', time = '', hours, minutes = '00'] = parts;
  return `${date}T${time}${hours === undefined ? '' : `${hours}:${minutes}`}`;
}

/** A raw value as text: engines hand most over so. */
export function textOf(raw: Exclude<Raw, null>): string {
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('utf8') : String(raw);
}

/** One part of Found.key. @throws DsrError data where the record has no value there. */
export function keyPartOf(value: Value, field: string, collection: string): Scalar {
  if (value === null) {
    throw new DsrError('data', `a record of ${collection} has no value in its key field ${field}`, {
      hint: 'name key fields in the map that are never null',
    });
  }
  if (typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (isJsonText(value)) return value.json;
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}
