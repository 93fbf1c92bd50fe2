import type { Reader } from '../connector/contract.js';
import type { Catalog } from '../model/catalog.js';
import type { SourceStatus } from '../model/subject.js';
import type { DeepTable } from './columns.js';

/** What a deep search did not see. */
export interface Unsearched {
  readonly source: string;
  /** null: of the source as a whole. */
  readonly table: string | null;
  /** In words, names no value. */
  readonly why: string;
}

/** Sources that were not searched, and what of the others is not told of at all. */
export function unsearchedSources({
  catalogs,
  readers,
  statuses,
}: {
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly statuses: readonly SourceStatus[];
}): readonly Unsearched[] {
  return statuses.flatMap(({ source, status, error }): readonly Unsearched[] => {
    const catalog = catalogs.get(source);
    const reader = readers.get(source);
    if (status !== 'searched' || catalog === undefined || reader === undefined) {
      return [{ source, table: null, why: error ?? 'it could not be read' }];
    }
    if (reader.scan === undefined) {
      return [{ source, table: null, why: 'its connector can only be asked for what the map names' }];
    }
    const unseen = catalog.unseen === undefined ? [] : [catalog.unseen];
    const hidden = (catalog.hidden ?? []).map((schema) => `no right to use the schema ${schema}`);
    return [...unseen, ...hidden].map((why) => ({ source, table: null, why }));
  });
}

/** What of a table this connection does not see. */
export function tableGaps({ source, name, info }: DeepTable): readonly Unsearched[] {
  const { hidden, unreadable = [] } = info;
  if (hidden !== null) return [{ source, table: name, why: hidden }];
  return unreadable.length === 0
    ? []
    : [{ source, table: name, why: `no right to read ${unreadable.join(', ')}` }];
}
