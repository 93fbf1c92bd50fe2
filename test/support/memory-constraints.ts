import type { CollectionInfo, FieldInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Value } from '../../src/model/value.js';
import type { Draft } from './memory-draft.js';
import type { MemoryRow, RowId } from './memory-store.js';
import { coerced, keyScalar, rowText } from './memory-values.js';

/** @throws DsrError data where the source would not keep such a row, after it was put into the draft. */
export function refuseBadRow(draft: Draft, collection: string, id: RowId, row: MemoryRow): void {
  const { info, accepts } = draft.store.table(collection);
  for (const field of info.fields) {
    const value = row[field.name] ?? null;
    const inKey = info.key.kind === 'declared' && info.key.fields.includes(field.name);
    if (value === null && (!field.nullable || inKey)) throw refused(info, `${field.name} may not be null`);
    if (value !== null && !fits(field, value))
      throw refused(info, `${field.name} does not take such a value`);
  }
  const uniques = [...(info.key.kind === 'declared' ? [info.key.fields] : []), ...info.unique];
  for (const fields of uniques) {
    const text = rowText(info, fields, row);
    if (text === null) continue;
    if (draft.idsAt(collection, fields, text).some((other) => other !== id)) {
      throw refused(info, `another record has this ${fields.join(', ')}`);
    }
  }
  if (accepts?.(row) === false) throw refused(info, 'a check does not hold');
}

export function refused(info: CollectionInfo, why: string): DsrError {
  return new DsrError('data', `${info.id}: the source refused the change: ${why}`, { place: info.id });
}

function fits({ type }: FieldInfo, value: Value): boolean {
  if (type.kind === 'array' || type.kind === 'json') return typeof value === 'object';
  const scalar = keyScalar(value);
  if (scalar === null || coerced(type, scalar) === null) return false;
  if (type.length === null) return true;
  const length = value instanceof Uint8Array ? value.length : [...String(value)].length;
  return length <= type.length;
}
