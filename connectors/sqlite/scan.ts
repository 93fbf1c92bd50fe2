import type { Call, Scan, Scanned } from '../../src/connector/contract.js';
import { bound, joined, raw, type Sql, sql } from '../sql/fragment.js';
import { chunksOf, leastNeedles, needlePattern } from '../sql/needles.js';
import { alive } from './candidates.js';
import { decoded } from './decode.js';
import { HOLDS } from './functions.js';
import { quoted } from './index-expression.js';
import type { RawRow } from './protocol.js';
import { keyReader } from './record-key.js';
import type { Session } from './session.js';
import { columnIn, inTable, type Table } from './table.js';

/** Of what is passed over one row in 64 is brought all the same, and dropped: a sign of life. */
const SOMETIMES = '(random() & 63) = 0';

/**
 * One statement, one pass. Texts are looked for by a function of ours, called once a row: SQLite's own
 * LIKE stops at a NUL character and passes over blobs, in which programs store text too.
 */
export async function* scanTable(
  session: Session,
  call: Call,
  table: Table,
  { key, fields, containing }: Scan,
): AsyncGenerator<readonly Scanned[]> {
  const { source } = session.place;
  const kinds = fields.map((name) => columnIn(table, name, source).kind);
  for (const name of key) columnIn(table, name, source);
  if (fields.length === 0 || containing?.length === 0) return;
  const columns = [...key, ...fields].map((name) => raw(inTable(name)));
  const wanted = containing === null ? notEmpty(fields) : holding(fields, containing);
  const statement = sql`select ${joined([...columns, wanted], ', ')} from ${raw(quoted(table.name))} t
    where ${alive(table)} and (${wanted} or ${raw(SOMETIMES)})`;
  const keyOf = keyReader(source, table, key);
  const isWanted = (row: RawRow) => row[key.length + fields.length] === 1;
  for await (const rows of session.rows(call, statement, table.name)) {
    yield rows.filter(isWanted).map((row) => ({
      key: keyOf(row),
      values: kinds.map((kind, index) => decoded(kind, row[key.length + index] ?? null)),
    }));
  }
}

/** SQLite takes 127 arguments to a function, and 1,000 conditions one in another. */
const AT_ONCE = 100;

function notEmpty(fields: readonly string[]): Sql {
  const parts = chunksOf(fields, AT_ONCE).map(
    (some) => `not (${some.map((name) => `${inTable(name)} is null`).join(' and ')})`,
  );
  return raw(`(${parts.join(' or ')})`);
}

function holding(fields: readonly string[], containing: readonly string[]): Sql {
  const pattern = bound(needlePattern(leastNeedles(containing)));
  const parts = chunksOf(fields, AT_ONCE).map(
    (some) => sql`${raw(HOLDS)}(${pattern}, ${raw(some.map(inTable).join(', '))})`,
  );
  return sql`(${joined(parts, ' or ')})`;
}
