import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import type { Call, Found, Hit, Match, Query } from '../../src/connector/contract.js';
import { CHUNK } from '../../src/connector/key-set.js';
import type { CollectionInfo, FieldPath } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Condition } from '../../src/model/map.js';
import type { Key, Scalar, Value } from '../../src/model/value.js';
import type { MemoryRow } from './memory-store.js';
import { coerced, keyScalar, typeOf, valuesAt } from './memory-values.js';

const BATCH = 500;

/** Every row compared with every key: slow and obvious. */
export async function* searched(
  call: Call,
  { info, rows, pauseMs = 0 }: SearchedTable,
  query: Query,
): AsyncGenerator<readonly Found[]> {
  // The time that the source takes counts, not what is done with a batch.
  let end = Date.now() + call.timeoutMs;
  stopIfOver(call, end);
  for (const field of [...query.fields, ...query.key]) typeOf(info, field);
  const lookups = query.matches.map((match) => lookupOf(info, match));
  let batch: Found[] = [];
  for (const [number, row] of rows.entries()) {
    if (pauseMs > 0) await wait(pauseMs);
    if (pauseMs > 0 || number % 200 === 0) {
      await breathe();
      stopIfOver(call, end);
    }
    const matched = lookups.flatMap((lookup, match) => lookup(row).map((key): Hit => ({ match, key })));
    if (matched.length === 0) continue;
    batch.push({
      key: keyOf(info, query.key, row),
      values: query.fields.map(valueIn(row)),
      matched,
    });
    if (batch.length === BATCH) {
      yield batch;
      end = Date.now() + call.timeoutMs;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

export interface SearchedTable {
  readonly info: CollectionInfo;
  readonly rows: readonly MemoryRow[];
  readonly pauseMs?: number | undefined;
}

/** The positions of the asked keys that a row matches, ascending. */
function lookupOf(info: CollectionInfo, match: Match): (row: MemoryRow) => readonly number[] {
  const positions = new Map<string, number[]>();
  let position = 0;
  for (const chunk of match.keys.chunks(CHUNK)) {
    for (const key of chunk) {
      const text = joined(key.map((part, at) => askedText(info, match, at, part)));
      if (text !== null) {
        const known = positions.get(text);
        if (known === undefined) positions.set(text, [position]);
        else known.push(position);
      }
      position += 1;
    }
  }
  return (row) => {
    if (!match.when.every((condition) => holds(info, condition, row))) return [];
    const parts = match.fields.map((field) => textsIn(info, match, field, row));
    const hits = combinations(parts).flatMap((texts) => positions.get(JSON.stringify(texts)) ?? []);
    return [...new Set(hits)].sort((a, b) => a - b);
  };
}

function askedText(info: CollectionInfo, match: Match, at: number, part: Scalar): string | null {
  const field = match.fields[at];
  if (field === undefined) return null;
  if (match.mode !== 'exact') return String(part);
  return field.path.length > 0 ? String(part) : coerced(typeOf(info, field.column), part);
}

function textsIn(info: CollectionInfo, match: Match, field: FieldPath, row: MemoryRow): readonly string[] {
  const type = typeOf(info, field.column);
  return valuesAt(row[field.column] ?? null, field.path).flatMap((value) => {
    const text = field.path.length > 0 ? String(value) : coerced(type, value);
    if (text === null) return [];
    if (match.mode === 'folded') return [text.toLowerCase()];
    if (match.mode === 'digits') return [text.replace(/\D/g, '')];
    return [text];
  });
}

function holds(info: CollectionInfo, condition: Condition, row: MemoryRow): boolean {
  const type = typeOf(info, condition.field);
  const value = row[condition.field] ?? null;
  const text = value === null ? null : coerced(type, keyScalar(value) ?? '');
  return condition.anyOf.some((wanted) =>
    wanted === null ? value === null : text !== null && coerced(type, wanted) === text,
  );
}

export function keyOf(info: CollectionInfo, fields: readonly string[], row: MemoryRow): Key {
  return fields.map((field) => {
    const part = keyScalar(row[field] ?? null);
    if (part === null) throw new DsrError('data', `a key field of ${info.id} is null: ${field}`);
    return part;
  });
}

const valueIn =
  (row: MemoryRow) =>
  (field: string): Value =>
    row[field] ?? null;

function joined(texts: readonly (string | null)[]): string | null {
  return texts.includes(null) ? null : JSON.stringify(texts);
}

function combinations(parts: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>(
    (all, texts) => all.flatMap((start) => texts.map((text) => [...start, text])),
    [[]],
  );
}

export function stopIfOver(call: Call, end: number): void {
  if (call.signal.aborted) throw new DsrError('cancelled', 'cancelled');
  if (Date.now() >= end) {
    throw new DsrError('transient', `the source did not answer within ${call.timeoutMs} ms`);
  }
}
