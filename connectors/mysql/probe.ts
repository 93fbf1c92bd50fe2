import { isIP } from 'node:net';
import type { FieldPath } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { MatchMode } from '../../src/model/map.js';
import { holdsOf } from '../sql/charset.js';
import type { Coerce } from '../sql/coerce.js';
import * as canonical from '../sql/coerce.js';
import { toDate, toInstant, toSpan, toTimestamp } from '../sql/coerce-time.js';
import type { Probe } from '../sql/dialect.js';
import { raw, type Sql, sql } from '../sql/fragment.js';
import type { Table } from '../sql/table.js';
import type { MyColumn } from './column.js';
import { bare } from './described-column.js';
import { literal } from './quote.js';

export const YEARS = { lastYear: 9_999, unbounded: false };
/** Texts that we make ourselves compare so, whatever the session's collation. */
const PLAIN = 'character set utf8mb4 collate utf8mb4_bin';
export const LONG = `text ${PLAIN}`;

export function probeOf(
  table: Table<MyColumn>,
  column: MyColumn,
  { path }: FieldPath,
  mode: MatchMode,
  at: number,
): Probe {
  if (path.length > 0 || column.type.kind === 'json') return jsonProbe(table, column, path, mode, at);
  if (column.type.kind === 'text' && mode !== 'exact') return textProbe(table, column, mode);
  const exact = exactProbe(column);
  return mode === 'digits' ? { ...exact, coerce: canonical.digitsTo(exact.coerce) } : exact;
}

/** A collation whose name says that it does not tell a from A. */
export function foldsCase({ collation }: Pick<MyColumn, 'collation'>): boolean {
  return collation?.includes('_ci') ?? false;
}

export function digitsOf(column: string): string {
  return `regexp_replace(${column}, '[^0-9]', '')`;
}

function textProbe(table: Table<MyColumn>, column: MyColumn, mode: 'folded' | 'digits'): Probe {
  // The column's own collation finds all cases, by the column's own index.
  if (mode === 'folded' && foldsCase(column)) return exactProbe(column);
  const own = column.expression.text.join('');
  const expression = mode === 'digits' ? digitsOf(own) : `lower(${own})`;
  const wanted = bare(expression.replaceAll('t.', ''));
  const made = [...table.columns.values()].find(({ madeOf }) => madeOf === wanted);
  if (made !== undefined) return exactProbe(made);
  const value =
    mode === 'digits' ? sql`convert(${raw(expression)} using utf8mb4) collate utf8mb4_bin` : raw(expression);
  const probe = exactProbe(column);
  return mode === 'digits' ? { ...textual(value, null), keyType: LONG } : { ...probe, value };
}

function exactProbe(column: MyColumn): Probe {
  const { base, unsigned, expression: value, indexed: served } = column;
  const simple = (keyType: string, coerce: Coerce, strict = true): Probe => ({
    ...{ value, elements: null, keyType, key: null, coerce, strict, served },
  });
  switch (base) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
      if (column.type.kind === 'boolean') return simple('tinyint', booleanOrNumber);
      return unsigned
        ? simple('bigint unsigned', canonical.toInteger(0n, 2n ** 64n - 1n))
        : simple('bigint', canonical.toInteger(-(2n ** 63n), 2n ** 63n - 1n));
    case 'decimal': {
      const { digits = 65, scale = 0 } = column.precision ?? {};
      return simple(`decimal(${digits},${scale})`, canonical.toDecimal(digits, scale));
    }
    case 'float':
      // As the double that it is read as: 0.1 in a FLOAT equals no 0.1 written out.
      return { ...simple('double', toSingle), value: sql`cast(${value} as double)`, served: false };
    case 'double':
      return simple('double', canonical.toFloat(false));
    case 'date':
      return simple('date', toDate(YEARS));
    case 'time':
      return simple('time(6)', toSpan);
    case 'datetime':
      return simple('datetime(6)', toTimestamp(YEARS));
    case 'timestamp':
      return simple('timestamp(6)', toInstant(YEARS, ''));
    case 'uuid':
      return simple(`varchar(36) ${PLAIN}`, canonical.toUuid);
    case 'inet4':
    case 'inet6':
      return simple(`varchar(45) ${PLAIN}`, toAddress(base === 'inet4' ? 4 : 6), false);
    case 'enum': {
      const known = canonical.toMember(column.type.values ?? []);
      return simple(`varchar(255) ${collated(column)}`, known, false);
    }
    default:
  }
  if (column.type.kind === 'bytes') {
    const simplest = simple('text character set ascii collate ascii_bin', canonical.toBytes);
    return served
      ? { ...simplest, key: (hex) => sql`unhex(substr(${hex}, 3))` }
      : { ...simplest, value: sql`concat('\\\\x', lower(hex(${value})))` };
  }
  if (column.type.kind !== 'text' && base !== 'set') {
    return textual(sql`convert(${value} using utf8mb4) collate utf8mb4_bin`, null);
  }
  const sized = column.type.length === null ? 'text' : `varchar(${Math.max(column.type.length, 1)})`;
  return { ...textual(value, column), keyType: `${sized} ${collated(column)}` };
}

/** Compared as text; under a column's own collation, or byte by byte. */
function textual(value: Sql, column: MyColumn | null): Probe {
  const holds = holdsOf(column?.charset ?? 'utf8mb4');
  const any = canonical.toText({ length: column?.type.length ?? null, nul: true, holds });
  const collation = column?.collation ?? 'utf8mb4_bin';
  const strict = collation.endsWith('_bin');
  // Under a padding collation 'a' and 'a ' are one value.
  const pads = strict && !/nopad|0900/.test(collation);
  const coerce: Coerce = pads ? (part) => any(part)?.replace(/ +$/, '') ?? null : any;
  return {
    value,
    elements: null,
    keyType: LONG,
    key: null,
    coerce,
    strict,
    served: column?.indexed ?? false,
  };
}

function collated({ charset, collation }: MyColumn): string {
  return charset === null || collation === null ? PLAIN : `character set ${charset} collate ${collation}`;
}

/** A tinyint(1) is a boolean, but may hold any small number. */
export const booleanOrNumber: Coerce = (part) =>
  canonical.toBoolean('1', '0')(part) ?? canonical.toInteger(-128n, 127n)(part);

const toSingle: Coerce = (part) => {
  const text = canonical.toFloat(true)(part);
  return text === null ? null : String(Math.fround(Number(text)));
};

function toAddress(version: 4 | 6): Coerce {
  return (part) => {
    const text = String(part).toLowerCase();
    const mine = isIP(text);
    if (mine === 0 || text.includes('%')) return null;
    if (mine === version) return text;
    return version === 6 ? `::ffff:${text}` : null;
  };
}

/** Inside JSON everything compares as text; null there is no value, as everywhere. */
function jsonProbe(
  table: Table<MyColumn>,
  { type, name, expression }: MyColumn,
  path: readonly string[],
  mode: MatchMode,
  at: number,
): Probe {
  if (type.kind !== 'json' && type.kind !== 'text') {
    throw new DsrError('config', `${table.info.id}: ${name} is ${type.native}: no path leads into it`, {
      hint: 'paths lead into JSON columns',
    });
  }
  const steps = path.map((step) => (step === '[]' ? '[*]' : `."${step.replace(/["\\]/g, '\\$&')}"`));
  const place = raw(literal(`$${steps.join('')}`));
  const document = sql`if(json_valid(${expression}), ${expression}, null)`;
  const found = path.includes('[]')
    ? raw(`x${at}.v`)
    : sql`case when json_type(json_extract(${document}, ${place})) not in ('NULL', 'OBJECT', 'ARRAY')
        then json_unquote(json_extract(${document}, ${place})) end`;
  const text = sql`convert(${found} using utf8mb4)`;
  const compared =
    mode === 'folded'
      ? sql`lower(${text}) collate utf8mb4_bin`
      : mode === 'digits'
        ? sql`convert(regexp_replace(${text}, '[^0-9]', '') using utf8mb4) collate utf8mb4_bin`
        : sql`${text} collate utf8mb4_bin`;
  const probe = textual(compared, null);
  if (!path.includes('[]')) return probe;
  const columns = raw(`(o for ordinality, v longtext ${PLAIN} path '$')) x${at}`);
  const from = sql` join json_table(${document}, ${place} columns ${columns}`;
  return { ...probe, elements: { from, ordinal: raw(`x${at}.o`) } };
}
