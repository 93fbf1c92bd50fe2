import { joined, raw, type Sql, sql } from '../sql/fragment.js';
import { ROW_COPY, ROW_DIGEST } from '../sql/table.js';
import type { MyColumn } from './column.js';

/** The row itself as its address, for tables and views without a key: InnoDB tells no row number. */
export function digestOf(columns: readonly MyColumn[]): MyColumn {
  const parts = columns.length === 0 ? [raw(`''`)] : columns.map(partOf);
  return {
    name: ROW_DIGEST,
    type: { kind: 'text', native: 'char(32)', length: 32 },
    expression: sql`convert(md5(concat_ws(',', ${joined(parts, ', ')})) using ascii) collate ascii_bin`,
    base: 'char',
    unsigned: false,
    charset: 'ascii',
    collation: 'ascii_bin',
    precision: null,
    madeOf: null,
    indexed: false,
    settable: false,
  };
}

/** Which of identical rows it is: no expression, since it is counted in code. */
export function copyOf(): MyColumn {
  return { ...digestOf([]), name: ROW_COPY, expression: raw('null') };
}

/** Told apart from every other value of the column; NULL is told from 'NULL'. */
function partOf({ expression, type, base }: MyColumn): Sql {
  if (type.kind === 'bytes') return sql`coalesce(hex(${expression}), 'NULL')`;
  const value = base === 'float' ? sql`cast(${expression} as double)` : expression;
  return sql`quote(convert(${value} using utf8mb4))`;
}
