import type { Change, Records, Update } from '../../src/connector/contract.js';
import { CHUNK, type KeySet, keySetOf } from '../../src/connector/key-set.js';
import { DsrError } from '../../src/model/error.js';
import type { Key, Value } from '../../src/model/value.js';
import { type Asking, asking, equal } from './branch.js';
import type { Probe, SqlDialect } from './dialect.js';
import { raw, type Sql } from './fragment.js';
import { coercedChunks } from './keys.js';
import type { Session } from './session.js';
import { type Column, columnOf, type Table } from './table.js';
import type { NewColumn, SentRow, Target } from './writing.js';

export interface Changing<C extends Column> {
  readonly dialect: SqlDialect<C>;
  readonly session: Session;
  readonly table: Table<C>;
  readonly signal: AbortSignal;
}

/** Characters a statement, about: a server takes no packet of any size. */
const MOST_TEXT = 500_000;
/** Rows taken at once from who makes them, however long their values are. */
const PULL = 100;

/** As Writer.lock. */
export async function lockRecords<C extends Column>(
  work: Changing<C>,
  { key, keys }: Pick<Records, 'key' | 'keys'>,
): Promise<number> {
  let count = 0;
  for (const target of targetsOf(work, key, keys)) {
    count += (await work.session.rows(work.dialect.writing.lock(target), work.signal)).length;
  }
  return count;
}

/** As Writer.apply. */
export async function applyChange<C extends Column>(work: Changing<C>, change: Change): Promise<number> {
  if (change.kind === 'update') return updateRecords(work, change);
  let count = 0;
  for (const target of targetsOf(work, change.key, change.keys)) {
    count += await work.session.change(work.dialect.writing.remove(target), work.signal);
  }
  return count;
}

async function updateRecords<C extends Column>(work: Changing<C>, change: Update): Promise<number> {
  const { dialect, session, table, signal } = work;
  const columns = change.fields.map((name) => settableOf(table, name));
  if (columns.length === 0) return lockRecords(work, { key: change.key, keys: keysOf(change) });
  const sets: readonly NewColumn<C>[] = columns.map((column, at) => ({
    column,
    value: dialect.writing.written(column, raw(`k.v${at}`)),
  }));
  const { probes, on, widened } = comparing(work, change.key);
  const send = (rows: readonly SentRow[]) =>
    session.change(
      dialect.writing.update({ table, key: change.key, probes, on, rows, values: columns.length }, sets),
      signal,
    );

  let count = 0;
  // By key, so that no statement gives one record two values: the last one stands.
  let rows = new Map<string, SentRow>();
  let length = 0;
  for (const some of change.rows.chunks(PULL)) {
    for (const { key, values } of some) {
      const coerced = widened(key).map((part, at) => probes[at]?.coerce(part) ?? null);
      if (coerced.includes(null)) continue;
      const row = [...coerced, ...columns.map((column, at) => textFor(work, column, values[at] ?? null))];
      const size = lengthOf(row);
      if (rows.size > 0 && (rows.size >= CHUNK || length + size > MOST_TEXT)) {
        count += await send([...rows.values()]);
        [rows, length] = [new Map(), 0];
      }
      rows.set(JSON.stringify(coerced), row);
      length += size;
    }
  }
  return rows.size === 0 ? count : count + (await send([...rows.values()]));
}

/** The records that have these keys, a statement's worth at a time. */
function* targetsOf<C extends Column>(
  work: Changing<C>,
  key: readonly string[],
  keys: KeySet,
): Iterable<Target<C>> {
  const { probes, on, widened } = comparing(work, key);
  const wide: KeySet = {
    width: probes.length,
    size: keys.size,
    *chunks(most) {
      for (const some of keys.chunks(most)) yield some.map(widened);
    },
  };
  for (const chunk of coercedChunks(wide, { probes, copyPart: null }, CHUNK)) {
    for (const rows of bounded(chunk.rows)) yield { table: work.table, key, probes, on, rows, values: 0 };
  }
}

interface Comparing {
  /** One for each key part, then one for each part that has to be the same besides. */
  readonly probes: readonly Probe[];
  readonly on: Sql;
  /** A key with those parts once more. */
  readonly widened: (key: Key) => Key;
}

function comparing<C extends Column>({ dialect, table }: Changing<C>, key: readonly string[]): Comparing {
  if (table.unchangeable !== null) {
    throw new DsrError('config', `${table.info.id} cannot be changed: ${table.unchangeable.why}`, {
      hint: table.unchangeable.hint,
    });
  }
  const own = new Set(table.info.fields.map(({ name }) => name));
  if (key.length === 0 || key.some((name) => table.columns.has(name) && !own.has(name))) {
    throw new DsrError('config', `${table.info.id} cannot be changed: its records have no key of their own`, {
      hint: 'name in the map the fields that tell them apart, for instance key: [id]',
    });
  }
  const fields = key.map((column) => ({ column, path: [] }));
  const match = { fields, mode: 'exact', keys: keySetOf([], key.length), when: [] } as const;
  const { probes: net }: Asking<C> = asking(dialect, table, match, 0);
  const same = key.map((name) => dialect.writing.same(columnOf(table, name)));
  const probes = [...net, ...same.filter((probe) => probe !== null)];
  return {
    probes,
    on: equal(probes),
    widened: (asked) => [...asked, ...asked.filter((_part, at) => (same[at] ?? null) !== null)],
  };
}

function settableOf<C extends Column>(table: Table<C>, name: string): C {
  const column = columnOf(table, name);
  if (!column.settable) {
    throw new DsrError('data', `${table.info.id}.${name} cannot be set: the source makes it itself`, {
      hint: 'leave it out of what the map changes',
    });
  }
  return column;
}

function textFor<C extends Column>({ dialect, table }: Changing<C>, column: C, value: Value): string | null {
  if (value === null) return null;
  const text = dialect.writing.encode(column, value);
  if (text !== null) return text;
  throw new DsrError('data', `${table.info.id}.${column.name}: a value does not fit ${column.type.native}`, {
    hint: 'name a mask or a value that fits',
  });
}

function keysOf({ rows, key }: Update): KeySet {
  return {
    width: key.length,
    size: rows.size,
    *chunks(most) {
      for (const some of rows.chunks(most)) yield some.map((row) => row.key);
    },
  };
}

function* bounded(rows: readonly SentRow[]): Iterable<readonly SentRow[]> {
  let some: SentRow[] = [];
  let length = 0;
  for (const row of rows) {
    const size = lengthOf(row);
    if (some.length > 0 && length + size > MOST_TEXT) {
      yield some;
      [some, length] = [[], 0];
    }
    some.push(row);
    length += size;
  }
  if (some.length > 0) yield some;
}

function lengthOf(row: SentRow): number {
  return row.reduce((sum, text) => sum + (text?.length ?? 4), 0);
}
