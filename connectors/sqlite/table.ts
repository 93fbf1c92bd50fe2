import type { Call } from '../../src/connector/contract.js';
import type { FieldKind } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import { bound, sql } from '../sql/fragment.js';
import { type Affinity, affinityOf, fieldTypeOf } from './declared-type.js';
import { quoted } from './index-expression.js';
import type { RawRow } from './protocol.js';
import type { Session } from './session.js';

/** A table as statements need it. */
export interface Table {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly columns: ReadonlyMap<string, Column>;
  /** Columns that address a row; empty for views, whose rows have no address. */
  readonly address: readonly string[];
  /** The rowid's name, where the table has one that no column hides. */
  readonly rowid: string | null;
}

export interface Column {
  readonly name: string;
  readonly declared: string;
  readonly affinity: Affinity;
  readonly kind: FieldKind;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly hasDefault: boolean;
  /** Place in the primary key, from 1; 0: not part of it. */
  readonly keyPart: number;
}

/** What `pragma_table_list` tells. Shadow tables belong to a virtual table and are not listed. */
export interface Listed {
  readonly name: string;
  readonly kind: Table['kind'];
  readonly withoutRowid: boolean;
  readonly strict: boolean;
}

export async function listTables(session: Session, call: Call): Promise<readonly Listed[]> {
  const rows = await session.all(
    call,
    sql`select name, type, wr, strict from pragma_table_list
        where schema = 'main' and type <> 'shadow' and name not like 'sqlite\\_%' escape '\\' order by name`,
  );
  return rows.map(([name, type, withoutRowid, strict]) => ({
    name: String(name),
    kind: type === 'view' ? 'view' : type === 'virtual' ? 'virtual' : 'table',
    withoutRowid: withoutRowid === 1,
    strict: strict === 1,
  }));
}

/** @throws DsrError config where there is no such table. */
export async function readTable(session: Session, call: Call, name: string): Promise<Table> {
  const listed = (await listTables(session, call)).find((one) => one.name === name);
  if (listed === undefined) {
    throw new DsrError('config', `the source '${session.place.source}' has no table '${name}'`, {
      hint: 'hold the map against the source: dsr map check',
    });
  }
  return tableOf(listed, await columnsOf(session, call, name));
}

/** Hidden columns of virtual tables are left out, generated ones are not. */
export function columnsOf(session: Session, call: Call, name: string): Promise<readonly RawRow[]> {
  return session.all(
    call,
    sql`select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(${bound(name)}) where hidden <> 1`,
    name,
  );
}

export function tableOf(listed: Listed, rows: readonly RawRow[]): Table {
  const found = rows.map(columnOf);
  const parts = found.filter(({ keyPart }) => keyPart > 0).sort((a, b) => a.keyPart - b.keyPart);
  const alias = !listed.withoutRowid && parts.length === 1 && parts[0]?.declared.toUpperCase() === 'INTEGER';
  const columns = found.map((column) => {
    const always = alias || listed.withoutRowid || listed.strict;
    return column.keyPart > 0 && always
      ? { ...column, notNull: true, hasDefault: column.hasDefault || alias }
      : column;
  });
  const taken = new Set(found.map(({ name }) => name.toLowerCase()));
  const free = ['rowid', '_rowid_', 'oid'].find((one) => !taken.has(one)) ?? null;
  const rowid = listed.kind !== 'view' && !listed.withoutRowid ? free : null;
  return {
    name: listed.name,
    kind: listed.kind,
    columns: new Map(columns.map((column) => [column.name, column])),
    address: listed.withoutRowid ? parts.map(({ name }) => name) : rowid === null ? [] : [rowid],
    rowid,
  };
}

function columnOf([name, type, notNull, fallback, keyPart, hidden]: RawRow): Column {
  const declared = String(type ?? '').replace(/\s*GENERATED ALWAYS$/i, '');
  return {
    name: String(name),
    declared,
    affinity: affinityOf(declared),
    kind: fieldTypeOf(declared).kind,
    notNull: notNull === 1,
    generated: hidden === 2 || hidden === 3,
    hasDefault: fallback !== null,
    keyPart: Number(keyPart),
  };
}

/** A column by its name, the rowid by its; `t` is the table's alias. */
export function columnIn(table: Table, name: string, source: string): Column {
  const column = table.columns.get(name);
  if (column !== undefined) return column;
  if (name === table.rowid) return { ...ROWID, name };
  throw new DsrError('config', `${source}.${table.name} has no field '${name}'`, {
    hint: 'hold the map against the source: dsr map check',
  });
}

export function inTable(name: string): string {
  return `t.${quoted(name)}`;
}

const ROWID: Column = {
  name: 'rowid',
  declared: 'INTEGER',
  affinity: 'integer',
  kind: 'integer',
  notNull: true,
  generated: true,
  hasDefault: true,
  keyPart: 0,
};
