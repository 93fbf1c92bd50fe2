import type { CollectionInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Value } from '../../src/model/value.js';
import { rowText } from './memory-values.js';

export type MemoryRow = Readonly<Record<string, Value>>;
/** A record's number in its collection: stays the same whatever is written into it. */
export type RowId = number;

export interface MemoryCollection {
  readonly info: CollectionInfo;
  readonly rows: readonly MemoryRow[];
  /** Waited before each record, to be slow on purpose. */
  readonly pauseMs?: number;
  /** No privilege to change it. */
  readonly readOnly?: boolean;
  /** What ON DELETE SET DEFAULT writes; null where nothing is said. */
  readonly defaults?: MemoryRow;
  /** The table's CHECK: false refuses the row. */
  readonly accepts?: (row: MemoryRow) => boolean;
}

export interface MemoryTable extends Omit<MemoryCollection, 'rows'> {
  /** As committed, in the order in which they came. */
  readonly rows: Map<RowId, MemoryRow>;
}

/** What is committed, and which records are held by a writer. */
export interface MemoryStore {
  readonly tables: ReadonlyMap<string, MemoryTable>;
  /** @throws DsrError config where there is no such collection. */
  table(collection: string): MemoryTable;
  /** Who holds a record. */
  holder(collection: string, id: RowId): object | undefined;
  hold(collection: string, id: RowId, by: object): void;
  release(by: object): void;
  /** As another program would, committed at once; what a writer holds, or newly refers to, is transient. */
  insert(collection: string, rows: readonly MemoryRow[]): void;
  /** As another program would: a row for a row, null deletes. Nothing is enforced, nothing cascades. */
  change(collection: string, to: (row: MemoryRow) => MemoryRow | null): void;
}

export function memoryStore(collections: readonly MemoryCollection[]): MemoryStore {
  const tables = new Map<string, MemoryTable>();
  const next = new Map<string, RowId>();
  const held = new Map<string, object>();
  for (const collection of collections) {
    tables.set(collection.info.id, { ...collection, rows: new Map() });
  }
  const table = (collection: string) => {
    const found = tables.get(collection);
    if (found === undefined) throw new DsrError('config', `there is no collection '${collection}'`);
    return found;
  };
  const store: MemoryStore = {
    tables,
    table,
    holder: (collection, id) => held.get(`${collection} ${id}`),
    hold: (collection, id, by) => held.set(`${collection} ${id}`, by),
    release(by) {
      for (const [row, holder] of [...held]) if (holder === by) held.delete(row);
    },
    insert(collection, rows) {
      const { info, rows: all } = table(collection);
      for (const row of rows) {
        refuseHeldTargets(store, info, row);
        const id = next.get(collection) ?? 0;
        next.set(collection, id + 1);
        all.set(id, addressed(info, row, id));
      }
    },
    change(collection, to) {
      const { info, rows } = table(collection);
      for (const [id, row] of [...rows]) {
        const after = to(row);
        if (after === row) continue;
        if (store.holder(collection, id) !== undefined) throw locked(collection);
        if (after === null) rows.delete(id);
        else {
          refuseHeldTargets(store, info, after);
          rows.set(id, after);
        }
      }
    },
  };
  for (const { info, rows } of collections) store.insert(info.id, rows);
  return store;
}

export function locked(collection: string): DsrError {
  return new DsrError('transient', `a record of ${collection} is held by a writer`);
}

function refuseHeldTargets(store: MemoryStore, info: CollectionInfo, row: MemoryRow): void {
  for (const { to, fields, on } of info.references) {
    const target = store.tables.get(to);
    const text = rowText(info, fields, row);
    if (target === undefined || text === null) continue;
    for (const [id, parent] of target.rows) {
      if (store.holder(to, id) !== undefined && rowText(target.info, on, parent) === text) throw locked(to);
    }
  }
}

/** A row with its address, where that is the collection's key. */
function addressed(info: CollectionInfo, row: MemoryRow, id: RowId): MemoryRow {
  const [field] = info.key.fields;
  return info.key.kind === 'physical' && field !== undefined ? { ...row, [field]: id } : row;
}
