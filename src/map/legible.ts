import type { Catalog } from '../model/catalog.js';
import { infoOf } from '../model/info-of.js';
import type { Collection, DataMap } from '../model/map.js';

/**
 * The map without what this connection may not read. A collection that can't be searched (its key, a
 * reference or an identifier is unreadable) is left out whole: a reference into it leads to somebody
 * unknown. From others the unreadable columns are left out. `gapsOf` names both.
 */
export function legibleMap(map: DataMap, catalogs: ReadonlyMap<string, Catalog>): DataMap {
  const unreadable = (collection: Collection): ReadonlySet<string> => {
    const info = infoOf(catalogs, collection);
    const told = new Set(info?.fields.map((field) => field.name));
    const named = [
      ...collection.fields.map(({ at }) => at.column),
      ...collection.systemColumns,
      ...neededColumns(collection),
    ];
    return new Set([
      ...(info?.unreadable ?? []),
      ...(info?.hidden === null ? [] : named.filter((column) => !told.has(column))),
    ]);
  };
  const referredTo = (collection: Collection) =>
    map.collections
      .flatMap(({ references }) => references.filter(({ to }) => to === collection.id))
      .flatMap(({ on }) => on);
  return {
    ...map,
    collections: map.collections.flatMap((collection) => {
      const refused = unreadable(collection);
      if (refused.size === 0) return [collection];
      const needed = [...neededColumns(collection), ...referredTo(collection).map(({ column }) => column)];
      return needed.some((column) => refused.has(column)) ? [] : [without(collection, refused)];
    }),
  };
}

function neededColumns(collection: Collection): readonly string[] {
  return [
    ...collection.key,
    ...(collection.subject?.when ?? []).map(({ field }) => field),
    ...collection.references.flatMap(({ fields, when }) => [
      ...fields.map(({ column }) => column),
      ...when.map(({ field }) => field),
    ]),
    ...collection.fields.flatMap(({ identifier, at }) => (identifier === null ? [] : [at.column])),
  ];
}

function without(collection: Collection, refused: ReadonlySet<string>): Collection {
  return {
    ...collection,
    fields: collection.fields
      .filter(({ at }) => !refused.has(at.column))
      .map((field) =>
        field.notice !== null && refused.has(field.notice) ? { ...field, notice: null } : field,
      ),
    systemColumns: collection.systemColumns.filter((column) => !refused.has(column)),
  };
}
