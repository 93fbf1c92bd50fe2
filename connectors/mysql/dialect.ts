import type { FieldPath, FieldType } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Value } from '../../src/model/value.js';
import { integerOf, momentOf, textOf } from '../sql/decode.js';
import type { SqlDialect } from '../sql/dialect.js';
import { bound, raw, sql } from '../sql/fragment.js';
import type { Raw, Row } from '../sql/session.js';
import { columnOf, type Table } from '../sql/table.js';
import type { MyColumn } from './column.js';
import { holding, type MyFacts } from './holding.js';
import { sentTable } from './keys.js';
import { digitsOf, foldsCase, probeOf } from './probe.js';
import { quote } from './quote.js';
import { mysqlWriting } from './writing.js';

const NUMERIC = /^(tinyint|bigint|decimal|double|float)/;

/** `facts` are known once a session was opened. */
export const mysqlDialect = (facts: MyFacts): SqlDialect<MyColumn> => ({
  quote,
  writing: mysqlWriting,
  keys(rows, probes) {
    const scan = !probes.some(({ served }) => served);
    return sql` ${raw(scan ? 'straight_join' : 'join')} ${sentTable(rows, probes, 0, scan)}`;
  },
  probe: (table, field, mode, at) => probeOf(table, columnOf(table, field.column), field, mode, at),
  // A number in quotes would be compared as a double.
  literal: (text, type) => (NUMERIC.test(type) ? raw(text) : bound(text)),
  // FLOAT prints six digits only.
  selected: ({ expression, base }) => (base === 'float' ? sql`cast(${expression} as double)` : expression),
  holding: (columns, needles) => holding(columns, needles, facts),
  sometimes: raw('rand() < 0.015625'),
  decoder,
  explain: (statement) => [sql`explain ${statement}`],
  usesIndex,
  indexHint,
});

function decoder(type: FieldType): (raw: Raw) => Value {
  const decode = textDecoder(type);
  return (raw) => (raw === null ? null : decode(raw));
}

function textDecoder(type: FieldType): (raw: Exclude<Raw, null>) => Value {
  switch (type.kind) {
    case 'integer':
      return (raw) => integerOf(textOf(raw));
    case 'boolean':
      return (raw) => (textOf(raw) === '1' ? true : textOf(raw) === '0' ? false : Number(textOf(raw)));
    case 'float':
      return (raw) => Number(textOf(raw));
    case 'timestamp':
      return (raw) => momentOf(textOf(raw));
    case 'instant':
      return (raw) => momentOf(`${textOf(raw)}+00`);
    case 'bytes':
      return (raw) =>
        raw instanceof Uint8Array ? Uint8Array.from(raw) : Uint8Array.from(Buffer.from(textOf(raw)));
    case 'json':
      return (raw) => ({ json: textOf(raw) });
    default:
      return textOf;
  }
}

/**
 * The optimizer names the keys that would serve, however few rows there are today. The plain form: in
 * MariaDB's JSON a quoted path stands unescaped. MySQL has `partitions` and `filtered` besides.
 */
function usesIndex(plan: readonly Row[]): boolean {
  const accesses = plan.filter((row) => row[2] === 't');
  const possible = (row: Row) => row[row.length === 12 ? 5 : 4] ?? null;
  return accesses.length > 0 && accesses.every((row) => possible(row) !== null);
}

/** Expressions are indexed through a generated column, which probeOf then finds. */
function indexHint(table: Table<MyColumn>, fields: readonly FieldPath[], mode: MatchMode): string | null {
  if (fields.some(({ path }) => path.includes('[]'))) return null;
  const from = table.from.text.join('');
  const added: string[] = [];
  const parts = fields.map(({ column: name, path }) => {
    const column = columnOf(table, name);
    if (path.length > 0) return null;
    const made = (suffix: string, expression: string) => {
      const generated = quote(`${name}_${suffix}`);
      const type = `varchar(${column.type.length ?? 255})`;
      added.push(`alter table ${from} add column ${generated} ${type} as (${expression}) persistent`);
      return generated;
    };
    if (column.type.kind !== 'text') return quote(name);
    if (mode === 'digits') return made('digits', digitsOf(quote(name)));
    if (mode === 'folded' && !foldsCase(column)) return made('lower', `lower(${quote(name)})`);
    return column.type.length === null ? `${quote(name)}(191)` : quote(name);
  });
  if (parts.includes(null)) return null;
  const index = quote(`${table.info.name}_${fields.map(({ column }) => column).join('_')}_dsr`.slice(0, 64));
  return [...added, `create index ${index} on ${from} (${parts.join(', ')})`]
    .map((one) => `${one};`)
    .join(' ');
}
