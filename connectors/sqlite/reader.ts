import type { Call, Found, Hit, Query, Reader, Scan, Scanned } from '../../src/connector/contract.js';
import { type Ask, forget } from './asked-keys.js';
import { decoded } from './decode.js';
import { prepareFind } from './find.js';
import { findInParts, KEYS_AT_ONCE } from './find-in-parts.js';
import type { RawRow } from './protocol.js';
import { keyReader } from './record-key.js';
import { scanTable } from './scan.js';
import type { Session } from './session.js';
import { columnIn, readTable, type Table } from './table.js';

/** A reader over one session: one snapshot, any number of queries at once. */
export function sqliteReader(session: Session, call: Call, scratch: string): Reader {
  const tables = new Map<string, Promise<Table>>();
  const tableNamed = (name: string) => {
    const known = tables.get(name) ?? readTable(session, call, name);
    tables.set(name, known);
    return known;
  };

  async function* find(query: Query): AsyncGenerator<readonly Found[]> {
    const table = await tableNamed(query.collection);
    const ask = (part: Query) => findAtOnce(session, call, table, part);
    const keys = query.matches.reduce((sum, match) => sum + match.keys.size, 0);
    if (keys <= KEYS_AT_ONCE || table.rowid === null) return yield* ask(query);
    for (const name of [...query.key, ...query.fields]) columnIn(table, name, session.place.source);
    yield* findInParts(query, table.rowid, scratch, ask);
  }
  async function* scan(query: Scan): AsyncGenerator<readonly Scanned[]> {
    yield* scanTable(session, call, await tableNamed(query.collection), query);
  }
  return { find, scan, close: () => session.close() };
}

/** All of a query's keys in SQLite's memory, one statement. */
async function* findAtOnce(
  session: Session,
  call: Call,
  table: Table,
  query: Query,
): AsyncGenerator<readonly Found[]> {
  const asks: Ask[] = [];
  try {
    const finding = await prepareFind(session, call, table, query, asks);
    if (finding.statement === null) return;
    const record = recordOf(session, table, query, finding.matches);
    for await (const rows of session.rows(call, finding.statement, table.name)) {
      const batch = rows.map(record).filter(({ matched }) => matched.length > 0);
      if (batch.length > 0) yield batch;
    }
  } finally {
    await forget(session, asks);
  }
}

function recordOf(
  session: Session,
  table: Table,
  query: Query,
  matches: readonly number[],
): (row: RawRow) => Found {
  const { source } = session.place;
  const kinds = query.fields.map((name) => columnIn(table, name, source).kind);
  const [keys, fields] = [query.key.length, query.fields.length];
  const keyOf = keyReader(source, table, query.key);
  return (row) => ({
    key: keyOf(row),
    values: kinds.map((kind, index) => decoded(kind, row[keys + index] ?? null)),
    matched: matches.flatMap((match, index) => hits(match, String(row[keys + fields + index] ?? '[]'))),
  });
}

function hits(match: number, positions: string): readonly Hit[] {
  // -1 marks what only the index expression asked for.
  return (JSON.parse(positions) as readonly number[])
    .filter((key) => key >= 0)
    .map((key) => ({ match, key }));
}
