import type {
  CollectionInfo,
  FieldInfo,
  IndexInfo,
  KeyInfo,
  ReferenceInfo,
} from '../../src/model/catalog.js';
import { raw, sql } from '../sql/fragment.js';
import { askable, type Described } from '../sql/outside.js';
import { grouped, groupOf, text } from '../sql/rows.js';
import type { Raw, Row, Session } from '../sql/session.js';
import { ROW_COPY, ROW_DIGEST, type Table, VIEW } from '../sql/table.js';
import {
  checksQuery,
  columnsQuery,
  DOMAIN_CHECKS,
  indexesQuery,
  outsideQuery,
  referencesQuery,
  tablesQuery,
} from './catalog-sql.js';
import { checksOf } from './checks.js';
import type { PgColumn } from './column.js';
import { quote } from './quote.js';
import { NO_DOMAIN, TYPES, type TypeOf, typesOf } from './types.js';

/** All tables and views in scope, and those that lead into it, in eight statements whatever their number. */
export async function postgresTables(
  session: Session,
  schemas: readonly string[] | null,
  signal: AbortSignal,
): Promise<Described<PgColumn>> {
  const typeOf = typesOf(await session.rows(TYPES, signal));
  const outside = (await session.rows(outsideQuery(schemas), signal)).map(([oid]) => String(oid));
  const scope = { schemas, outside };
  const columns = grouped(await session.rows(columnsQuery(scope), signal));
  const references = grouped(await session.rows(referencesQuery(scope), signal));
  const indexes = grouped(await session.rows(indexesQuery(scope), signal));
  const checks = grouped(await session.rows(checksQuery(scope), signal));
  const ofDomains = grouped(await session.rows(DOMAIN_CHECKS, signal));
  const tables = await session.rows(tablesQuery(scope), signal);
  const all = tables.map((row) => {
    const oid = String(row[0]);
    const parts = {
      columns: groupOf(columns, oid),
      references: groupOf(references, oid),
      indexes: groupOf(indexes, oid),
      checks: groupOf(checks, oid),
      ofDomains,
    };
    return tableOf(row, parts, typeOf);
  });
  return askable(all);
}

interface Parts {
  readonly columns: readonly Row[];
  readonly references: readonly Row[];
  readonly indexes: readonly Row[];
  readonly checks: readonly Row[];
  readonly ofDomains: ReadonlyMap<string, readonly Row[]>;
}

function tableOf(row: Row, parts: Parts, typeOf: TypeOf): Table<PgColumn> {
  const [schema, name, kind] = [text(row[1]), text(row[2]), text(row[3])];
  const described = parts.columns.map((one) => columnOf(one, typeOf));
  const indexes = parts.indexes.map(indexOf);
  const notNull = new Set(described.filter(({ info }) => !info.nullable).map(({ info }) => info.name));
  const declared = indexes.find(
    ({ primary, info, whole, plain }) =>
      whole && plain && (primary || (info.unique && info.parts.every((part) => notNull.has(part)))),
  );
  // Views have no row address, and foreign tables may have none.
  const addressed = kind === 'r' || kind === 'p' || kind === 'm';
  const address = !addressed ? [ROW_DIGEST, ROW_COPY] : yes(row[7]) ? ['tableoid', 'ctid'] : ['ctid'];
  const ownColumns = described.map(({ column }) => column);
  const checks = checksOf(parts.checks, ownColumns, parts.ofDomains);
  const key: KeyInfo =
    declared === undefined
      ? { fields: address, kind: 'physical' }
      : { fields: declared.info.parts, kind: 'declared' };
  const info: CollectionInfo = {
    id: `${schema}.${name}`,
    schema,
    name,
    unqualified: yes(row[4]),
    kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
    ...(yes(row[12]) ? { outOfScope: true } : {}),
    fields: described.map((one) => one.info),
    key,
    unique: indexes
      .filter((one) => one.info.unique && one.whole && one.plain && one !== declared)
      .map((one) => one.info.parts),
    ...(checks.length === 0 ? {} : { checks }),
    references: referencesOf(parts.references),
    indexes: indexes.map((one) => one.info),
    rows: row[6] === null ? null : Number(row[6]),
    comment: row[5] === null ? null : text(row[5]),
    hidden: hiddenOf(row, parts.columns),
    unreadable: unreadableOf(row, parts.columns),
  };
  const columns = [...ownColumns, ...PSEUDO];
  return {
    info,
    from: raw(`${quote(schema)}.${quote(name)}`),
    columns: new Map(columns.map((column) => [column.name, column])),
    identity: address,
    // A row's address changes with the row. A key is no inheriting table's, but every partition's.
    lasting: key.kind === 'declared' && (kind === 'p' || !yes(row[7])) ? key.fields : address,
    unchangeable: info.kind === 'view' ? VIEW : null,
  };
}

/** What every row has beside its columns; PostgreSQL keeps the first two names from being columns'. */
const PSEUDO: readonly PgColumn[] = [
  pseudo('tableoid', 'oid', 'integer', 't.tableoid'),
  pseudo('ctid', 'tid', 'other', 't.ctid'),
  pseudo(ROW_DIGEST, 'text', 'text', 'md5((t.*)::text)'),
  pseudo(ROW_COPY, 'text', 'text', 'null'),
];

function pseudo(
  name: string,
  base: string,
  kind: 'integer' | 'other' | 'text',
  expression: string,
): PgColumn {
  return {
    name,
    type: { kind, native: base, length: null },
    expression: raw(expression),
    base,
    cast: `pg_catalog.${base}`,
    precision: null,
    element: null,
    deterministic: true,
    settable: false,
    ...NO_DOMAIN,
  };
}

function columnOf(row: Row, typeOf: TypeOf): { readonly info: FieldInfo; readonly column: PgColumn } {
  const name = text(row[1]);
  const { type, ...rest } = typeOf(text(row[2]), Number(row[3]), text(row[4]));
  const column: PgColumn = {
    ...rest,
    name,
    type,
    expression: sql`t.${raw(quote(name))}`,
    deterministic: yes(row[10]) && rest.base !== 'citext',
    settable: !yes(row[6]) && !yes(row[11]),
  };
  const info: FieldInfo = {
    name,
    type,
    nullable: !yes(row[5]) && !rest.notNull,
    generated: yes(row[6]),
    hasDefault: yes(row[7]),
    comment: row[8] === null ? null : text(row[8]),
  };
  return { info, column };
}

interface Index {
  readonly info: IndexInfo;
  readonly primary: boolean;
  /** Valid, and without a condition. */
  readonly whole: boolean;
  /** Over columns alone. */
  readonly plain: boolean;
}

function indexOf(row: Row): Index {
  const parts = JSON.parse(text(row[5])) as readonly (readonly [string | null, string])[];
  return {
    info: {
      name: text(row[1]),
      parts: parts.map(([column, expression]) => column ?? expression),
      unique: yes(row[3]),
    },
    primary: yes(row[2]),
    whole: yes(row[4]),
    plain: parts.every(([column]) => column !== null),
  };
}

const ON_DELETE: Readonly<Record<string, ReferenceInfo['onDelete']>> = {
  a: 'no-action',
  r: 'restrict',
  c: 'cascade',
  n: 'set-null',
  d: 'set-default',
};

/** The same key is told for the parent and each partition, and once more for each partition it leads to. */
function referencesOf(rows: readonly Row[]): readonly ReferenceInfo[] {
  const seen = new Map<string, ReferenceInfo>();
  for (const row of rows) {
    const fields = JSON.parse(text(row[2])) as readonly string[];
    const on = JSON.parse(text(row[5])) as readonly string[];
    const to = `${text(row[3])}.${text(row[4])}`;
    const same = JSON.stringify([fields, to, on]);
    if (seen.has(same)) continue;
    const onDelete = ON_DELETE[text(row[6])] ?? 'no-action';
    seen.set(same, { name: text(row[1]), fields, to, on, onDelete, deferrable: yes(row[7]) });
  }
  return [...seen.values()];
}

function unreadableOf(row: Row, columns: readonly Row[]): readonly string[] {
  const usable = yes(row[8]);
  return columns.filter((column) => !usable || !yes(column[9])).map((column) => text(column[1]));
}

function hiddenOf(row: Row, columns: readonly Row[]): string | null {
  if (!yes(row[8])) return 'no USAGE on its schema';
  const refused = unreadableOf(row, columns);
  const reasons: string[] = [];
  if (!yes(row[9]) && refused.length === columns.length) reasons.push('no SELECT on it');
  else if (refused.length > 0) reasons.push(`no SELECT on ${refused.join(', ')}`);
  if (yes(row[10])) reasons.push('row-level security applies to this role');
  if (row[11] !== null && row[11] !== undefined) {
    const further = JSON.parse(text(row[11])) as readonly string[];
    reasons.push(`inheriting tables have columns of their own: ${further.join(', ')}`);
  }
  return reasons.length === 0 ? null : reasons.join('; ');
}

function yes(raw: Raw | undefined): boolean {
  return raw === 't' || raw === true;
}
