import type { IdentifierTypes } from '../identity/identifier-types.js';
import { type FieldPath, fieldPathText } from '../model/catalog.js';
import type { Collection, Condition, DataMap, IdentifierUse, Reference } from '../model/map.js';

/**
 * The data map compiled for a search: every collection, reference and identifier field has a number,
 * and knows what leads where. Nothing here changes while the search runs.
 */
export interface Atlas {
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
  readonly marks: readonly Mark[];
  readonly placeOf: ReadonlyMap<string, Place>;
}

/** A collection that can be read. */
export interface Place {
  readonly at: number;
  readonly collection: Collection;
  /** References of its records. */
  readonly out: readonly Edge[];
  /** References to its records. */
  readonly into: readonly Edge[];
  readonly marks: readonly Mark[];
  /** Columns that every query on it fetches. */
  readonly columns: readonly string[];
  /** Another collection stands for the same table: a row that is no person by `subject.when` is not of this one. */
  readonly parted: boolean;
  /** Nothing is reached through its records, so whose they are can wait until the end. */
  readonly leaf: boolean;
}

/** A reference that is followed. */
export interface Edge {
  readonly at: number;
  readonly reference: Reference;
  readonly relation: 'owned-by' | 'owns' | 'mentions';
  readonly from: Place;
  /** null: the collection's source cannot be read, so nothing is known of what it leads to. */
  readonly to: Place | null;
  /** The target's `on` fields are its key: no need to keep them apart. */
  readonly onKey: boolean;
  /** Values must be compared as text: two databases do not share a collation. */
  readonly acrossSources: boolean;
  /** Some identifier says `of` this reference: where it leads must be known. */
  readonly carries: boolean;
}

/** How a match on an identifier field bears on its record. */
export type Bearing =
  /** the record is the person's own */
  | { readonly kind: 'own' }
  /** the record that the reference leads to is */
  | { readonly kind: 'of'; readonly edge: Edge }
  /** the record only names the person */
  | { readonly kind: 'mention' };

/** A field that is searched for identifiers. */
export interface Mark {
  readonly at: number;
  readonly place: Place;
  readonly field: FieldPath;
  readonly name: string;
  readonly use: IdentifierUse;
  readonly bearing: Bearing;
  /** Its values extend the search when the root they belong to is own. */
  readonly carried: boolean;
}

interface Draft {
  readonly at: number;
  readonly collection: Collection;
  readonly parted: boolean;
  readonly out: Edge[];
  readonly into: Edge[];
  readonly marks: Mark[];
  columns: readonly string[];
  leaf: boolean;
}

/** `readable` says whether a source takes part in the search. */
export function compileAtlas(
  map: DataMap,
  types: IdentifierTypes,
  readable: (source: string) => boolean,
): Atlas {
  const drafts: Draft[] = map.collections
    .filter((collection) => readable(collection.source))
    .map((collection, at) => ({
      at,
      collection,
      parted: map.collections.some((other) => other !== collection && isSameTable(other, collection)),
      out: [],
      into: [],
      marks: [],
      columns: [],
      leaf: false,
    }));
  const draftOf = new Map(drafts.map((draft) => [draft.collection.id, draft]));

  const edges: Edge[] = [];
  for (const draft of drafts) {
    for (const reference of draft.collection.references) {
      if (reference.relation === 'none') continue;
      const target = draftOf.get(reference.to) ?? null;
      const edge: Edge = {
        at: edges.length,
        reference,
        relation: reference.relation,
        from: draft,
        to: target,
        onKey: target !== null && isKey(reference.on, target.collection.key),
        acrossSources: target === null || target.collection.source !== draft.collection.source,
        carries: draft.collection.fields.some(
          (field) => field.identifier !== null && saysOf(field.of, reference),
        ),
      };
      edges.push(edge);
      draft.out.push(edge);
      target?.into.push(edge);
    }
  }

  const marks: Mark[] = [];
  for (const draft of drafts) {
    for (const field of draft.collection.fields) {
      if (field.identifier === null || field.relation === 'none') continue;
      const bearing = bearingOf(draft, field.name);
      if (bearing === null) continue;
      const type = types.get(field.identifier.type);
      const mark: Mark = {
        at: marks.length,
        place: draft,
        field: field.at,
        name: `${draft.collection.id}.${field.name}`,
        use: field.identifier,
        bearing,
        carried:
          type.strength === 'strong' &&
          field.identifier.encoding === null &&
          (bearing.kind === 'of' || (bearing.kind === 'own' && draft.collection.subject !== null)),
      };
      marks.push(mark);
      draft.marks.push(mark);
    }
  }

  for (const draft of drafts) {
    draft.columns = columnsOf(draft);
    draft.leaf =
      draft.collection.subject === null &&
      draft.into.length === 0 &&
      draft.out.every((edge) => edge.relation !== 'owns');
  }
  return { places: drafts, edges, marks, placeOf: draftOf };
}

/** Follows `of` from field to field until it says whose the identifier is; null: nobody's that is searched. */
function bearingOf(draft: Draft, name: string): Bearing | null {
  const seen = new Set<string>();
  let current = name;
  while (!seen.has(current)) {
    seen.add(current);
    const field = draft.collection.fields.find((each) => each.name === current);
    if (field?.relation === 'mentions') return { kind: 'mention' };
    if (field?.relation === 'none') return null;
    const of = field?.of ?? null;
    if (of === null) return { kind: 'own' };
    const edge = draft.out.find((each) => saysOf(of, each.reference));
    if (edge !== undefined) return { kind: 'of', edge };
    current = of;
  }
  return null;
}

function isSameTable(one: Collection, other: Collection): boolean {
  return one.source === other.source && one.table === other.table;
}

function saysOf(of: string | null, reference: Reference): boolean {
  return of !== null && reference.fields.some((field) => fieldPathText(field) === of);
}

function isKey(on: readonly FieldPath[], key: readonly string[]): boolean {
  return (
    on.length === key.length &&
    on.every((field, index) => field.path.length === 0 && field.column === key[index])
  );
}

function columnsOf(draft: Draft): readonly string[] {
  const columns = new Set<string>();
  const conditions = (list: readonly Condition[]) => {
    for (const condition of list) columns.add(condition.field);
  };
  for (const edge of draft.out) {
    for (const field of edge.reference.fields) columns.add(field.column);
    conditions(edge.reference.when);
  }
  for (const edge of draft.into) {
    if (!edge.onKey) for (const field of edge.reference.on) columns.add(field.column);
  }
  for (const mark of draft.marks) columns.add(mark.field.column);
  conditions(draft.collection.subject?.when ?? []);
  return [...columns];
}
