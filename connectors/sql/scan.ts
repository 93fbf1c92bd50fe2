import type { Scan, Scanned } from '../../src/connector/contract.js';
import type { SqlDialect } from './dialect.js';
import { joined, raw, type Sql, sql } from './fragment.js';
import { layoutOf, recordReader, selection } from './layout.js';
import { identityText } from './merge.js';
import { leastNeedles } from './needles.js';
import type { Row, Session } from './session.js';
import { type Column, columnOf, ROW_COPY, ROW_DIGEST, type Table } from './table.js';

export interface Scanning<C extends Column> {
  readonly dialect: SqlDialect<C>;
  readonly session: Session;
  readonly table: Table<C>;
  readonly query: Scan;
  readonly signal: AbortSignal;
}

/** Records a batch. Where most are passed over, few: so that a batch comes before the time is out. */
const BATCH = 5_000;
const SIEVED_BATCH = 100;

/**
 * One statement, one pass, rows as they come. Beside the records that are wanted the source brings a
 * sample of the others, which are dropped here: else nobody could tell a long pass that finds nothing
 * from a source that hangs. Only identical rows without a key, which are told apart by counting, must
 * be ordered first.
 */
export async function* scanRecords<C extends Column>(work: Scanning<C>): AsyncIterable<readonly Scanned[]> {
  const { dialect, session, table, query, signal } = work;
  const counting = query.key.includes(ROW_COPY);
  const layout = layoutOf(table, query, counting ? [ROW_DIGEST] : []);
  const fields = [...new Set(query.fields)].map((name) => columnOf(table, name));
  if (fields.length === 0 || query.containing?.length === 0) return;
  const needles = query.containing === null ? null : leastNeedles(query.containing);
  const wanted = needles === null ? notEmpty(fields) : dialect.holding(fields, needles);
  const columns = selection(dialect, table, layout.columns);
  const order = counting ? sql` order by ${raw(layout.identity.map((at) => `c${at}`).join(', '))}` : raw('');
  const statement = sql`select ${joined([...columns, ...(needles === null ? [] : [holds(wanted)])], ', ')}
    from ${table.from} t where ${wanted} or ${dialect.sometimes}${order}`;
  const copyOf = counting ? counterOf(layout.identity) : () => null;
  const isWanted = needles === null ? someOf(layout.columns, query.fields) : marked;
  const read = recordReader(dialect, table, query, layout);
  for await (const rows of session.stream(statement, signal, needles === null ? BATCH : SIEVED_BATCH)) {
    const found: Scanned[] = [];
    for (const row of rows) if (isWanted(row)) found.push(read(row, copyOf(row)));
    yield found;
  }
}

function notEmpty(fields: readonly Column[]): Sql {
  const empty = fields.map(({ expression }) => sql`${expression} is null`);
  return sql`not (${joined(empty, ' and ')})`;
}

/** The last column of a row tells whether it holds one of the needles. */
function holds(condition: Sql): Sql {
  return sql`case when ${condition} then 1 else 0 end as h`;
}

function marked(row: Row): boolean {
  return String(row[row.length - 1]) === '1';
}

function someOf(columns: readonly string[], fields: readonly string[]): (row: Row) => boolean {
  const places = [...new Set(fields)].map((name) => columns.indexOf(name));
  return (row) => {
    for (const at of places) if (row[at] !== null) return true;
    return false;
  };
}

/** Which of identical rows, that stand together, one is. */
function counterOf(identity: readonly number[]): (row: Row) => string {
  let last: string | null = null;
  let count = 0;
  return (row) => {
    const text = identityText(row, identity);
    count = text === last ? count + 1 : 1;
    last = text;
    return String(count);
  };
}
