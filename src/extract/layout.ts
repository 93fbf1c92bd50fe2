import { within } from '../map/categories.js';
import type { FieldPath, FieldType } from '../model/catalog.js';
import type { Collection, DataMap, Field, Reference } from '../model/map.js';

/** One thing that a record of a collection may show: a column, or a place inside one. */
export interface Slot {
  /** As the map spells it. */
  readonly name: string;
  /** Index into the row's values. */
  readonly column: number;
  readonly path: readonly string[];
  /** null: a system column or one that only a key, a reference or a condition names. */
  readonly field: Field | null;
  readonly type: FieldType | null;
  /** References that this very place is a part of. */
  readonly references: readonly Reference[];
  readonly isKey: boolean;
  readonly personal: boolean;
  readonly export: 'show' | 'stated' | 'omit';
  /** Nothing can stand against showing it in an own or shared record. */
  readonly plain: boolean;
  /** Index of the slot that `of` names. */
  readonly of: number | null;
  /** Indexes of the slots inside this column, where this is the whole of it. */
  readonly inner: readonly number[];
  /** Index of the whole column's slot, where this is a place inside it. */
  readonly whole: number | null;
}

export interface Layout {
  readonly collection: Collection;
  /** In the order of the columns; a whole column before the places inside it. */
  readonly slots: readonly Slot[];
  /** Collections in which nobody is described: a reference into one says nothing of another person. */
  readonly impersonal: ReadonlySet<string>;
}

/** The columns that an extract of the collection needs: all that may be shown, and no other. */
export function columnsOf(collection: Collection): readonly string[] {
  const refused = new Set([...collection.ignoredColumns, ...collection.unmappedColumns]);
  const wanted = [
    // A row's address tells nobody anything, and is another one tomorrow.
    ...(collection.keyKind === 'physical' ? [] : collection.key),
    ...collection.fields.map((field) => field.at.column),
    ...collection.references.flatMap((reference) => reference.fields.map((field) => field.column)),
    ...collection.systemColumns,
    ...collection.fields.flatMap((field) => (field.notice === null ? [] : [field.notice])),
  ];
  return [...new Set(wanted)].filter((column) => !refused.has(column));
}

/** How rows of the collection are to be read. Ignored and unmapped columns have no place in it. */
export function layoutOf(
  map: DataMap,
  collection: Collection,
  columns: readonly string[],
  types: readonly (FieldType | null)[] = [],
): Layout {
  const allowed = new Set(columnsOf(collection));
  const drafts = columns.flatMap((column, index) => {
    if (!allowed.has(column)) return [];
    const fields = collection.fields.filter((field) => field.at.column === column);
    const whole = fields.find((field) => field.at.path.length === 0) ?? null;
    const inner = fields.filter((field) => field.at.path.length > 0);
    const isKey = collection.key.includes(column);
    const places: { at: FieldPath; field: Field | null }[] = inner.map((field) => ({ at: field.at, field }));
    // A column that only paths are mapped of does not come out whole, unless the map names it besides.
    const named = whole !== null || inner.length === 0 || isKey || collection.systemColumns.includes(column);
    if (named) places.unshift({ at: { column, path: [] }, field: whole });
    return places.map((place) => ({ ...place, index, type: place.field?.type ?? types[index] ?? null }));
  });
  const indexOf = (name: string) => drafts.findIndex((draft) => nameOf(draft.at, draft.field) === name);

  const slots = drafts.map(({ at, field, index, type }, self): Slot => {
    const ofIndex = field?.of == null ? -1 : indexOf(field.of);
    const wholeIndex = drafts.findIndex((draft) => draft.index === index && draft.at.path.length === 0);
    const references = collection.references.filter((reference) =>
      reference.fields.some((part) => samePlace(part, at)),
    );
    const inner = drafts.flatMap((draft, i) =>
      at.path.length === 0 && draft.index === index && draft.at.path.length > 0 ? [i] : [],
    );
    return {
      name: nameOf(at, field),
      column: index,
      path: at.path,
      field,
      type,
      references,
      isKey: at.path.length === 0 && collection.key.includes(at.column),
      personal: field?.personal ?? false,
      export: exportOf(field),
      // An `of` that names no slot points at nobody: it is judged by its own place, hence another's.
      of: field?.of == null ? null : ofIndex >= 0 ? ofIndex : self,
      inner,
      plain:
        at.path.length + inner.length + references.length === 0 &&
        field?.of == null &&
        field?.relation !== 'mentions' &&
        exportOf(field) === 'show',
      whole: at.path.length > 0 && wholeIndex >= 0 ? wholeIndex : null,
    };
  });
  return { collection, slots, impersonal: impersonalOf(map) };
}

function nameOf(at: FieldPath, field: Field | null): string {
  return field?.name ?? at.column;
}

function samePlace(a: FieldPath, b: FieldPath): boolean {
  return a.column === b.column && JSON.stringify(a.path) === JSON.stringify(b.path);
}

/** A secret is at most said to be there, whatever the map says of it (law.md §1). */
function exportOf(field: Field | null): Slot['export'] {
  if (field === null) return 'show';
  return isSecret(field.category) && field.export === 'show' ? 'stated' : field.export;
}

export function isSecret(category: string | null): boolean {
  return category !== null && within(category, 'user.authorization');
}

function impersonalOf(map: DataMap): ReadonlySet<string> {
  const nobody = map.collections.filter(
    (collection) =>
      collection.subject === null &&
      collection.unmappedColumns.length === 0 &&
      !collection.fields.some((field) => field.personal) &&
      !collection.references.some((reference) => reference.relation !== 'none'),
  );
  return new Set(nobody.map((collection) => collection.id));
}
