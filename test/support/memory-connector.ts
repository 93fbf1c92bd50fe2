import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import type { Call, Connector, Found, Hit, Match, Query, Reader } from '../../src/connector/contract.js';
import { CHUNK } from '../../src/connector/key-set.js';
import type { CollectionInfo, FieldPath, FieldType } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Condition } from '../../src/model/map.js';
import type { Key, Scalar, Value } from '../../src/model/value.js';
import { coerced, keyScalar, valuesAt } from './memory-values.js';

export type MemoryRow = Readonly<Record<string, Value>>;

export interface MemoryCollection {
  readonly info: CollectionInfo;
  readonly rows: readonly MemoryRow[];
  /** Waited before each record, to be slow on purpose. */
  readonly pauseMs?: number;
}

export interface MemoryConnector extends Connector {
  /** How many times `find` was called, over all readers. */
  readonly queries: number;
  /** Adds rows as another connection would: open readers do not see them. */
  insert(collection: string, rows: readonly MemoryRow[]): void;
}

const BATCH = 500;

/**
 * The reference connector: slow and obvious, every record compared with every key. What it answers is
 * what the contract means; the real connectors are held against it.
 */
export function memoryConnector(contents: {
  readonly collections: readonly MemoryCollection[];
}): MemoryConnector {
  const infos = new Map(contents.collections.map(({ info }) => [info.id, info]));
  const pauses = new Map(contents.collections.map(({ info, pauseMs }) => [info.id, pauseMs ?? 0]));
  const tables = new Map(
    contents.collections.map(({ info, rows }) => [info.id, rows.map((row, at) => addressed(info, row, at))]),
  );
  let queries = 0;
  return {
    properties: {
      matchModes: ['exact', 'folded', 'digits'],
      atomicity: 'none',
      concurrency: 4,
      lookup: 'scan',
    },
    get queries() {
      return queries;
    },
    insert(collection, rows) {
      const info = infos.get(collection);
      const held = tables.get(collection);
      if (info === undefined || held === undefined) throw new Error(`there is no collection ${collection}`);
      for (const row of rows) held.push(addressed(info, row, held.length));
    },
    async check() {
      return [];
    },
    async describe(call) {
      stopIfOver(call, Date.now() + call.timeoutMs);
      return { collections: [...infos.values()] };
    },
    async reader(call) {
      stopIfOver(call, Date.now() + call.timeoutMs);
      const snapshot = new Map([...tables].map(([id, rows]) => [id, [...rows]]));
      return memoryReader(call, infos, snapshot, pauses, () => {
        queries += 1;
      });
    },
    async close() {},
  };
}

function memoryReader(
  call: Call,
  infos: ReadonlyMap<string, CollectionInfo>,
  tables: ReadonlyMap<string, readonly MemoryRow[]>,
  pauses: ReadonlyMap<string, number>,
  counted: () => void,
): Reader {
  async function* find(query: Query): AsyncGenerator<readonly Found[]> {
    counted();
    const info = infos.get(query.collection);
    const rows = tables.get(query.collection);
    if (info === undefined || rows === undefined) {
      throw new DsrError('config', `there is no collection '${query.collection}'`);
    }
    // The time that the source takes counts, not what is done with a batch.
    let end = Date.now() + call.timeoutMs;
    stopIfOver(call, end);
    for (const field of [...query.fields, ...query.key]) typeOf(info, field);
    const lookups = query.matches.map((match) => lookupOf(info, match));
    let batch: Found[] = [];
    const pause = pauses.get(query.collection) ?? 0;
    for (const [number, row] of rows.entries()) {
      if (pause > 0) await wait(pause);
      if (pause > 0 || number % 200 === 0) {
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
  return { find, async close() {} };
}

/** The positions of the asked keys that a row matches, ascending. */
function lookupOf(info: CollectionInfo, match: Match): (row: MemoryRow) => readonly number[] {
  const positions = new Map<string, number[]>();
  let position = 0;
  for (const chunk of match.keys.chunks(CHUNK)) {
    for (const key of chunk) {
      const text = joined(key.map((part, at) => askedText(info, match, at, part)));
      if (text !== null) positions.set(text, [...(positions.get(text) ?? []), position]);
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

function keyOf(info: CollectionInfo, fields: readonly string[], row: MemoryRow): Key {
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

const ROW_NUMBER: FieldType = { kind: 'integer', native: 'row number', length: null };

/** A row with its address, where that is the collection's key. */
function addressed(info: CollectionInfo, row: MemoryRow, at: number): MemoryRow {
  const [field] = info.key.fields;
  return info.key.kind === 'physical' && field !== undefined ? { ...row, [field]: at } : row;
}

function typeOf(info: CollectionInfo, column: string): FieldType {
  const field = info.fields.find(({ name }) => name === column);
  if (field !== undefined) return field.type;
  if (info.key.kind === 'physical' && info.key.fields.includes(column)) return ROW_NUMBER;
  throw new DsrError('config', `there is no field '${column}' in ${info.id}`);
}

function joined(texts: readonly (string | null)[]): string | null {
  return texts.includes(null) ? null : JSON.stringify(texts);
}

function combinations(parts: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>(
    (all, texts) => all.flatMap((start) => texts.map((text) => [...start, text])),
    [[]],
  );
}

function stopIfOver(call: Call, end: number): void {
  if (call.signal.aborted) throw new DsrError('cancelled', 'cancelled');
  if (Date.now() >= end) {
    throw new DsrError('transient', `the source did not answer within ${call.timeoutMs} ms`);
  }
}
