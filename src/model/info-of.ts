import type { Catalog, CollectionInfo } from './catalog.js';
import type { Collection } from './map.js';

/**
 * The table that a collection of the map stands for; undefined where its source did not answer, or does
 * not tell of it.
 *
 * @param catalogs by source name.
 */
export function infoOf(
  catalogs: ReadonlyMap<string, Catalog>,
  { source, table }: Pick<Collection, 'source' | 'table'>,
): CollectionInfo | undefined {
  return catalogs.get(source)?.collections.find(({ id }) => id === table);
}
