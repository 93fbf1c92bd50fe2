import type { IndexInfo } from '../../src/model/catalog.js';
import { sql } from '../sql/fragment.js';
import { indexParts } from './index-parts.js';
import type { RawRow } from './protocol.js';

/** One row an index: name, unique, origin, partial, its key columns (null: an expression), its SQL. */
export const INDEXES = sql`
  select l.name, i.name, i."unique", i.origin, i.partial,
    (select json_group_array(x.name) from (select * from pragma_index_xinfo(i.name) where key = 1 order by seqno) x), s.sql
  from pragma_table_list l, pragma_index_list(l.name) i
  left join sqlite_schema s on s.type = 'index' and s.name = i.name
  where l.schema = 'main' and l.type = 'table' order by l.name, i.seq desc`;

export interface Index extends IndexInfo {
  /** `pk`: the primary key's own. */
  readonly origin: string;
  readonly partial: boolean;
  readonly columns: readonly (string | null)[];
}

export function indexOf([name, unique, origin, partial, columns, statement]: RawRow): Index {
  const names = JSON.parse(String(columns)) as readonly (string | null)[];
  return {
    name: String(name),
    unique: unique === 1,
    origin: String(origin),
    partial: partial === 1,
    columns: names,
    parts: indexParts(names, statement === null || statement === undefined ? null : String(statement)),
  };
}

export function uniqueOf(indexes: readonly Index[]): readonly (readonly string[])[] {
  return indexes
    .filter(({ unique, partial, origin }) => unique && !partial && origin !== 'pk')
    .map(({ columns }) => columns)
    .filter((columns): columns is readonly string[] => !columns.includes(null));
}
