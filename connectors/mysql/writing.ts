import { anything } from '../sql/coerce.js';
import { toInstant } from '../sql/coerce-time.js';
import {
  anyText,
  decimalText,
  type Encode,
  floatText,
  hexText,
  integerText,
  jsonText,
  memberText,
} from '../sql/encode.js';
import { joined, raw, type Sql, sql } from '../sql/fragment.js';
import type { SqlWriting, Target } from '../sql/writing.js';
import type { MyColumn } from './column.js';
import { SPATIAL } from './described-column.js';
import { sentTable } from './keys.js';
import { booleanOrNumber, LONG, YEARS } from './probe.js';
import { quote } from './quote.js';

/** Comparing the bytes themselves: most collations fold case, and take 'a ' for 'a'. */
export const mysqlWriting: SqlWriting<MyColumn> = {
  same({ type, charset, collation, expression }) {
    if (type.kind !== 'text' || charset === null || collation === 'binary') return null;
    return {
      value: sql`cast(convert(${expression} using utf8mb4) as binary)`,
      elements: null,
      keyType: LONG,
      key: (text) => sql`cast(${text} as binary)`,
      coerce: (part) => String(part),
      served: false,
      strict: true,
    };
  },
  encode: (column, value) => encoderOf(column)(value),
  written({ base, type, name }, text) {
    if (type.kind === 'bytes') return sql`unhex(${text})`;
    if (base === 'bit') return sql`cast(conv(${text}, 2, 10) as unsigned)`;
    if (!SPATIAL.test(base)) return text;
    return sql`st_geomfromtext(${text}, coalesce(st_srid(t.${raw(quote(name))}), 0))`;
  },
  lock: (target) => sql`select 1 from ${joinedWith(target)} for update`,
  remove: (target) => sql`delete t from ${joinedWith(target)}`,
  update(target, sets) {
    const all = sets.map(({ column, value }) => sql`t.${raw(quote(column.name))} = ${value}`);
    return sql`update ${joinedWith(target)} set ${joined(all, ', ')}`;
  },
  settle: null,
};

/**
 * What is read through is locked too, so the records are reached from the keys, by an index that the
 * optimizer may not pass over for being as cheap to scan a small table. Without an index the table is
 * read through once.
 */
function joinedWith({ table, probes, rows, values, on, key }: Target<MyColumn>): Sql {
  const scan = !probes.some(({ served }) => served);
  const sent = sentTable(rows, probes, values, scan);
  if (scan) return sql`${table.from} t straight_join ${sent} on ${on}`;
  const declared = table.info.indexes.filter(
    ({ parts, unique }) => unique && parts.length === key.length && parts.every((part) => key.includes(part)),
  );
  const usable = table.info.indexes.filter(({ parts }) => key.includes(parts[0] ?? ''));
  const names = (declared.length > 0 ? declared : usable).map(({ name }) => quote(name));
  const by = names.length === 0 ? '' : ` force index (${names.join(', ')})`;
  return sql`${sent} straight_join ${table.from} t${raw(by)} on ${on}`;
}

function encoderOf({ type, base, unsigned }: MyColumn): Encode {
  const text = anyText({ nul: true, holds: anything });
  switch (type.kind) {
    case 'integer':
      return unsigned ? integerText(0n, 2n ** 64n - 1n) : integerText(-(2n ** 63n), 2n ** 63n - 1n);
    case 'decimal':
      return decimalText;
    case 'float':
      return floatText;
    case 'boolean':
      return (value) => (typeof value === 'object' ? null : booleanOrNumber(value));
    case 'enum':
      // Another text that is a number would be taken for a member's place.
      return memberText(type.values ?? []);
    case 'bytes':
      return hexText;
    case 'json':
      return jsonText;
    case 'instant':
      return (value) => {
        const given = text(value);
        // `0000-00-00` is no time, but stands in old tables.
        return given === null ? null : (instant(given) ?? given.replace(/^(0000-.*)\+00:00$/, '$1'));
      };
    default:
      return base === 'bit' ? (value) => (/^[01]{1,64}$/.test(String(value)) ? String(value) : null) : text;
  }
}

const instant = toInstant(YEARS, '');
