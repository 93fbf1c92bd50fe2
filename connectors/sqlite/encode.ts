import { DsrError } from '../../src/model/error.js';
import { isJsonText, type Value } from '../../src/model/value.js';
import type { RawValue } from './protocol.js';
import type { Column } from './table.js';

/**
 * A value as `decoded` gives it, as it is to be stored: the other way round. Decimals go as text: the
 * column makes of it the number that it was.
 *
 * @throws DsrError data where SQLite has no such value.
 */
export function encoded(column: Column, value: Value, place: string): RawValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value;
  if (typeof value === 'object' && isJsonText(value)) return value.json;
  throw new DsrError('data', `${place}.${column.name} does not take such a value`, {
    hint: 'SQLite holds integers to 2^63, texts, bytes and floats',
  });
}
