import { bound, joined, raw, type Sql, sql } from '../sql/fragment.js';

/** A condition on the columns that name a table's database and the table. */
export type InScope = (schema: string, table: string) => Sql;

const SYSTEM = ['mysql', 'information_schema', 'performance_schema', 'sys'];

/** @param names null: all but the server's own. */
export function inDatabases(names: readonly string[] | null): InScope {
  return (schema) =>
    names === null ? sql`${raw(schema)} not in (${bound(SYSTEM)})` : sql`${raw(schema)} in (${bound(names)})`;
}

/** At least one. */
export function amongTables(tables: readonly { readonly schema: string; readonly table: string }[]): InScope {
  const names = tables.map((one) => sql`(${bound(one.schema)}, ${bound(one.table)})`);
  return (schema, table) => sql`(${raw(schema)}, ${raw(table)}) in (${joined(names, ', ')})`;
}
