import type { FieldInfo, FieldKind } from '../../src/model/catalog.js';
import { raw, type Sql, sql } from '../sql/fragment.js';
import { text } from '../sql/rows.js';
import type { Row } from '../sql/session.js';
import type { MyColumn } from './column.js';
import { quote } from './quote.js';

export function columnOf(
  row: Row,
  json: ReadonlySet<string | undefined>,
  leading: ReadonlySet<string | undefined>,
): { readonly info: FieldInfo; readonly column: MyColumn } {
  const [name, base, native] = [text(row[2]), text(row[3]), text(row[4])];
  const [extra, made] = [text(row[11]), text(row[13])];
  const kind = base === 'longtext' && json.has(name) ? 'json' : kindOf(base, native);
  const sized = /^(var)?(char|binary)$/.test(base);
  const generated = /\bGENERATED\b/i.test(extra) && !/DEFAULT_GENERATED/i.test(extra);
  const column: MyColumn = {
    name,
    type: {
      kind,
      native,
      length: sized ? Number(row[5]) : null,
      ...(base === 'enum' ? { values: membersOf(native) } : {}),
    },
    expression: expressionOf(name, base, native),
    base,
    unsigned: /\bunsigned\b/.test(native),
    charset: row[8] === null ? null : text(row[8]),
    collation: row[9] === null ? null : text(row[9]),
    precision: base === 'decimal' ? { digits: Number(row[6]), scale: Number(row[7]) } : null,
    madeOf: made === '' ? null : bare(made),
    indexed: leading.has(name),
    settable: !generated,
  };
  const info: FieldInfo = {
    name,
    type: column.type,
    nullable: text(row[10]) === 'YES',
    generated,
    hasDefault: (row[12] !== null && text(row[12]) !== 'NULL') || /auto_increment/i.test(extra),
    comment: text(row[14]) === '' ? null : text(row[14]),
  };
  return { info, column };
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  ...{ tinyint: 'integer', smallint: 'integer', mediumint: 'integer', int: 'integer', bigint: 'integer' },
  ...{ decimal: 'decimal', float: 'float', double: 'float', enum: 'enum', uuid: 'uuid', json: 'json' },
  ...{ char: 'text', varchar: 'text', tinytext: 'text', text: 'text', mediumtext: 'text', longtext: 'text' },
  ...{ binary: 'bytes', varbinary: 'bytes', tinyblob: 'bytes', blob: 'bytes', mediumblob: 'bytes' },
  ...{ longblob: 'bytes', date: 'date', time: 'time', datetime: 'timestamp', timestamp: 'instant' },
};

/** `boolean` is a name for tinyint(1); another number in one stays a number. */
function kindOf(base: string, native: string): FieldKind {
  return native === 'tinyint(1)' ? 'boolean' : (KINDS[base] ?? 'other');
}

export const SPATIAL = /^(geometry|point|linestring|polygon|multi\w+|geom\w*collection)$/;

function expressionOf(name: string, base: string, native: string): Sql {
  const column = raw(`t.${quote(name)}`);
  if (base === 'bit') {
    const width = /\d+/.exec(native)?.[0] ?? '1';
    return sql`lpad(bin(${column}), ${raw(width)}, '0')`;
  }
  return SPATIAL.test(base) ? sql`st_astext(${column})` : column;
}

/** `enum('new','it''s')` to its values. */
function membersOf(native: string): readonly string[] {
  return [...native.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
}

/** As MariaDB and MySQL both print it, without what they differ in. */
export function bare(expression: string): string {
  return expression
    .replace(/[\s`\\]|_utf8mb[34](?=')/g, '')
    .toLowerCase()
    .replaceAll('lcase(', 'lower(');
}
