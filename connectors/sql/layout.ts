import type { Query } from '../../src/connector/contract.js';
import type { Key, Scalar, Value } from '../../src/model/value.js';
import { keyPartOf } from './decode.js';
import type { SqlDialect } from './dialect.js';
import { raw, type Sql, sql } from './fragment.js';
import type { Row } from './session.js';
import { type Column, columnOf, ROW_COPY, type Table } from './table.js';

/** What is wanted of each record. */
export type Wanted = Pick<Query, 'key' | 'fields'>;

/** Which columns a statement selects, and where among them each thing stands. */
export interface Layout {
  readonly columns: readonly string[];
  /** Positions of the columns that tell rows apart, without ROW_COPY. */
  readonly identity: readonly number[];
  /** Identical rows are told apart by counting. */
  readonly copies: boolean;
  /** The key has the count among its parts. */
  readonly tellsCopies: boolean;
}

/** @throws DsrError config where the collection has no such field. */
export function layoutOf<C extends Column>(
  table: Table<C>,
  wanted: Wanted,
  identity: readonly string[] = table.identity,
): Layout {
  const columns: string[] = [];
  for (const name of [...wanted.key, ...identity, ...wanted.fields]) {
    if (name !== ROW_COPY && !columns.includes(name)) columns.push(name);
  }
  for (const name of columns) columnOf(table, name);
  return {
    columns,
    identity: identity.filter((name) => name !== ROW_COPY).map((name) => columns.indexOf(name)),
    copies: identity.includes(ROW_COPY),
    tellsCopies: wanted.key.includes(ROW_COPY),
  };
}

/** The wanted columns as `c0`, `c1` …, for a select list. */
export function selection<C extends Column>(
  dialect: SqlDialect<C>,
  table: Table<C>,
  columns: readonly string[],
): readonly Sql[] {
  return columns.map((name, at) => sql`${dialect.selected(columnOf(table, name))} as ${raw(`c${at}`)}`);
}

export interface Told {
  readonly key: Key;
  readonly values: readonly Value[];
}

/** From a row that begins with the layout's columns to its key and values. */
export function recordReader<C extends Column>(
  dialect: SqlDialect<C>,
  table: Table<C>,
  wanted: Wanted,
  layout: Layout,
): (row: Row, copy: string | null) => Told {
  // Plain loops: this runs for each of millions of rows.
  const places = (names: readonly string[]) =>
    names.map((name) => ({
      name,
      at: layout.columns.indexOf(name),
      decode: name === ROW_COPY ? () => null : dialect.decoder(columnOf(table, name).type),
    }));
  const [keyPlaces, valuePlaces] = [places(wanted.key), places(wanted.fields)];
  return (row, copy) => {
    const key: Scalar[] = [];
    for (const { name, at, decode } of keyPlaces) {
      key.push(name === ROW_COPY ? (copy ?? '1') : keyPartOf(decode(row[at] ?? null), name, table.info.id));
    }
    const values: Value[] = [];
    for (const { at, decode } of valuePlaces) values.push(decode(row[at] ?? null));
    return { key, values };
  };
}
