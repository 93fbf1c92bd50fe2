import { type Fact, missingFacts } from '../map/missing-facts.js';
import type { ExtractInput } from './input.js';

/** What an extract does not hold, or does not tell, though it should. */
export interface Completeness {
  /** Names of sources that were not searched. */
  readonly sources: readonly string[];
  readonly tables: readonly { readonly source: string; readonly tables: readonly string[] }[];
  readonly columns: readonly { readonly collection: string; readonly columns: readonly string[] }[];
  readonly facts: readonly { readonly collection: string; readonly facts: readonly Fact[] }[];
  /** Rows or columns that dsr was not allowed to read. */
  readonly hidden: ExtractInput['hidden'];
  /** Named, but no gap: the map gives a reason. */
  readonly unsearchable: readonly { readonly collection: string; readonly reason: string }[];
  readonly complete: boolean;
}

export function completenessOf({ map, sources: statuses, hidden }: ExtractInput): Completeness {
  const searched = new Set(
    statuses.filter(({ status }) => status === 'searched').map(({ source }) => source),
  );
  const sources = map.sources.flatMap(({ name }) => (searched.has(name) ? [] : [name]));
  const tables = map.sources.flatMap(({ name, unmappedTables }) =>
    unmappedTables.length === 0 ? [] : [{ source: name, tables: unmappedTables }],
  );
  const columns = map.collections.flatMap(({ id, unmappedColumns }) =>
    unmappedColumns.length === 0 ? [] : [{ collection: id, columns: unmappedColumns }],
  );
  const facts = map.collections.flatMap((collection) => {
    const missing = missingFacts(collection);
    return missing.length === 0 ? [] : [{ collection: collection.id, facts: missing }];
  });
  const unsearchable = map.collections.flatMap(({ id, unsearchable: reason }) =>
    reason === null ? [] : [{ collection: id, reason }],
  );
  const complete = sources.length + tables.length + columns.length + facts.length + hidden.length === 0;
  return { sources, tables, columns, facts, hidden, unsearchable, complete };
}
