import type { Value } from '../../src/model/value.js';
import { holdsOf } from '../sql/charset.js';
import { toText } from '../sql/coerce.js';
import {
  anyText,
  booleanText,
  decimalText,
  type Encode,
  floatText,
  hexText,
  integerText,
  jsonText,
  memberText,
} from '../sql/encode.js';
import { bound, joined, raw, type Sql, sql } from '../sql/fragment.js';
import type { SqlWriting, Target } from '../sql/writing.js';
import type { PgColumn, PgType } from './column.js';
import type { PgFacts } from './probe.js';
import { quote } from './quote.js';

export function postgresWriting(facts: PgFacts): SqlWriting<PgColumn> {
  return {
    same({ type, deterministic, expression }) {
      if (deterministic || type.kind !== 'text') return null;
      return {
        value: sql`(${expression})::text collate "C"`,
        elements: null,
        keyType: 'text',
        key: null,
        coerce: toText({ length: null, nul: false, holds: holdsOf(facts.encoding) }),
        served: false,
        strict: true,
      };
    },
    encode: (column, value) => encoderOf(column, facts)(value),
    // Its type without a length: a cast to varchar(5) would cut silently, an assignment refuses.
    written: ({ base, cast, type }, text) => sql`${text}::${raw(base === '' ? type.native : cast)}`,
    // In the keys' order, so that two who lock the same records do not wait for each other.
    lock: (target) =>
      sql`select 1 from ${target.table.from} t join ${sent(target)} on ${target.on} order by k.p for update of t`,
    remove: (target) => sql`delete from ${target.table.from} t using ${sent(target)} where ${target.on}`,
    update(target, sets) {
      const all = sets.map(({ column, value }) => sql`${raw(quote(column.name))} = ${value}`);
      return sql`update ${target.table.from} t set ${joined(all, ', ')} from ${sent(target)} where ${target.on}`;
    },
    settle: raw('set constraints all immediate'),
  };
}

/** One array a column: keys in their types, values as text. */
function sent({ rows, probes, values }: Target<PgColumn>): Sql {
  const column = (at: number, type: string) =>
    sql`${bound(rows.map((row) => row[at] ?? null))}::${raw(type)}[]`;
  const keys = probes.map(({ keyType }, at) => column(at, keyType));
  const texts = Array.from({ length: values }, (_one, at) => column(probes.length + at, 'pg_catalog.text'));
  const names = [...keys.map((_key, at) => `k${at}`), ...texts.map((_text, at) => `v${at}`), 'p'].join(', ');
  return sql`unnest(${joined([...keys, ...texts], ', ')}) with ordinality as k(${raw(names)})`;
}

function encoderOf({ type, base, element }: PgType, facts: PgFacts): Encode {
  const text = anyText({ nul: false, holds: holdsOf(facts.encoding) });
  switch (type.kind) {
    case 'integer':
      return integerText(-(2n ** 63n), 2n ** 63n - 1n);
    case 'decimal':
      return orWord(decimalText, /^(NaN|-?Infinity)$/);
    case 'float':
      return orWord(floatText, /^(NaN|-?Infinity)$/);
    case 'boolean':
      return booleanText('true', 'false');
    case 'enum':
      return memberText(type.values ?? []);
    case 'bytes':
      return (value) => {
        const hex = hexText(value);
        return hex === null ? null : `\\x${hex}`;
      };
    case 'json':
      return (value) => {
        const json = jsonText(value);
        // jsonb holds no NUL; the server would refuse it with the text in its message.
        return json === null || (base === 'jsonb' && /(?<!\\)(\\\\)*\\u0000/.test(json)) ? null : text(json);
      };
    case 'array':
      return element === null ? text : arrayText(encoderOf(element, facts));
    default:
      return text;
  }
}

/** What these types have beside numbers. */
function orWord(encode: Encode, words: RegExp): Encode {
  return (value) => (words.test(String(value)) ? String(value) : encode(value));
}

/** An array's own text: each element in quotes, for what it holds may look like anything. */
function arrayText(encode: Encode): Encode {
  const part = (value: Value): string | null => {
    if (value === null) return 'NULL';
    if (Array.isArray(value)) return list(value);
    const text = encode(value);
    return text === null ? null : `"${text.replace(/["\\]/g, '\\$&')}"`;
  };
  const list = (values: readonly Value[]): string | null => {
    const parts = values.map(part);
    return parts.includes(null) ? null : `{${parts.join(',')}}`;
  };
  return (value) => (Array.isArray(value) ? list(value) : null);
}
