import type { Catalog } from '../model/catalog.js';
import { infoOf } from '../model/info-of.js';
import type { Collection, SourceEntry } from '../model/map.js';
import { listed } from './did-you-mean.js';

/** What a result would silently lack. Each makes every answer incomplete (exit 3). */
export interface Gap {
  /**
   * columns: of a collection, neither mapped, system nor ignored · tables: of a source, neither mapped
   * nor nonpersonal · hidden: rows or columns, or whole schemas, that this connection may not see.
   */
  readonly kind: 'columns' | 'tables' | 'hidden';
  readonly source: string;
  /** Collection.id; null for tables and for hidden schemas. */
  readonly collection: string | null;
  /** The columns, tables or hidden schemas; for a hidden collection the reason. */
  readonly names: readonly string[];
  /** One sentence with all of it. */
  readonly message: string;
}

export function gapsOf(
  sources: readonly SourceEntry[],
  collections: readonly Collection[],
  catalogs: ReadonlyMap<string, Catalog>,
): readonly Gap[] {
  const columns = collections.flatMap(({ id, source, unmappedColumns: names }): readonly Gap[] =>
    names.length === 0
      ? []
      : [
          {
            kind: 'columns',
            source,
            collection: id,
            names,
            message: `${id}: unmapped ${plural('column', names)}`,
          },
        ],
  );
  const tables = sources.flatMap(({ name, unmappedTables: names }): readonly Gap[] =>
    names.length === 0
      ? []
      : [
          {
            kind: 'tables',
            source: name,
            collection: null,
            names,
            message: `${name}: unmapped ${plural('table', names)}`,
          },
        ],
  );
  const hidden = collections.flatMap(({ id, source, table }): readonly Gap[] => {
    const info = infoOf(catalogs, { source, table });
    const reason = info === undefined ? 'no privilege on it, or it is not there' : info.hidden;
    if (reason === null) return [];
    return [
      {
        kind: 'hidden',
        source,
        collection: id,
        names: [reason],
        message: `${id}: not all of it can be read: ${reason}`,
      },
    ];
  });
  const schemas = sources.flatMap(({ name }): readonly Gap[] => {
    const names = catalogs.get(name)?.hidden ?? [];
    if (names.length === 0) return [];
    return [
      {
        kind: 'hidden',
        source: name,
        collection: null,
        names,
        message: `${name}: what ${plural('schema', names)} hold${names.length === 1 ? 's' : ''} cannot be read: no right to use ${names.length === 1 ? 'it' : 'them'}`,
      },
    ];
  });
  return [...columns, ...tables, ...hidden, ...schemas];
}

function plural(word: string, names: readonly string[]): string {
  const shown = names.length > 12 ? [...names.slice(0, 12), `${names.length - 12} more`] : names;
  return `${word}${names.length === 1 ? '' : 's'} ${listed(shown, 'and')}`;
}
