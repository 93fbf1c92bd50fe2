import { mayBeNull } from '../mask/nullable.js';
import type {
  Catalog,
  CollectionInfo,
  FieldPath,
  IncomingReference,
  ReferenceInfo,
} from '../model/catalog.js';
import { fieldPathText } from '../model/catalog.js';
import { infoOf } from '../model/info-of.js';
import type { Collection, Condition, DataMap, OnErase, Reference, Relation } from '../model/map.js';

/**
 * The map and the schemas as erasure sees them: every table whose rows may stand in the way, and every
 * way in which one row can point at another, by the map or by a foreign key alone. Numbered in the
 * map's order, so that the same map gives the same plan.
 */
export interface Terrain {
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
  readonly placeOf: ReadonlyMap<string, Place>;
  /** Foreign keys from tables that cannot be asked, with the places they point at. */
  readonly unasked: readonly (IncomingReference & { readonly place: Place })[];
}

/** A collection, or a table that the map leaves out but that refers to one. */
export interface Place {
  readonly at: number;
  readonly source: string;
  /** null: outside the map (unmapped or `nonpersonal`). */
  readonly collection: Collection | null;
  readonly info: CollectionInfo;
  /** The same for collections over one table: their rows are the same rows. */
  readonly table: number;
  readonly key: readonly string[];
  readonly out: readonly Edge[];
  readonly into: readonly Edge[];
}

/** A reference of the map, or a foreign key that no reference stands for. */
export interface Edge {
  readonly at: number;
  /** `crm.orders.customer_id`; of a foreign key outside the map, its table and name. */
  readonly name: string;
  readonly from: Place;
  readonly to: Place;
  readonly relation: Relation;
  readonly onErase: OnErase;
  readonly fields: readonly FieldPath[];
  readonly on: readonly FieldPath[];
  readonly when: readonly Condition[];
  /** The target's `on` fields are its key. */
  readonly onKey: boolean;
  /** Two databases do not share a collation: only the same text is the same. */
  readonly acrossSources: boolean;
  /** What is set null to let go, by name as a plan has it; empty: it may not be. */
  readonly clears: readonly string[];
  /** The foreign key behind it; null: only the map knows of it. */
  readonly constraint: ReferenceInfo | null;
}

type Draft = { -readonly [P in keyof Place]: Place[P] } & { readonly out: Edge[]; readonly into: Edge[] };

export interface TerrainInput {
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Whether a source was searched: what stands in another is not known. */
  readonly isRead: (source: string) => boolean;
}

export function compileTerrain({ map, catalogs, isRead }: TerrainInput): Terrain {
  const drafts: Draft[] = [];
  const tables = new Map<string, number>();
  const add = (source: string, collection: Collection | null, info: CollectionInfo): Draft => {
    const name = `${source}\n${info.id}`;
    const table = tables.get(name) ?? tables.size;
    tables.set(name, table);
    const key = collection?.key ?? info.key.fields;
    const draft: Draft = { at: drafts.length, source, collection, info, table, key, out: [], into: [] };
    drafts.push(draft);
    return draft;
  };
  for (const collection of map.collections) {
    if (!isRead(collection.source)) continue;
    const info = infoOf(catalogs, collection);
    if (info !== undefined) add(collection.source, collection, info);
  }
  const placeOf = new Map(
    drafts.flatMap((draft) => (draft.collection === null ? [] : [[draft.collection.id, draft]])),
  );
  const mapped = new Map<string, readonly Draft[]>();
  for (const draft of drafts) {
    const name = `${draft.source}\n${draft.info.id}`;
    mapped.set(name, [...(mapped.get(name) ?? []), draft]);
  }

  const edges: Edge[] = [];
  const connect = (
    from: Draft,
    to: Draft,
    edge: Omit<Edge, 'at' | 'from' | 'to' | 'onKey' | 'acrossSources'>,
  ) => {
    const made: Edge = {
      ...edge,
      at: edges.length,
      from,
      to,
      onKey: isKey(edge.on, to.key),
      acrossSources: from.source !== to.source,
    };
    edges.push(made);
    from.out.push(made);
    to.into.push(made);
  };
  for (const from of [...drafts]) {
    for (const reference of from.collection?.references ?? []) {
      const to = placeOf.get(reference.to);
      if (to === undefined) continue;
      const { id: name, relation, onErase, fields, on, when } = reference;
      const clears = clearable(from, reference);
      connect(from, to, {
        name,
        relation,
        onErase,
        fields,
        on,
        when,
        clears,
        constraint: constraintOf(from, to, reference),
      });
    }
  }
  for (const [source, catalog] of catalogs) {
    if (!isRead(source)) continue;
    for (const info of catalog.collections) {
      for (const constraint of info.references) {
        for (const to of mapped.get(`${source}\n${constraint.to}`) ?? []) {
          const known = mapped.get(`${source}\n${info.id}`) ?? [];
          const froms =
            known.length > 0
              ? known.filter((from) => !isCovered(from, to, constraint))
              : [outside(source, info)];
          for (const from of froms) connect(from, to, foreignKey(from, constraint));
        }
      }
    }
  }
  const unasked = [...catalogs].flatMap(([source, { incoming }]) =>
    (isRead(source) ? (incoming ?? []) : []).flatMap((key) =>
      (mapped.get(`${source}\n${key.to}`) ?? []).map((place) => ({ ...key, place })),
    ),
  );
  return { places: drafts, edges, placeOf, unasked };

  function outside(source: string, info: CollectionInfo): Draft {
    return (
      drafts.find((draft) => draft.collection === null && draft.source === source && draft.info === info) ??
      add(source, null, info)
    );
  }
}

function foreignKey(
  from: Place,
  constraint: ReferenceInfo,
): Omit<Edge, 'at' | 'from' | 'to' | 'onKey' | 'acrossSources'> {
  const paths = (columns: readonly string[]) => columns.map((column) => ({ column, path: [] }));
  return {
    name: `${from.collection?.id ?? `${from.source}: ${from.info.id}`} (${constraint.name})`,
    relation: 'none',
    onErase: 'keep',
    fields: paths(constraint.fields),
    on: paths(constraint.on),
    when: [],
    clears: [],
    constraint,
  };
}

/** The foreign key over the same columns; of several the one that does most by itself. */
function constraintOf(from: Place, to: Place, reference: Reference): ReferenceInfo | null {
  if (from.source !== to.source) return null;
  const same = from.info.references.filter(
    (key) =>
      key.to === to.info.id &&
      pairs(key.fields, key.on) === pairs(names(reference.fields), names(reference.on)),
  );
  return same.find((key) => key.onDelete !== 'no-action' && key.onDelete !== 'restrict') ?? same[0] ?? null;
}

function isCovered(from: Place, to: Place, constraint: ReferenceInfo): boolean {
  return (from.collection?.references ?? []).some(
    (reference) =>
      reference.to === to.collection?.id &&
      reference.when.length === 0 &&
      pairs(constraint.fields, constraint.on) === pairs(names(reference.fields), names(reference.on)),
  );
}

/** Which columns of a reference are set null to let go: those that nothing else needs. */
function clearable({ collection, info }: Place, reference: Reference): readonly string[] {
  const kept = new Set(collection?.key ?? []);
  for (const other of collection?.references ?? []) {
    if (other.id === reference.id) continue;
    for (const { column } of other.fields) {
      if (!reference.when.some(({ field }) => other.when.some((each) => each.field === field)))
        kept.add(column);
    }
  }
  const free = reference.fields.filter((field) => {
    if (field.path.includes('[]')) return false;
    return field.path.length > 0 || (!kept.has(field.column) && mayBeNull(info, field.column));
  });
  return free.map(fieldPathText);
}

function isKey(on: readonly FieldPath[], key: readonly string[]): boolean {
  return (
    on.length === key.length &&
    on.every((field, index) => field.path.length === 0 && field.column === key[index])
  );
}

/** Undefined for a path: no foreign key speaks of one. */
function names(fields: readonly FieldPath[]): readonly string[] {
  return fields.map((field) => (field.path.length === 0 ? field.column : `\0${fieldPathText(field)}`));
}

function pairs(fields: readonly string[], on: readonly string[]): string {
  return JSON.stringify(fields.map((field, at) => [field, on[at] ?? '']).sort());
}
