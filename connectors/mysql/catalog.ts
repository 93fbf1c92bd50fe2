import type { CollectionInfo, KeyInfo } from '../../src/model/catalog.js';
import type { ServerOptions } from '../sql/connection.js';
import { raw, type Sql, sql } from '../sql/fragment.js';
import { askable, type Described } from '../sql/outside.js';
import { grouped, groupOf, text } from '../sql/rows.js';
import type { Row, Session } from '../sql/session.js';
import { ROW_COPY, ROW_DIGEST, type Table, type Unchangeable, VIEW } from '../sql/table.js';
import { checksOf, checksQuery, jsonColumns } from './checks.js';
import type { MyColumn } from './column.js';
import { columnOf } from './described-column.js';
import { copyOf, digestOf } from './digest.js';
import { grantedByColumn } from './granted.js';
import { indexesOf, referencesOf } from './indexes-and-references.js';
import { foreignKeys, keysInto, withHiddenKeys } from './outside.js';
import { quote } from './quote.js';
import { amongTables, type InScope, inDatabases } from './scope.js';

/**
 * All tables and views of the databases in scope, in nine statements whatever their number; six more
 * where tables elsewhere lead into them.
 */
export async function mysqlTables(
  session: Session,
  { schemas, database }: Pick<ServerOptions, 'schemas' | 'database'>,
  signal: AbortSignal,
): Promise<Described<MyColumn>> {
  const [row] = await session.rows(raw('select version(), database()'), signal);
  const product = { mariadb: /mariadb/i.test(text(row?.[0])), current: text(row?.[1]) };
  const databases = schemas ?? (database === null ? null : [database]);
  const all = await foreignKeys(session, product.mariadb, signal);
  const own = withHiddenKeys(await tablesIn(session, inDatabases(databases), product, signal), all);
  const keys = keysInto(own, all);
  if (keys.length === 0) return askable(own);
  const names = new Set(keys.map(({ from }) => from));
  const outside = (await tablesIn(session, amongTables(keys), product, signal))
    // The schema of schemas compares without case.
    .filter(({ info }) => names.has(info.id) && info.hidden === null)
    .map((table): Table<MyColumn> => ({ ...table, info: { ...table.info, outOfScope: true } }));
  const told = new Set(outside.map(({ info }) => info.id));
  return askable(
    [...own, ...outside],
    keys.filter(({ from }) => !told.has(from)).map(({ schema: _, table: __, ...key }) => key),
  );
}

interface Product {
  readonly mariadb: boolean;
  /** The database that an unqualified name is of. */
  readonly current: string;
}

async function tablesIn(
  session: Session,
  inScope: InScope,
  { mariadb, current }: Product,
  signal: AbortSignal,
): Promise<readonly Table<MyColumn>[]> {
  const read = (statement: Sql) => session.rows(statement, signal);
  const tables =
    await read(sql`select table_schema, table_name, table_type, table_rows, table_comment, engine,
      (select transactions from information_schema.engines e where e.engine = tables.engine)
    from information_schema.tables
    where table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') and ${inScope('table_schema', 'table_name')}
    order by table_schema, table_name`);
  const columns = grouped(
    await read(sql`select table_schema, table_name, column_name, data_type, column_type,
      character_maximum_length, numeric_precision, numeric_scale, character_set_name, collation_name,
      is_nullable, extra, column_default, generation_expression, column_comment, privileges
    from information_schema.columns where ${inScope('table_schema', 'table_name')}
    order by table_schema, table_name, ordinal_position`),
    2,
  );
  const indexes = grouped(
    await read(sql`select table_schema, table_name, index_name, non_unique, column_name, sub_part, nullable
    from information_schema.statistics where ${inScope('table_schema', 'table_name')}
    order by table_schema, table_name, index_name <> 'PRIMARY', index_name, seq_in_index`),
    2,
  );
  const references = grouped(
    await read(sql`select k.table_schema, k.table_name, k.constraint_name, k.column_name,
      k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, r.delete_rule
    from information_schema.key_column_usage k
      left join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
        and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where k.referenced_table_name is not null and ${inScope('k.table_schema', 'k.table_name')}
    order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`),
    2,
  );
  const checks = grouped(await read(checksQuery(mariadb, inScope)), 2);
  const byColumn = grouped(await read(grantedByColumn(inScope)), 2);
  return tables.map((row) => {
    const of = (groups: ReadonlyMap<string, readonly Row[]>) => groupOf(groups, row[0], row[1]);
    const parts = {
      columns: of(columns),
      indexes: of(indexes),
      references: of(references),
      checks: of(checks),
    };
    return tableOf(row, parts, of(byColumn).length > 0, current);
  });
}

interface Parts {
  readonly columns: readonly Row[];
  readonly indexes: readonly Row[];
  readonly references: readonly Row[];
  readonly checks: readonly Row[];
}

function tableOf(row: Row, parts: Parts, byColumn: boolean, current: string): Table<MyColumn> {
  const [schema, name, type] = [text(row[0]), text(row[1]), text(row[2])];
  const indexes = indexesOf(parts.indexes);
  const leading = new Set(indexes.map((index) => index.parts[0]));
  const json = jsonColumns(parts.checks);
  const described = parts.columns.map((one) => columnOf(one, json, leading));
  const checks = checksOf(
    parts.checks,
    described.map((one) => one.info.name),
  );
  const declared = indexes.find(({ unique, notNull, plain }) => unique && notNull && plain);
  const address = [ROW_DIGEST, ROW_COPY];
  const key: KeyInfo =
    declared === undefined
      ? { fields: address, kind: 'physical' }
      : { fields: declared.parts, kind: 'declared' };
  const info: CollectionInfo = {
    id: `${schema}.${name}`,
    schema,
    name,
    unqualified: schema === current,
    kind: type === 'VIEW' ? 'view' : 'table',
    fields: described.map((one) => one.info),
    key,
    unique: indexes.filter((one) => one.unique && one.plain && one !== declared).map((one) => one.parts),
    ...(checks.length === 0 ? {} : { checks }),
    references: referencesOf(parts.references),
    indexes: indexes.map((one) => ({ name: one.name, parts: one.parts, unique: one.unique })),
    rows: type === 'VIEW' || row[3] === null ? null : Number(row[3]),
    comment: type === 'VIEW' || text(row[4]) === '' ? null : text(row[4]),
    hidden: hiddenOf(parts.columns, byColumn, type),
    unreadable: unreadableOf(parts.columns),
  };
  const columns = described.map((one) => one.column);
  const all = [...columns, digestOf(columns), copyOf()];
  return {
    info,
    from: raw(`${quote(schema)}.${quote(name)}`),
    columns: new Map(all.map((column) => [column.name, column])),
    identity: key.fields,
    lasting: key.fields,
    unchangeable: unchangeableOf(row),
  };
}

/** What cannot be rolled back is not changed: half an erasure would stay. */
function unchangeableOf(row: Row): Unchangeable | null {
  if (text(row[2]) === 'VIEW') return VIEW;
  if (text(row[6]) === 'YES') return null;
  return {
    why: `its storage engine ${text(row[5])} has no transactions`,
    hint: `alter table ${quote(text(row[0]))}.${quote(text(row[1]))} engine = InnoDB;`,
  };
}

function unreadableOf(columns: readonly Row[]): readonly string[] {
  return columns.filter((column) => !/\bselect\b/i.test(text(column[15]))).map((one) => text(one[2]));
}

function hiddenOf(columns: readonly Row[], byColumn: boolean, type: string): string | null {
  const refused = unreadableOf(columns);
  const reasons: string[] = [];
  if (refused.length === columns.length) reasons.push('no SELECT on it');
  else if (refused.length > 0) reasons.push(`no SELECT on ${refused.join(', ')}`);
  else if (byColumn) reasons.push('SELECT is granted on single columns; there may be others');
  if (type === 'SYSTEM VERSIONED')
    reasons.push('it keeps earlier versions of its rows, which are not searched');
  return reasons.length === 0 ? null : reasons.join('; ');
}
