import type { Call } from '../../src/connector/contract.js';
import type { Catalog, CollectionInfo, IndexInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import { raw, sql } from '../sql/fragment.js';
import { checksOf, STATEMENTS } from './checks.js';
import { fieldTypeOf } from './declared-type.js';
import { quoted } from './index-expression.js';
import { INDEXES, indexOf, uniqueOf } from './indexes.js';
import { keyOf } from './key.js';
import type { RawRow } from './protocol.js';
import { REFERENCES, referencesOf } from './references.js';
import type { Session } from './session.js';
import { columnsOf, type Listed, listTables, type Table, tableOf } from './table.js';
import { unchangeableOf } from './unchangeable.js';

/** The catalog of the main database. Collections are named as their tables. */
export async function describe(session: Session, call: Call): Promise<Catalog> {
  const listed = await listTables(session, call);
  const [columns, references, indexes, statements, statistics] = [
    await columnsOfTables(session, call),
    grouped(await session.all(call, REFERENCES)),
    grouped(await session.all(call, INDEXES)),
    grouped(await session.all(call, STATEMENTS)),
    await statisticsOf(session, call),
  ];
  const tables = new Map<string, Table>();
  const unreadable = new Map<string, string>();
  for (const one of listed) {
    const known =
      one.kind === 'table' ? (columns.get(one.name) ?? []) : await columnsIfReadable(session, call, one);
    if (known === null) {
      unreadable.set(one.name, one.kind === 'view' ? 'the view is broken' : 'its module is not there');
    }
    tables.set(one.name, tableOf(one, known ?? []));
  }
  const collections: CollectionInfo[] = [];
  for (const table of tables.values()) {
    const own = (indexes.get(table.name) ?? []).map(indexOf);
    const unique = uniqueOf(own);
    const unchangeable = unchangeableOf(table);
    collections.push({
      id: table.name,
      schema: null,
      name: table.name,
      unqualified: true,
      kind: table.kind === 'view' ? 'view' : 'table',
      fields: [...table.columns.values()].map((column) => ({
        name: column.name,
        type: fieldTypeOf(column.declared),
        nullable: !column.notNull,
        generated: column.generated,
        hasDefault: column.hasDefault,
        comment: null,
      })),
      key: await keyOf(session, call, table, unique),
      unique,
      references: referencesOf(references.get(table.name) ?? [], table, tables),
      ...checksIn(table, statements.get(table.name)),
      indexes: own
        .filter(({ partial }) => !partial)
        .map(({ name, parts, unique: only }): IndexInfo => ({ name, parts, unique: only })),
      rows:
        table.kind === 'table'
          ? (statistics.get(table.name) ?? (await highestRowid(session, call, table)))
          : null,
      comment: null,
      hidden: unreadable.get(table.name) ?? null,
      ...(unchangeable === null ? {} : { unchangeable: unchangeable.why }),
    });
  }
  return { collections, loose: true };
}

function checksIn(table: Table, statements: readonly RawRow[] | undefined): Pick<CollectionInfo, 'checks'> {
  const [statement] = statements?.[0] ?? [];
  if (table.kind !== 'table' || statement === undefined) return {};
  const checks = checksOf(String(statement), [...table.columns.keys()]);
  return checks.length === 0 ? {} : { checks };
}

/** All columns of all tables in one statement; views and virtual tables may be broken and are asked one by one. */
async function columnsOfTables(
  session: Session,
  call: Call,
): Promise<ReadonlyMap<string, readonly RawRow[]>> {
  return grouped(
    await session.all(
      call,
      sql`select l.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
          from pragma_table_list l, pragma_table_xinfo(l.name) x
          where l.schema = 'main' and l.type = 'table' and x.hidden <> 1 order by l.name, x.cid`,
    ),
  );
}

async function columnsIfReadable(
  session: Session,
  call: Call,
  { name }: Listed,
): Promise<readonly RawRow[] | null> {
  try {
    return await columnsOf(session, call, name);
  } catch (error) {
    if (error instanceof DsrError && error.kind === 'data') return null;
    throw error;
  }
}

/** Rows by their first column, which is left out. */
function grouped(rows: readonly RawRow[]): ReadonlyMap<string, readonly RawRow[]> {
  const groups = new Map<string, RawRow[]>();
  for (const [name, ...rest] of rows) {
    const group = groups.get(String(name)) ?? [];
    group.push(rest);
    groups.set(String(name), group);
  }
  return groups;
}

/** Row counts as `analyze` left them, where it ever ran. */
async function statisticsOf(session: Session, call: Call): Promise<ReadonlyMap<string, number>> {
  const there = await session.all(call, sql`select 1 from sqlite_schema where name = 'sqlite_stat1'`);
  if (there.length === 0) return new Map();
  const rows = await session.all(
    call,
    sql`select tbl, max(cast(stat as integer)) from sqlite_stat1 group by tbl`,
  );
  return new Map(rows.map(([name, count]) => [String(name), Number(count)]));
}

/** An upper bound that costs nothing: ids are given upward. */
async function highestRowid(session: Session, call: Call, table: Table): Promise<number | null> {
  if (table.rowid === null) return null;
  const from = raw(quoted(table.name));
  const rows = await session.all(call, sql`select max(${raw(quoted(table.rowid))}) from ${from}`, table.name);
  return Math.max(0, Number(rows[0]?.[0] ?? 0));
}
