import type { Connector } from '../../src/connector/contract.js';
import type { Value } from '../../src/model/value.js';
import type { TestDatabase } from '../harness/engines.js';
import { type Column, type ColumnType, columnOf, type Fixture, type Row, type Table } from './fixture.js';

/** How one SQL engine spells what a fixture needs. */
export interface Dialect {
  readonly types: Readonly<Partial<Record<ColumnType, string>>>;
  quote(name: string): string;
  /** The placeholder of the nth parameter, from 1. */
  parameter(position: number): string;
  bind(value: Value, type: ColumnType): unknown;
  generated(expression: string): string;
  /** What follows a reference that is put off until the commit. */
  readonly deferred?: string;
}

const ROWS_A_STATEMENT = 500;

/** Makes the tables in a fresh database; further parts of the fixture are the engine's own. */
export async function sqlFixture(
  database: TestDatabase,
  connector: Connector,
  dialect: Dialect,
  tables: readonly Table[],
  more: Partial<Fixture> = {},
): Promise<Fixture> {
  const columns = new Map(tables.map((table) => [table.name, table.columns]));
  for (const table of tables) await database.exec(createTable(dialect, table));
  const insert = async (name: string, rows: readonly Row[]) => {
    const known = columns.get(name) ?? {};
    for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
      const some = rows.slice(start, start + ROWS_A_STATEMENT);
      const { sql, params } = insertStatement(dialect, name, known, some);
      await database.exec(sql, params);
    }
  };
  for (const table of tables) await insert(table.name, table.rows ?? []);
  return {
    connector,
    insert,
    async view(name, table) {
      await database.exec(`create view ${dialect.quote(name)} as select * from ${dialect.quote(table)}`);
    },
    drop: () => database.drop(),
    ...more,
  };
}

function createTable(dialect: Dialect, table: Table): string {
  const list = (names: readonly string[]) => names.map(dialect.quote).join(', ');
  const parts = Object.entries(table.columns).map(([name, column]) =>
    columnDefinition(dialect, name, columnOf(column)),
  );
  if (table.key !== undefined) parts.push(`primary key (${list(table.key)})`);
  for (const unique of table.unique ?? []) parts.push(`unique (${list(unique)})`);
  for (const { fields, to, on, onDelete, deferred } of table.references ?? []) {
    const rule = onDelete.replace('-', ' ');
    const late = deferred === true ? ` ${dialect.deferred ?? ''}` : '';
    parts.push(
      `foreign key (${list(fields)}) references ${dialect.quote(to)} (${list(on)}) on delete ${rule}${late}`,
    );
  }
  if (table.never !== undefined) {
    const { field, text } = table.never;
    parts.push(`constraint ${table.name}_never check (${dialect.quote(field)} <> '${text}')`);
  }
  return `create table ${dialect.quote(table.name)} (${parts.join(', ')})`;
}

function columnDefinition(dialect: Dialect, name: string, column: Column): string {
  const type = dialect.types[column.type];
  if (type === undefined) throw new Error(`the engine has no ${column.type} column`);
  const made = column.copyOf === undefined ? '' : ` ${dialect.generated(dialect.quote(column.copyOf))}`;
  const fallback = column.default === undefined ? '' : ` default ${column.default}`;
  return `${dialect.quote(name)} ${type}${made}${fallback}${column.nullable === true ? '' : ' not null'}`;
}

function insertStatement(
  dialect: Dialect,
  table: string,
  columns: Table['columns'],
  rows: readonly Row[],
): { readonly sql: string; readonly params: readonly unknown[] } {
  const names = Object.keys(rows[0] ?? {});
  const params: unknown[] = [];
  const tuples = rows.map((row) => {
    const marks = names.map((name) => {
      const type = columnOf(columns[name] ?? 'text').type;
      params.push(dialect.bind(row[name] ?? null, type));
      return dialect.parameter(params.length);
    });
    return `(${marks.join(', ')})`;
  });
  const list = names.map(dialect.quote).join(', ');
  return { sql: `insert into ${dialect.quote(table)} (${list}) values ${tuples.join(', ')}`, params };
}

/** `2024-02-29T23:59:59.123456+00:00` as engines take it that know no zone in a literal. */
export function plainTime(value: Value): Value {
  return typeof value === 'string' ? value.replace('T', ' ').replace('+00:00', '') : value;
}

/** `Fixture.folding` over a column type with a collation that folds. */
export function foldingOn(
  database: TestDatabase,
  dialect: Dialect,
  column: string,
): NonNullable<Fixture['folding']> {
  return async (texts) => {
    await database.exec(`create table folding (id integer primary key, code ${column})`);
    for (const [at, text] of texts.entries()) {
      const marks = `${dialect.parameter(1)}, ${dialect.parameter(2)}`;
      await database.exec(`insert into folding values (${marks})`, [at + 1, text]);
    }
    const pairs = await database.exec(
      'select a.id as one, b.id as other from folding a join folding b on a.code = b.code order by 1, 2',
    );
    return texts.map((_text, at) =>
      pairs.filter(({ one }) => Number(one) === at + 1).map(({ other }) => Number(other)),
    );
  };
}
