import type { IncomingReference, ReferenceInfo } from '../../src/model/catalog.js';
import { raw } from '../sql/fragment.js';
import { grouped, text } from '../sql/rows.js';
import type { Row, Session } from '../sql/session.js';
import type { Column, Table } from '../sql/table.js';
import { onDeleteOf } from './indexes-and-references.js';

/** A foreign key, and of which table. */
export interface ForeignKey extends IncomingReference {
  readonly schema: string;
  readonly table: string;
}

/**
 * Of all tables. InnoDB itself tells of every one, to who has PROCESS; the schema of schemas only of
 * columns that the user may use.
 */
export async function foreignKeys(
  session: Session,
  mariadb: boolean,
  signal: AbortSignal,
): Promise<readonly ForeignKey[]> {
  const isFull = mariadb && (await hasProcess(session, signal));
  const rows = await session.rows(isFull ? OF_INNODB : OF_SCHEMA, signal);
  return [...grouped(rows, 3).values()].map(keyOf);
}

/** Those of other tables that lead to one of these, straight or by way of each other. */
export function keysInto(tables: readonly Table[], keys: readonly ForeignKey[]): readonly ForeignKey[] {
  const own = new Set(tables.map(({ info }) => info.id));
  const outside = keys.filter(({ from }) => !own.has(from));
  const leading = new Set(own);
  for (let known = -1; known !== leading.size; ) {
    known = leading.size;
    for (const { from, to } of outside) if (leading.has(to)) leading.add(from);
  }
  return outside.filter(({ to }) => leading.has(to));
}

/** Of a table that may be used in part the schema of schemas leaves out the keys over other columns. */
export function withHiddenKeys<C extends Column>(
  tables: readonly Table<C>[],
  keys: readonly ForeignKey[],
): readonly Table<C>[] {
  return tables.map((table) => {
    if (table.info.hidden === null) return table;
    const { id, references } = table.info;
    const further = keys
      .filter(({ from, name }) => from === id && !references.some((told) => told.name === name))
      .map(({ name, fields, to, on, onDelete }): ReferenceInfo => {
        return { name, fields, to, on, onDelete, deferrable: false, rowByRow: true };
      });
    return { ...table, info: { ...table.info, references: [...references, ...further] } };
  });
}

/** Why there may be more such keys than are told; null: there are not. */
export async function untoldKeys(session: Session, signal: AbortSignal): Promise<string | null> {
  const [row] = await session.rows(
    raw(`select version() like '%mariadb%' and ${holds('PROCESS')} or ${holds('SELECT')}`),
    signal,
  );
  if (Number(row?.[0] ?? 0) === 1) return null;
  return 'tables that this user may not use may refer to these; without the privilege PROCESS it is not told of them';
}

async function hasProcess(session: Session, signal: AbortSignal): Promise<boolean> {
  const [row] = await session.rows(raw(`select ${holds('PROCESS')}`), signal);
  return Number(row?.[0] ?? 0) === 1;
}

const holds = (privilege: 'PROCESS' | 'SELECT') =>
  `exists (select 1 from information_schema.user_privileges where privilege_type = '${privilege}'
    and grantee = concat('''', replace(current_user(), '@', '''@'''), ''''))`;

/** Database and table stand there as the names of their files. */
const named = (column: string, part: 1 | -1) =>
  `convert(convert(cast(substring_index(${column}, '/', ${part}) as binary) using filename) using utf8mb4)`;
/** `type`: 1 cascade, 2 set null, 16 no action. */
const OF_INNODB = raw(`select ${named('f.for_name', 1)}, ${named('f.for_name', -1)},
    substr(f.id, instr(f.id, '/') + 1), c.for_col_name, ${named('f.ref_name', 1)}, ${named('f.ref_name', -1)},
    c.ref_col_name, case when f.type & 1 then 'CASCADE' when f.type & 2 then 'SET NULL'
      when f.type & 16 then 'NO ACTION' else 'RESTRICT' end
  from information_schema.innodb_sys_foreign f join information_schema.innodb_sys_foreign_cols c on c.id = f.id
  order by f.id, c.pos`);
const OF_SCHEMA = raw(`select k.table_schema, k.table_name, k.constraint_name, k.column_name,
    k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, r.delete_rule
  from information_schema.key_column_usage k
    left join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
      and r.constraint_name = k.constraint_name and r.table_name = k.table_name
  where k.referenced_table_name is not null
  order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`);

function keyOf(rows: readonly Row[]): ForeignKey {
  const [first] = rows;
  const [schema, table] = [text(first?.[0]), text(first?.[1])];
  const onDelete = onDeleteOf(first?.[7] ?? null);
  return {
    ...{ schema, table, onDelete, from: `${schema}.${table}`, name: text(first?.[2]) },
    fields: rows.map((row) => text(row[3])),
    to: `${text(first?.[4])}.${text(first?.[5])}`,
    on: rows.map((row) => text(row[6])),
  };
}
