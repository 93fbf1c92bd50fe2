import type { CollectionInfo } from '../model/catalog.js';
import type { Collection, Field, Mask } from '../model/map.js';
import { mayBeNull } from './nullable.js';

/** What a record loses, and how. */
export interface FieldMask {
  /** Field.name, or a column's where the map has no field for it. */
  readonly field: string;
  readonly to: Mask;
  /** It is part of the record's key: masked, the record has another one. Only where the map says how. */
  readonly touchesKey: boolean;
  /** Others refer to it: masked, they refer to nothing. Only where the map says how. */
  readonly isReferred: boolean;
}

export interface MaskedFields {
  readonly changes: readonly FieldMask[];
  /** Personal fields that stay as they are; `why` names no value. */
  readonly stays: readonly { readonly field: string; readonly why: string }[];
}

/**
 * What becomes of the fields of a record that is masked (contract.md §1, Masks): every personal field
 * goes, as it says itself, else to NULL where the column may be null, else to a pseudonym. Keys,
 * references, what others refer to, and system fields stay unless they say how; so does a foreign key to a
 * table outside the map that may not be null, for which no value could be made up. A column that goes takes
 * the places inside it along; what is only redacted does not.
 *
 * @param isReferred whether any reference, of the map or of the database, leads to the column.
 */
export function maskedFields(
  collection: Collection,
  info: CollectionInfo,
  isReferred: (column: string) => boolean,
): MaskedFields {
  const changes: FieldMask[] = [];
  const stays: { field: string; why: string }[] = [];
  for (const field of collection.fields) {
    const bound = boundBy(field, collection, info, isReferred);
    if (field.mask === 'keep') {
      if (field.personal) stays.push({ field: field.name, why: 'the map says keep' });
    } else if (field.mask === null && !field.personal) {
      // Nobody's: it neither goes nor is it told of.
    } else if (bound !== null && (field.mask === null || bound === GENERATED)) {
      stays.push({ field: field.name, why: bound });
    } else changes.push(maskOf(field, collection, info, isReferred));
  }
  return { changes: withoutInner(changes, collection), stays };
}

/**
 * What a retained record loses at once: the fields that `retain.mask` names. They are said explicitly,
 * so that references and system fields go too; but not what the map keeps, a key, or a reference that
 * may not be null (which `map check` refuses).
 */
export function minimisedFields(
  collection: Collection,
  info: CollectionInfo,
  names: readonly string[],
): readonly FieldMask[] {
  const changes = names.flatMap((name) => {
    const field = collection.fields.find((one) => one.name === name);
    if (field === undefined || field.mask === 'keep') return [];
    const change = maskOf(field, collection, info, () => false);
    const isLost = change.to !== 'null' && refers(field.at.column, collection) && field.mask === null;
    return change.touchesKey || isLost || isGenerated(field.at.column, info) ? [] : [change];
  });
  return withoutInner(changes, collection);
}

/**
 * What a mention loses with the person whom one of its fields names: that field, and every field that
 * says `of:` it, directly or through another. A reference that may not be null stays.
 */
export function clearedFields(
  collection: Collection,
  info: CollectionInfo,
  named: string,
): readonly FieldMask[] {
  const names = new Set([named]);
  // A Set is walked to its end while it grows.
  for (const name of names) {
    for (const field of collection.fields) if (field.of === name) names.add(field.name);
  }
  return minimisedFields(collection, info, [...names]);
}

const GENERATED = 'the database computes it';

function boundBy(
  { at }: Field,
  collection: Collection,
  info: CollectionInfo,
  isReferred: (column: string) => boolean,
): string | null {
  if (isGenerated(at.column, info)) return GENERATED;
  if (collection.key.includes(at.column)) return 'it is part of the key';
  if (refers(at.column, collection)) return 'it refers to another record';
  if (isLookup(at.column, info) && !mayBeNull(info, at.column))
    return 'it refers to a table outside the map, and may not be null';
  return isReferred(at.column) ? 'other records refer to it' : null;
}

function maskOf(
  field: Field,
  { key }: Collection,
  info: CollectionInfo,
  isReferred: (column: string) => boolean,
): FieldMask {
  const { column, path } = field.at;
  return {
    field: field.name,
    // Inside a document a value can always be taken out; an element of a list that is no document, too.
    to: field.mask ?? (path.length > 0 || mayBeNull(info, column) ? 'null' : 'pseudonym'),
    touchesKey: key.includes(column),
    isReferred: isReferred(column),
  };
}

function withoutInner(changes: readonly FieldMask[], { fields }: Collection): readonly FieldMask[] {
  const at = new Map(fields.map((field) => [field.name, field.at]));
  const whole = new Set(
    changes.flatMap(({ field, to }) => {
      const place = at.get(field);
      return place !== undefined && place.path.length === 0 && to !== 'redact' ? [place.column] : [];
    }),
  );
  return changes.filter(({ field }) => {
    const place = at.get(field);
    return place === undefined || place.path.length === 0 || !whole.has(place.column);
  });
}

function refers(column: string, { references }: Collection): boolean {
  return references.some((reference) => reference.fields.some((field) => field.column === column));
}

/** A foreign key that no reference of the map stands for: a country, a status. */
function isLookup(column: string, { references }: CollectionInfo): boolean {
  return references.some(({ fields }) => fields.includes(column));
}

function isGenerated(column: string, info: CollectionInfo): boolean {
  return info.fields.some((field) => field.name === column && field.generated);
}
