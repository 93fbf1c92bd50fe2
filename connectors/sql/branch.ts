import type { Match } from '../../src/connector/contract.js';
import type { FieldPath } from '../../src/model/catalog.js';
import type { Condition } from '../../src/model/map.js';
import type { Probe, SqlDialect } from './dialect.js';
import { joined, raw, type Sql, sql } from './fragment.js';
import type { Chunk, KeyShape } from './keys.js';
import { selection } from './layout.js';
import { type Column, columnOf, ROW_COPY, type Table } from './table.js';

/** One match, held against its table. */
export interface Asking<C extends Column = Column> extends KeyShape {
  readonly table: Table<C>;
  /** Index into Query.matches. */
  readonly index: number;
  readonly match: Match;
  /** null: the conditions can hold for no record. */
  readonly conditions: readonly Sql[] | null;
  /** No record has two of this match's coerced keys. */
  readonly exclusive: boolean;
}

export function asking<C extends Column>(
  dialect: SqlDialect<C>,
  table: Table<C>,
  match: Match,
  index: number,
): Asking<C> {
  const copyPart = match.fields.findIndex(({ column }) => column === ROW_COPY);
  const compared = match.fields.filter(({ column }) => column !== ROW_COPY);
  const probes = compared.map((field, at) => {
    columnOf(table, field.column);
    return dialect.probe(table, field, match.mode, at);
  });
  return {
    table,
    index,
    match,
    probes,
    copyPart: copyPart === -1 ? null : copyPart,
    conditions: conditionsOf(dialect, table, match.when),
    exclusive: probes.every(({ strict, elements }) => strict && elements === null),
  };
}

/**
 * The records of `t` that have one of a chunk's keys, a row for each key they have: the wanted
 * columns, then the match's index, the key's ordinal, and which element of the record it was.
 */
export function branch<C extends Column>(
  dialect: SqlDialect<C>,
  { table, index, probes, conditions }: Asking<C>,
  chunk: Chunk,
  columns: readonly string[],
): Sql {
  const elements = probes.flatMap((probe) => probe.elements ?? []);
  // With several, one number for each combination; a row has nowhere near a million elements.
  const element = elements.length === 0 ? raw('0') : joined(ordinals(elements), ' * 1000000 + ');
  const where = conditions ?? [];
  return joined(
    [
      sql`select ${joined(selection(dialect, table, columns), ', ')}`,
      sql`${raw(`${columns.length === 0 ? '' : ', '}${index} as m, k.p as p`)}, ${element} as e`,
      sql` from ${table.from} t`,
      ...elements.map(({ from }) => from),
      sql`${dialect.keys(chunk.rows, probes)} on ${equal(probes)}`,
      ...(where.length === 0 ? [] : [sql` where ${joined(where, ' and ')}`]),
    ],
    '',
  );
}

/** A record of `t` and a key of `k` that are equal in each part, as the source compares. */
export function equal(probes: readonly Probe[]): Sql {
  const parts = probes.map((probe, at) => {
    const key = raw(`k.k${at}`);
    return sql`${probe.value} = ${probe.key === null ? key : probe.key(key)}`;
  });
  return joined(parts, ' and ');
}

/** All branches as one result, in which the rows of one record stand together. */
export function together(branches: readonly Sql[], identity: readonly number[]): Sql {
  const order = raw(identity.map((at) => `c${at}`).join(', '));
  return sql`select * from (${joined(branches, ' union all ')}) u order by ${order}`;
}

function ordinals(elements: readonly { readonly ordinal: Sql }[]): readonly Sql[] {
  return elements.map(({ ordinal }) => ordinal);
}

function conditionsOf<C extends Column>(
  dialect: SqlDialect<C>,
  table: Table<C>,
  when: readonly Condition[],
): readonly Sql[] | null {
  const all = when.map((condition) => conditionOf(dialect, table, condition));
  return all.every((one) => one !== null) ? all : null;
}

function conditionOf<C extends Column>(
  dialect: SqlDialect<C>,
  table: Table<C>,
  { field, anyOf }: Condition,
): Sql | null {
  const path: FieldPath = { column: field, path: [] };
  const { expression } = columnOf(table, field);
  const probe = dialect.probe(table, path, 'exact', 0);
  const values = new Set(anyOf.flatMap((value) => (value === null ? [] : (probe.coerce(value) ?? []))));
  const either = [...values].map((text) => {
    const literal = dialect.literal(text, probe.keyType);
    return sql`${probe.value} = ${probe.key === null ? literal : probe.key(literal)}`;
  });
  if (anyOf.includes(null)) either.push(sql`${expression} is null`);
  return either.length === 0 ? null : sql`(${joined(either, ' or ')})`;
}
