import { tableName } from '../map/placed.js';
import type { Catalog, CollectionInfo, FieldKind } from '../model/catalog.js';
import type { Collection, DataMap } from '../model/map.js';
import type { ValuePlace } from './matcher.js';

/** A table that is searched through, mapped or not. */
export interface DeepTable {
  readonly source: string;
  readonly info: CollectionInfo;
  /** As a person would write it. */
  readonly name: string;
  /** Those of the map that stand for it; none: it is not mapped. */
  readonly collections: readonly Collection[];
  /** What its records are told apart by. */
  readonly key: readonly string[];
  readonly columns: readonly DeepColumn[];
}

export interface DeepColumn extends ValuePlace {
  readonly name: string;
}

const TEXTS: ReadonlySet<FieldKind> = new Set(['text', 'json', 'array', 'enum', 'uuid', 'other']);
const NUMBERS: ReadonlySet<FieldKind> = new Set(['integer', 'decimal', 'float']);

/** `id`, `person_id`, `personId`: a reference where no foreign key says so. */
const COUNTING_NAME = /(?:^|_)(?:id|ID)$|[a-z]Id$/;

/**
 * Every table of a source, with the columns that can hold a text or a number; what is not a table of its
 * own (a view, a partition) shows through its tables. Encoded columns hold no texts; where types promise
 * nothing, any other may.
 */
export function deepTables(map: DataMap, source: string, catalog: Catalog): readonly DeepTable[] {
  const named = namedColumns(map);
  return catalog.collections
    .filter(({ kind }) => kind === 'table')
    .map((info) => {
      const collections = map.collections.filter((one) => one.source === source && one.table === info.id);
      const counting = new Set([
        ...info.key.fields,
        ...info.references.flatMap(({ fields }) => fields),
        ...collections.flatMap(({ references }) =>
          references.flatMap(({ fields }) => fields.map(({ column }) => column)),
        ),
      ]);
      const encoded = new Set(
        collections.flatMap(({ fields }) =>
          fields.flatMap(({ identifier, at }) => (identifier?.encoding ? [at.column] : [])),
        ),
      );
      const columns = info.fields
        .filter(({ type: { kind } }) => catalog.loose === true || TEXTS.has(kind) || NUMBERS.has(kind))
        .filter(({ name }) => !encoded.has(name) && info.unreadable?.includes(name) !== true)
        .map(({ name, type }) => ({
          name,
          numeric: NUMBERS.has(type.kind),
          counts: counting.has(name) || COUNTING_NAME.test(name),
          named: named.get(name.toLowerCase()) ?? [],
        }));
      return {
        source,
        info,
        name: tableName(info),
        collections,
        key: collections[0]?.key ?? info.key.fields,
        columns,
      };
    });
}

/** Types by the name of a column in which the map has one. */
function namedColumns({ collections }: DataMap): ReadonlyMap<string, readonly string[]> {
  const types = new Map<string, string[]>();
  for (const { identifier, at } of collections.flatMap(({ fields }) => fields)) {
    if (identifier === null || identifier.encoding !== null) continue;
    const name = (at.path.findLast((step) => step !== '[]') ?? at.column).toLowerCase();
    types.set(name, [...(types.get(name) ?? []), identifier.type]);
  }
  return types;
}
