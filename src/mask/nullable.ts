import type { CheckInfo, CollectionInfo, FieldInfo } from '../model/catalog.js';
import { type Check, checksOn } from './check/check.js';

/**
 * Whether NULL may be written into a column whatever else the record holds: it is nullable, the database
 * does not compute it, and no check stands against it. A check that is not understood does. Of a table
 * that the connection is not wholly told of, a column that it does not name may be null.
 */
export function mayBeNull(info: CollectionInfo, column: string): boolean {
  const field = info.fields.find(({ name }) => name === column);
  if (field === undefined) return info.hidden !== null;
  return !field.generated && standsAgainstNull(field, info.checks ?? []) === null;
}

/** Why NULL may not stand in a column: the column itself, or the check that may refuse it; null: it may. */
export function standsAgainstNull(field: FieldInfo, checks: readonly CheckInfo[]): 'column' | Check | null {
  if (!field.nullable) return 'column';
  return checksOn(field.name, checks).find((check) => !check.holds(null)) ?? null;
}
