import { type Unchangeable, VIEW } from '../sql/table.js';
import type { Table } from './table.js';

/** Why no record of it can be changed, whatever its key; null: they can. */
export function unchangeableOf({ kind, address }: Pick<Table, 'kind' | 'address'>): Unchangeable | null {
  if (kind === 'view') return VIEW;
  if (address.length > 0) return null;
  return {
    why: 'its columns hide the rowid under each of its names',
    hint: 'rename the column rowid, _rowid_ or oid of the table, or let its records be manual',
  };
}
