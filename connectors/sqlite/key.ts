import type { Call } from '../../src/connector/contract.js';
import type { KeyInfo } from '../../src/model/catalog.js';
import { raw, sql } from '../sql/fragment.js';
import { quoted } from './index-expression.js';
import type { Session } from './session.js';
import type { Table } from './table.js';

/**
 * The primary key, else a unique one over NOT NULL columns, else the rowid. SQLite lets NULL into most
 * primary keys (https://sqlite.org/quirks.html): one that holds a NULL addresses nothing.
 */
export async function keyOf(
  session: Session,
  call: Call,
  table: Table,
  unique: readonly (readonly string[])[],
): Promise<KeyInfo> {
  const primary = [...table.columns.values()]
    .filter(({ keyPart }) => keyPart > 0)
    .sort((a, b) => a.keyPart - b.keyPart);
  const loose = primary.filter(({ notNull }) => !notNull).map(({ name }) => name);
  if (primary.length > 0 && (loose.length === 0 || !(await holdsNull(session, call, table, loose)))) {
    return { fields: primary.map(({ name }) => name), kind: 'declared' };
  }
  const strict = unique.find((fields) => fields.every((name) => table.columns.get(name)?.notNull === true));
  if (strict !== undefined) return { fields: strict, kind: 'declared' };
  return { fields: table.address, kind: 'physical' };
}

async function holdsNull(
  session: Session,
  call: Call,
  table: Table,
  columns: readonly string[],
): Promise<boolean> {
  const anyNull = columns.map((name) => `${quoted(name)} is null`).join(' or ');
  const rows = await session.all(
    call,
    sql`select 1 from ${raw(quoted(table.name))} where ${raw(anyNull)} limit 1`,
    table.name,
  );
  return rows.length > 0;
}
