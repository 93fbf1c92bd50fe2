import type { WrittenCollection, WrittenField, WrittenMap, WrittenSource } from './schema.js';
import { RELATIONS } from './schema.js';

/** Where a reference leads, by the names of the map. */
export interface Target {
  readonly source: string;
  readonly collection: string;
  /** As the map spells it; null where only a collection was named. */
  readonly field: string | null;
}

/**
 * `references: field · collection.field · source.collection.field`. A field may itself have dots (a
 * path into JSON), so the longest reading that the map's names allow is taken.
 *
 * @returns null where no collection of that name is in the map.
 */
export function targetOfField(
  map: WrittenMap,
  source: string,
  collection: string,
  text: string,
): Target | null {
  const [first = '', second = '', ...rest] = text.split('.');
  if (rest.length > 0 && collectionOf(map, first, second) !== undefined) {
    return { source: first, collection: second, field: rest.join('.') };
  }
  if (second !== '' && collectionOf(map, source, first) !== undefined) {
    return { source, collection: first, field: [second, ...rest].join('.') };
  }
  const own = collectionOf(map, source, collection);
  const known = second === '' || (own !== undefined && mentionsColumn(own, first.replaceAll('[]', '')));
  return known ? { source, collection, field: text } : null;
}

/** `to: collection · source.collection`. */
export function targetOfCollection(map: WrittenMap, source: string, text: string): Target | null {
  const [first = '', second, ...rest] = text.split('.');
  if (rest.length > 0) return null;
  if (second === undefined) {
    return collectionOf(map, source, first) === undefined ? null : { source, collection: first, field: null };
  }
  return collectionOf(map, first, second) === undefined
    ? null
    : { source: first, collection: second, field: null };
}

/** Every name under which a collection can be referred to from a source. */
export function collectionNames(map: WrittenMap, source: string): readonly string[] {
  const own = Object.keys(map.sources[source]?.collections ?? {});
  const all = Object.entries(map.sources).flatMap(([name, entry]) =>
    Object.keys(entry.collections ?? {}).map((collection) => `${name}.${collection}`),
  );
  return [...own, ...all];
}

/** The collections of a source; one with nothing behind its name is empty. */
export function collectionsOf(source: WrittenSource): readonly (readonly [string, WrittenCollection])[] {
  return Object.entries(source.collections ?? {}).map(([name, entry]) => [name, entry ?? {}] as const);
}

/** The fields of a collection, a lone word turned into what it stands for. */
export function fieldsOf(collection: WrittenCollection): readonly (readonly [string, WrittenField])[] {
  return Object.entries(collection.fields ?? {}).map(([name, entry]) => {
    if (typeof entry !== 'string') return [name, entry] as const;
    const relation = RELATIONS.find((word) => word === entry);
    if (relation !== undefined) return [name, { relation }] as const;
    return [name, { category: entry as NonNullable<WrittenField['category']> }] as const;
  });
}

/** A field that refers, or whose relation is taken from a foreign key. */
export function mayRefer(field: WrittenField): boolean {
  if (field.references !== undefined) return true;
  return (
    field.relation === 'owned-by' ||
    field.relation === 'owns' ||
    (field.relation !== undefined && field.category === undefined)
  );
}

function collectionOf(map: WrittenMap, source: string, collection: string): WrittenCollection | undefined {
  if (!Object.hasOwn(map.sources, source)) return undefined;
  const collections = map.sources[source]?.collections ?? {};
  return Object.hasOwn(collections, collection) ? (collections[collection] ?? {}) : undefined;
}

function mentionsColumn(collection: WrittenCollection, column: string): boolean {
  const names = [
    ...Object.keys(collection.fields ?? {}),
    ...(collection.system ?? []),
    ...(collection.ignore ?? []),
  ];
  return names.some((name) => name.split('.')[0]?.replaceAll('[]', '') === column);
}
