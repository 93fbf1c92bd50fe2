import type { Call, Connector } from '../../src/connector/contract.js';
import { searched, stopIfOver } from './memory-find.js';
import { scanned } from './memory-scan.js';
import { type MemoryCollection, type MemoryRow, memoryStore } from './memory-store.js';
import { type Hooks, memoryWriter } from './memory-writer.js';

export type { Event } from './memory-statement.js';
export type { MemoryCollection, MemoryRow } from './memory-store.js';
export type { Hooks, Step } from './memory-writer.js';

export interface MemoryConnector extends Connector {
  /** How many times `find` or `scan` was called, over all readers and writers. */
  readonly queries: number;
  /** Adds rows as another connection would: open readers do not see them. */
  insert(collection: string, rows: readonly MemoryRow[]): void;
  /** As another connection would: a row for a row, null deletes. Nothing is enforced, nothing cascades. */
  change(collection: string, to: (row: MemoryRow) => MemoryRow | null): void;
  /** All that is committed; a record that is changed keeps its place. */
  dump(): Readonly<Record<string, readonly MemoryRow[]>>;
}

export interface MemoryContents {
  readonly collections: readonly MemoryCollection[];
  /** Absent methods mean a source that is only read. */
  readonly readOnly?: boolean;
  readonly hooks?: Hooks;
}

/**
 * The reference connector: slow and obvious. What it answers is what the contract means, and what it
 * keeps (NOT NULL, unique and foreign keys, from the catalog) it keeps as SQL engines do; the real
 * connectors are held against it.
 */
export function memoryConnector({ collections, readOnly, hooks = {} }: MemoryContents): MemoryConnector {
  const store = memoryStore(collections);
  let queries = 0;
  const counted = () => {
    queries += 1;
  };
  const connector: MemoryConnector = {
    properties: {
      matchModes: ['exact', 'folded', 'digits'],
      atomicity: 'transaction',
      concurrency: 4,
      lookup: 'scan',
    },
    get queries() {
      return queries;
    },
    insert: store.insert,
    change: store.change,
    dump() {
      return Object.fromEntries([...store.tables].map(([id, { rows }]) => [id, [...rows.values()]]));
    },
    async check() {
      return [];
    },
    async describe(call) {
      stopIfOver(call, Date.now() + call.timeoutMs);
      return { collections: [...store.tables.values()].map(({ info }) => info) };
    },
    async reader(call) {
      stopIfOver(call, Date.now() + call.timeoutMs);
      const snapshot = new Map([...store.tables].map(([id, { rows }]) => [id, [...rows.values()]]));
      return {
        async *find(query) {
          counted();
          const table = store.table(query.collection);
          yield* searched(call, { ...table, rows: snapshot.get(query.collection) ?? [] }, query);
        },
        async *scan(query) {
          counted();
          const table = store.table(query.collection);
          yield* scanned(call, { ...table, rows: snapshot.get(query.collection) ?? [] }, query);
        },
        async close() {},
      };
    },
    async close() {},
  };
  if (readOnly === true) return connector;
  return Object.assign(connector, {
    writer: (call: Call) => memoryWriter(call, store, hooks, counted),
  });
}
