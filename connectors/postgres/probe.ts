import { isIP } from 'node:net';
import type { FieldPath } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import { holdsOf } from '../sql/charset.js';
import type { Coerce } from '../sql/coerce.js';
import * as canonical from '../sql/coerce.js';
import { toDate, toInstant, toTime, toTimestamp } from '../sql/coerce-time.js';
import type { Probe } from '../sql/dialect.js';
import { joined, raw, type Sql, sql } from '../sql/fragment.js';
import type { PgColumn } from './column.js';
import { literal } from './quote.js';

/** What a session knows of its server once it is connected. */
export interface PgFacts {
  /** A collation by which lower() folds all letters; null: the column's own does. */
  readonly fold: string | null;
  /** The server's encoding; a character outside it is in no value, and may not be sent. */
  readonly encoding: string;
}

export function probeOf(
  column: PgColumn,
  { path }: FieldPath,
  mode: MatchMode,
  at: number,
  facts: PgFacts,
): Probe {
  const whole = { ...column, element: null, length: column.type.length, values: column.type.values };
  if (column.type.kind === 'json') return jsonProbe(column, path, mode, at, facts);
  if (column.element !== null && path.length > 0) {
    const from = sql` cross join lateral unnest(${column.expression}) with ordinality x${raw(`${at}(v, o)`)}`;
    const { element } = column;
    const one = {
      ...element,
      deterministic: column.deterministic && element.base !== 'citext',
      length: element.type.length,
      values: element.type.values,
    };
    return {
      ...compared(raw(`x${at}.v`), one, mode, facts),
      elements: { from, ordinal: raw(`x${at}.o`) },
      key: null,
      served: true,
    };
  }
  return { ...compared(column.expression, whole, mode, facts), elements: null, key: null, served: true };
}

type Compared = Pick<Probe, 'value' | 'keyType' | 'coerce' | 'strict'>;
type Of = Pick<PgColumn, 'base' | 'cast' | 'precision' | 'deterministic'> & {
  readonly length: number | null;
  readonly values: readonly string[] | undefined;
};

const BIGINT = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const DAYS = { lastYear: 5_874_896, unbounded: true };
const MOMENTS = { lastYear: 294_275, unbounded: true };

/** Types whose keys are checked in code and cast to the column's own type, which keeps its index. */
function typed(of: Of): Coerce | null {
  if (of.values !== undefined) return canonical.toMember(of.values);
  switch (of.base) {
    case 'int2':
    case 'int4':
    case 'int8':
      return canonical.toInteger(...BIGINT);
    case 'oid':
      return canonical.toInteger(0n, 2n ** 32n - 1n);
    case 'numeric':
      return canonical.toDecimal(of.precision?.digits ?? null, of.precision?.scale ?? null);
    case 'float4':
    case 'float8':
      return canonical.toFloat(of.base === 'float4');
    case 'bool':
      return canonical.toBoolean('true', 'false');
    case 'uuid':
      return canonical.toUuid;
    case 'date':
      return toDate(DAYS);
    case 'time':
      return toTime;
    case 'timestamp':
      return toTimestamp(MOMENTS);
    case 'timestamptz':
      return toInstant(MOMENTS, '+00');
    case 'bytea':
      return canonical.toBytes;
    case 'inet':
    case 'cidr':
      return toAddress;
    case 'tid':
      return (part) => (/^\(\d{1,10},\d{1,5}\)$/.test(String(part)) ? String(part) : null);
    default:
      return null;
  }
}

/** Types that compare with a wider one by the same index; that one takes every key. */
const WIDER: Readonly<Record<string, string>> = { int2: 'int8', int4: 'int8', int8: 'int8', cidr: 'inet' };
const TEXTS = new Set(['text', 'varchar', 'bpchar', 'name', 'char']);
const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric', 'oid']);

function compared(value: Sql, of: Of, mode: MatchMode, facts: PgFacts): Compared {
  const anyText = canonical.toText({ length: null, nul: false, holds: holdsOf(facts.encoding) });
  if (mode === 'digits' && !NUMBERS.has(of.base)) {
    const digits = sql`regexp_replace(${asText(value, of)}, '[^0-9]', '', 'g')`;
    return { value: digits, keyType: 'text', coerce: anyText, strict: true };
  }
  if (of.base === 'citext') return { value, keyType: of.cast, coerce: anyText, strict: false };
  if (mode === 'folded' && (TEXTS.has(of.base) || of.values !== undefined)) {
    return { value: lower(asText(value, of), facts), keyType: 'text', coerce: anyText, strict: true };
  }
  const coerce = typed(of);
  if (coerce !== null) {
    return {
      value,
      keyType: WIDER[of.base] ?? of.cast,
      coerce: mode === 'digits' ? canonical.digitsTo(coerce) : coerce,
      // ::1 has more than one spelling.
      strict: of.base !== 'inet' && of.base !== 'cidr',
    };
  }
  if (of.base === 'bpchar') {
    const trimmed: Coerce = (part) => anyText(part)?.replace(/ +$/, '') ?? null;
    return { value, keyType: 'bpchar', coerce: trimmed, strict: of.deterministic };
  }
  const coerceText = canonical.toText({ length: of.length, nul: false, holds: holdsOf(facts.encoding) });
  return { value: asText(value, of), keyType: 'text', coerce: coerceText, strict: of.deterministic };
}

function asText(value: Sql, { base }: Pick<Of, 'base'>): Sql {
  return base === 'text' || base === 'varchar' ? value : sql`(${value})::text`;
}

function lower(value: Sql, { fold }: PgFacts): Sql {
  return fold === null ? sql`lower(${value})` : sql`lower(${value} collate ${raw(fold)})`;
}

const toAddress: Coerce = (part) => {
  const [address = '', bits, ...rest] = String(part).toLowerCase().split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return null;
  if (bits === undefined) return address;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) ? `${address}/${bits}` : null;
};

/** Inside JSON everything compares as text; null there is no value, as everywhere. */
function jsonProbe(
  { expression, base }: PgColumn,
  path: readonly string[],
  mode: MatchMode,
  at: number,
  facts: PgFacts,
): Probe {
  const text: Of = {
    ...{ base: 'text', cast: 'text', precision: null, deterministic: true },
    ...{ length: null, values: undefined },
  };
  const from: Sql[] = [];
  const ordinals: Sql[] = [];
  let value = expression;
  let steps: string[] = [];
  for (const step of path) {
    if (step !== '[]') {
      steps.push(step);
      continue;
    }
    const alias = `x${at}_${from.length}`;
    const here = steps.length === 0 ? value : sql`(${value} #> ${steppedTo(steps)})`;
    const [type, none] = [raw(base), raw(`'[]'::${base}`)];
    const list = sql`case when ${type}_typeof(${here}) = 'array' then ${here} else ${none} end`;
    from.push(sql` cross join lateral ${type}_array_elements(${list}) with ordinality ${raw(alias)}(v, o)`);
    ordinals.push(raw(`${alias}.o`));
    [value, steps] = [raw(`${alias}.v`), []];
  }
  const found = sql`(${value} #>> ${steppedTo(steps)})`;
  return {
    ...compared(found, text, mode, facts),
    elements:
      from.length === 0 ? null : { from: joined(from, ''), ordinal: joined(ordinals, ' * 1000000 + ') },
    key: null,
    served: true,
  };
}

/** Written out, not bound, so that an index on the expression fits. */
function steppedTo(steps: readonly string[]): Sql {
  const parts = steps.map((step) => `"${step.replace(/["\\]/g, '\\$&')}"`);
  return raw(`${literal(`{${parts.join(',')}}`)}::text[]`);
}
