import type { Probe } from '../sql/dialect.js';
import { bound, raw, type Sql, sql } from '../sql/fragment.js';

const ALL = '18446744073709551615';

/**
 * Rows of texts as a table `k (p, k0, k1 …, v0, v1 …)`, in one parameter; the keys typed and collated
 * as their columns, since a utf8mb4 key against a latin1 column scans the table. With `scan` it is a
 * derived table, which gets a key of its own: without an index each record would be compared with each
 * key. Its LIMIT, of no effect, keeps it from being merged.
 */
export function sentTable(
  rows: readonly (readonly (string | null)[])[],
  probes: readonly Probe[],
  values: number,
  scan: boolean,
): Sql {
  const types = probes.map(({ keyType }, at) => (scan ? fitted(keyType, rows, at) : keyType));
  const columns = [
    ...types.map((type, at) => `k${at} ${type} path '$[${at}]'`),
    ...Array.from(
      { length: values },
      (_one, at) => `v${at} longtext character set utf8mb4 path '$[${types.length + at}]'`,
    ),
  ].join(', ');
  const document = bound(JSON.stringify(rows));
  const table = sql`json_table(${document}, '$[*]' columns (p for ordinality, ${raw(columns)})) k`;
  return scan ? sql`(select * from ${table} limit ${raw(ALL)}) k` : table;
}

/** Text as wide as the longest key: a derived table's own key takes no wide or unbounded columns. */
function fitted(type: string, rows: readonly (readonly (string | null)[])[], at: number): string {
  const longest = rows.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), 1);
  return type.replace(/^(text|varchar\(\d+\))/, longest > 16_000 ? 'text' : `varchar(${longest})`);
}
