import type { Catalog, CollectionInfo } from '../model/catalog.js';
import { fieldPathText } from '../model/catalog.js';
import type { Collection, DataMap, Field, Reference } from '../model/map.js';

/**
 * Whose a field is in a record of this person: theirs, somebody else's, or that of whom a reference
 * leads to, which is told record by record.
 */
export type Whose = 'person' | 'another' | Reference;

/** Why a field is never set: it stays as it is, or a person has to change it by hand. */
export interface Barrier {
  readonly action: 'keep' | 'manual';
  readonly why: string;
  readonly hint: string;
}

/** Follows `of` until it says whose the value is. */
export function whoseIs(collection: Collection, start: Field): Whose {
  const seen = new Set<Field>();
  for (let field = start; !seen.has(field); ) {
    seen.add(field);
    if (field.relation !== null) return 'another';
    const { of } = field;
    if (of === null) return 'person';
    const reference = collection.references.find(({ fields }) =>
      fields.some((at) => fieldPathText(at) === of),
    );
    if (reference !== undefined) return reference.relation === 'none' ? 'another' : reference;
    field = collection.fields.find(({ name }) => name === of) ?? field;
  }
  return 'another';
}

interface Standing {
  readonly map: DataMap;
  readonly catalog: Catalog | undefined;
  readonly collection: Collection;
  readonly info: CollectionInfo;
}

export function barrierOf(standing: Standing, field: Field): Barrier | null {
  const { collection, info } = standing;
  const { column, path } = field.at;
  const told = (action: Barrier['action'], why: string, hint: string): Barrier => ({ action, why, hint });
  if (!field.rectify) {
    return told('keep', 'history must stand there (rectify: false)', 'name another field');
  }
  if (whoseIs(collection, field) === 'another') {
    return told(
      'keep',
      "the map does not say that it is this person's",
      'change it with a request of whom it names, or by hand',
    );
  }
  if (info.fields.find(({ name }) => name === column)?.generated === true) {
    return told('keep', 'the database computes it', 'name the field that it is made from');
  }
  if (path.length > 0) return null;
  const byHand = 'change it by hand, with everything that refers to it';
  if (collection.key.includes(column) || (info.key.kind === 'declared' && info.key.fields.includes(column))) {
    return told('manual', 'it is the key of its record', byHand);
  }
  if (refersByIt(collection, info, column)) {
    return told('manual', 'it refers to another record', byHand);
  }
  return isReferred(standing, column) ? told('manual', 'other records refer to it', byHand) : null;
}

function refersByIt(collection: Collection, info: CollectionInfo, column: string): boolean {
  return (
    collection.references.some(({ fields }) => fields.some((at) => at.column === column)) ||
    info.references.some(({ fields }) => fields.includes(column))
  );
}

function isReferred({ map, catalog, collection, info }: Standing, column: string): boolean {
  const byMap = map.collections.some(({ references }) =>
    references.some(({ to, on }) => to === collection.id && on.some((at) => at.column === column)),
  );
  return (
    byMap ||
    (catalog?.collections ?? []).some(({ references }) =>
      references.some(({ to, on }) => to === info.id && on.includes(column)),
    )
  );
}
