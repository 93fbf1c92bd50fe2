import pg from 'pg';
import type { FieldPath, FieldType } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import type { Value } from '../../src/model/value.js';
import { integerOf, momentOf, textOf } from '../sql/decode.js';
import type { SqlDialect } from '../sql/dialect.js';
import { bound, joined, raw, sql } from '../sql/fragment.js';
import type { Raw, Row } from '../sql/session.js';
import { columnOf, type Table } from '../sql/table.js';
import type { PgColumn } from './column.js';
import { holding } from './holding.js';
import { type PgFacts, probeOf } from './probe.js';
import { quote } from './quote.js';
import { postgresWriting } from './writing.js';

export function postgresDialect(facts: PgFacts): SqlDialect<PgColumn> {
  const probe = (table: Table<PgColumn>, field: FieldPath, mode: MatchMode, at: number) =>
    probeOf(columnOf(table, field.column), field, mode, at, facts);
  return {
    writing: postgresWriting(facts),
    quote,
    // With `= any ($1)` 10,000 keys turned to a sequential scan; a join with unnest keeps the index.
    keys(rows, probes) {
      const arrays = probes.map(({ keyType: type }, at) => {
        const parts = rows.map((row) => row[at] ?? '');
        return sql`${bound(parts)}::${raw(type)}[]`;
      });
      const names = probes.map((_probe, at) => `k${at}`).join(', ');
      return sql` join unnest(${joined(arrays, ', ')}) with ordinality as k(${raw(`${names}, p`)})`;
    },
    probe,
    // Typed, since an untyped parameter would be guessed from what stands beside it.
    literal: (text, type) => sql`${bound(text)}::${raw(type)}`,
    // Every value's own text is lossless under the session's settings.
    selected: ({ expression }) => expression,
    holding,
    sometimes: raw('random() < 0.015625'),
    decoder,
    // Whether an index can serve at all, not whether it is worth it on today's few rows.
    explain: (statement) => [
      raw('set local enable_seqscan = off'),
      raw('set local enable_hashjoin = off'),
      raw('set local enable_mergejoin = off'),
      sql`explain (format json) ${statement}`,
    ],
    usesIndex,
    indexHint(table, fields, mode) {
      if (fields.some(({ path }) => path.includes('[]'))) return null;
      const parts = fields.map((field, at) => {
        const column = columnOf(table, field.column);
        const { value } = probe(table, field, mode, at);
        const text = value.text.join('').replace(`t.${quote(column.name)}`, quote(column.name));
        return text === quote(column.name) || /^\w+\(/.test(text) ? text : `(${text})`;
      });
      // A partitioned table takes no CONCURRENTLY.
      const how = table.identity.includes('tableoid') ? '' : ' concurrently';
      return `create index${how} on ${table.from.text.join('')} (${parts.join(', ')});`;
    },
  };
}

type Decode = (raw: Raw) => Value;
/** pg's parser of text[]: nested arrays of texts and nulls. Its types know no array's number. */
const parserOf = pg.types.getTypeParser as (oid: number, format: 'text') => unknown;
const arrayOf = parserOf(1009, 'text') as (text: string) => readonly NestedText[];
type NestedText = string | null | readonly NestedText[];

function decoder(type: FieldType): Decode {
  const decode = textDecoder(type);
  return (raw) => (raw === null ? null : decode(textOf(raw)));
}

function textDecoder(type: FieldType): (text: string) => Value {
  switch (type.kind) {
    case 'integer':
      return integerOf;
    case 'float':
      return Number;
    case 'boolean':
      return (text) => text === 't';
    case 'timestamp':
    case 'instant':
      return momentOf;
    case 'bytes':
      return (text) => Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
    case 'json':
      return (json) => ({ json });
    case 'array': {
      const element = type.element === undefined ? (text: string) => text : textDecoder(type.element);
      const nested = (part: NestedText): Value =>
        part === null ? null : typeof part === 'string' ? element(part) : part.map(nested);
      return (text) => arrayOf(text).map(nested);
    }
    default:
      return (text) => text;
  }
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly Alias?: string;
  readonly 'Index Cond'?: string;
  readonly 'TID Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

function usesIndex(plan: readonly Row[]): boolean {
  const [tree] = JSON.parse(String(plan[0]?.[0] ?? '[]')) as readonly { readonly Plan: PlanNode }[];
  const scans = tree === undefined ? [] : scansOf(tree.Plan);
  return scans.length > 0 && scans.every(byKey);
}

/** Every access to `t`; a partition stands there as `t_1`. */
function scansOf(node: PlanNode): readonly PlanNode[] {
  if (node.Alias !== undefined && /^t(_\d+)?$/.test(node.Alias)) return [node];
  return (node.Plans ?? []).flatMap(scansOf);
}

/** Reached by the key's value, not by reading an index from end to end. */
function byKey(node: PlanNode): boolean {
  const condition = node['Index Cond'] ?? node['TID Cond'] ?? '';
  return /\bk\.k\d/.test(condition) || (node.Plans ?? []).some(byKey);
}
