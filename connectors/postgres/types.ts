import type { FieldKind, FieldType } from '../../src/model/catalog.js';
import { raw, type Sql } from '../sql/fragment.js';
import type { Row } from '../sql/session.js';
import type { PgType } from './column.js';

/** All types but those of rows, with the labels of enums. */
export const TYPES: Sql = raw(`
  select t.oid, t.typname, quote_ident(n.nspname) || '.' || quote_ident(t.typname), t.typtype,
    t.typbasetype, t.typtypmod, t.typelem, t.typcategory, t.typdelim,
    (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid),
    t.typnotnull
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where t.typtype <> 'c'`);

const KINDS: Readonly<Record<string, FieldKind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  char: 'text',
  citext: 'text',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'instant',
  bytea: 'bytes',
  json: 'json',
  jsonb: 'json',
};

interface TypeRow {
  readonly name: string;
  readonly qualified: string;
  readonly type: string;
  readonly baseOf: string;
  readonly modifier: number;
  readonly elementOf: string;
  readonly isArray: boolean;
  readonly values: readonly string[] | null;
  readonly notNull: boolean;
}

export type TypeOf = (oid: string, modifier: number, native: string) => PgType;

/** From what TYPES brings: a column's type by its oid and modifier. */
export function typesOf(rows: readonly Row[]): TypeOf {
  const known = new Map(rows.map((row) => [String(row[0]), typeRow(row)]));
  const typeOf: TypeOf = (oid, modifier, native) => {
    const row = known.get(oid);
    if (row === undefined) return unknown(native);
    if (row.type === 'd') {
      const inner = typeOf(row.baseOf, row.modifier, native);
      return { ...inner, domains: [oid, ...inner.domains], notNull: row.notNull || inner.notNull };
    }
    if (row.isArray) {
      const element = typeOf(row.elementOf, modifier, native.replace(/\[\]$/, ''));
      return {
        ...plain(row, native, 'array'),
        type: { ...field('array', native), element: element.type },
        element,
      };
    }
    const kind = row.type === 'e' ? 'enum' : (KINDS[row.name] ?? 'other');
    const sized = modifier > 4 && (row.name === 'varchar' || row.name === 'bpchar');
    const type: FieldType = {
      ...field(kind, native),
      length: sized ? modifier - 4 : null,
      ...(row.values === null ? {} : { values: row.values }),
    };
    return {
      ...plain(row, native, kind),
      type,
      precision: row.name === 'numeric' ? precisionOf(modifier) : null,
    };
  };
  return typeOf;
}

function typeRow(row: Row): TypeRow {
  const text = row.map((part) => (part === null ? '' : String(part)));
  const [
    ,
    own = '',
    qualified = '',
    type = '',
    baseOf = '',
    modifier = '',
    elementOf = '',
    category,
    delimiter,
  ] = text;
  // Another schema may have a type of a built-in name; citext is an extension's.
  const name = qualified.startsWith('pg_catalog.') || own === 'citext' ? own : qualified;
  // int2vector and box[] are arrays that print themselves otherwise.
  const isArray = category === 'A' && elementOf !== '0' && own.startsWith('_') && delimiter === ',';
  const values = row[9] === null ? null : (JSON.parse(text[9] ?? '[]') as readonly string[]);
  return {
    name,
    qualified,
    type,
    baseOf,
    modifier: Number(modifier),
    elementOf,
    isArray,
    values,
    notNull: text[10] === 't',
  };
}

export const NO_DOMAIN = { domains: [], notNull: false } as const;

function plain(row: TypeRow, native: string, kind: FieldKind): PgType {
  const type = field(kind, native);
  return { type, base: row.name, cast: row.qualified, precision: null, element: null, ...NO_DOMAIN };
}

function field(kind: FieldKind, native: string): FieldType {
  return { kind, native, length: null };
}

function unknown(native: string): PgType {
  const type = field('other', native);
  return { type, base: '', cast: 'pg_catalog.text', precision: null, element: null, ...NO_DOMAIN };
}

/** numeric's modifier: (digits << 16 | scale) + 4, the scale of 11 bits and signed since 15. */
function precisionOf(modifier: number): PgType['precision'] {
  if (modifier < 4) return null;
  const scale = (modifier - 4) & 0x7ff;
  return { digits: (modifier - 4) >> 16, scale: scale > 1023 ? scale - 2048 : scale };
}
