import { DsrError } from '../../src/model/error.js';
import type { Key } from '../../src/model/value.js';
import { keyPart } from './decode.js';
import type { RawRow } from './protocol.js';
import type { Table } from './table.js';

/** From a row that begins with the key's fields. @throws DsrError data where one is NULL. */
export function keyReader(source: string, table: Table, key: readonly string[]): (row: RawRow) => Key {
  return (row) =>
    key.map((name, index) => {
      const part = keyPart(row[index] ?? null);
      if (part !== null) return part;
      throw new DsrError('data', `a record of ${source}.${table.name} has no key: ${name} is NULL`, {
        hint: 'name another key for the collection in dsr.yaml',
      });
    });
}
