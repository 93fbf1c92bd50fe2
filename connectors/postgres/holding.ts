import { bound, joined, raw, type Sql, sql } from '../sql/fragment.js';
import { chunksOf, needlePattern } from '../sql/needles.js';
import type { PgColumn } from './column.js';

/** Needles a pattern: with many more its automaton outgrows the server's cache. */
const AT_ONCE = 40;
/** Bytes of text, divided by the needles, from which on a pattern is worth its start of some 10 µs a row. */
const PATTERN_PAYS = 8_000;

/**
 * The row's columns as one text, held against all needles at once: `like any` where it is short (ten
 * needles on 35 characters: 0.8 µs, a pattern 10 µs), a pattern where it is long (ten needles on 3 kB:
 * 23 µs, `like any` 48 µs; forty: 21 and 170). Under `collate "C"` only ASCII letters have a case, and
 * no collation of the column's stands in the way. What has no cast to text has an output function, so
 * `::text` is there for every type.
 */
export function holding(columns: readonly PgColumn[], needles: readonly string[]): Sql {
  const parts = chunksOf(columns.map(asText), ARGUMENTS).map(lines);
  const text = sql`${lines(parts)} collate "C"`;
  const likes = needles.map((needle) => `%${needle.replace(/[\\%_]/g, '\\$&')}%`);
  const patterns = chunksOf(needles, AT_ONCE).map(needlePattern);
  const long = raw(String(Math.ceil(PATTERN_PAYS / needles.length)));
  return sql`case when octet_length(${text}) > ${long}
      then (${text}) ~* any(${bound(patterns)}::text[])
      else lower(${text}) like any(${bound(likes)}::text[]) end`;
}

/** PostgreSQL takes a hundred arguments to a function, a table has up to 1,600 columns. */
const ARGUMENTS = 90;

function lines(texts: readonly Sql[]): Sql {
  return sql`concat_ws(E'\\n', ${joined(texts, ', ')})`;
}

/** Bytes by their ASCII: `escape` leaves it as it is. */
function asText({ expression, base, element }: PgColumn): Sql {
  if (base === 'bytea') return sql`encode(${expression}, 'escape')`;
  if (element?.base === 'bytea') {
    return sql`(select string_agg(encode(e, 'escape'), E'\\n') from unnest(${expression}) e)`;
  }
  return sql`${expression}::text`;
}
