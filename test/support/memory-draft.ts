import type { MemoryRow, MemoryStore, RowId } from './memory-store.js';
import { rowText } from './memory-values.js';

/** Changed rows by collection; null: deleted. */
export type Changes = Map<string, Map<RowId, MemoryRow | null>>;

/** What one statement sees and changes: put aside when it is refused, else kept in the transaction. */
export interface Draft {
  readonly store: MemoryStore;
  readonly changes: Changes;
  rows(collection: string): ReadonlyMap<RowId, MemoryRow>;
  put(collection: string, id: RowId, row: MemoryRow | null): void;
  /** The records that hold this text in these fields, as it is now. */
  idsAt(collection: string, fields: readonly string[], text: string): readonly RowId[];
}

interface Index {
  readonly fields: readonly string[];
  readonly ids: Map<string, Set<RowId>>;
}

/** Over what is committed now and what the transaction changed before. */
export function draftOf(store: MemoryStore, before: Changes): Draft {
  const copies = new Map<string, Map<RowId, MemoryRow>>();
  const indexes = new Map<string, Index[]>();
  const changes: Changes = new Map();
  const rows = (collection: string) => {
    const copy = copies.get(collection) ?? rowsWith(store, before, collection);
    copies.set(collection, copy);
    return copy;
  };
  const text = (collection: string, { fields }: Index, row: MemoryRow | null | undefined) =>
    row === null || row === undefined ? null : rowText(store.table(collection).info, fields, row);
  const add = (index: Index, at: string | null, id: RowId) => {
    if (at === null) return;
    const ids = index.ids.get(at) ?? new Set();
    index.ids.set(at, ids.add(id));
  };
  const indexOn = (collection: string, fields: readonly string[]) => {
    const all = indexes.get(collection) ?? [];
    const known = all.find((index) => index.fields.join('\0') === fields.join('\0'));
    if (known !== undefined) return known;
    const made: Index = { fields, ids: new Map() };
    for (const [id, row] of rows(collection)) add(made, text(collection, made, row), id);
    indexes.set(collection, [...all, made]);
    return made;
  };
  return {
    store,
    changes,
    rows,
    put(collection, id, row) {
      const copy = rows(collection);
      for (const index of indexes.get(collection) ?? []) {
        const old = text(collection, index, copy.get(id));
        if (old !== null) index.ids.get(old)?.delete(id);
        add(index, text(collection, index, row), id);
      }
      if (row === null) copy.delete(id);
      else copy.set(id, row);
      changesIn(changes, collection).set(id, row);
    },
    idsAt: (collection, fields, wanted) => [...(indexOn(collection, fields).ids.get(wanted) ?? [])],
  };
}

export function changesIn(changes: Changes, collection: string): Map<RowId, MemoryRow | null> {
  const known = changes.get(collection) ?? new Map<RowId, MemoryRow | null>();
  changes.set(collection, known);
  return known;
}

/** A copy of a collection's rows with a transaction's changes in them. */
export function rowsWith(store: MemoryStore, changes: Changes, collection: string): Map<RowId, MemoryRow> {
  const rows = new Map(store.table(collection).rows);
  for (const [id, row] of changes.get(collection) ?? []) {
    if (row === null) rows.delete(id);
    else rows.set(id, row);
  }
  return rows;
}
