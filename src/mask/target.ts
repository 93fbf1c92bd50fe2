import type { CheckInfo, CollectionInfo, FieldType } from '../model/catalog.js';
import type { Collection, IdentifierUse } from '../model/map.js';
import { uniqueKeys } from '../model/unique-keys.js';

/** A place that a value is made for. */
export interface MaskTarget {
  /** For messages: `crm.customers.email`. */
  readonly name: string;
  /** The column in which it is. */
  readonly column: string;
  readonly identifier: IdentifierUse | null;
  readonly category: string | null;
  /** Of what stands at the place: of a list's element where the path leads there. */
  readonly type: FieldType;
  /** Inside a JSON document, where the kind follows from what stands there. */
  readonly inDocument: boolean;
  /** Part of any unique key. */
  readonly unique: boolean;
  /** Those of the whole collection; none for what is inside a column. */
  readonly checks: readonly CheckInfo[];
}

const UNKNOWN: FieldType = { kind: 'other', native: 'unknown', length: null };

/**
 * A field of the map, or a column that it has no field for, as a target.
 *
 * @param name Field.name or a column's.
 */
export function maskTarget(
  collection: Pick<Collection, 'id' | 'fields'>,
  info: CollectionInfo,
  name: string,
): MaskTarget {
  const field = collection.fields.find((one) => one.name === name);
  const at = field?.at ?? { column: name, path: [] };
  const column = info.fields.find((one) => one.name === at.column);
  const type = column?.type ?? field?.type ?? UNKNOWN;
  const steps = at.path.length;
  const place = placeType(type, at.path);
  return {
    name: `${collection.id}.${name}`,
    column: at.column,
    identifier: field?.identifier ?? null,
    category: field?.category ?? null,
    type: place ?? UNKNOWN,
    inDocument: place === null,
    unique: steps === 0 && uniqueKeys(info).some(({ columns }) => columns.includes(at.column)),
    checks: steps === 0 ? (info.checks ?? []) : [],
  };
}

/** The element of a list that a path leads to; null: it leads into a document. */
function placeType(type: FieldType, path: readonly string[]): FieldType | null {
  const [step, ...rest] = path;
  if (step === undefined) return type;
  if (type.kind !== 'array' || type.element === undefined) return null;
  // PostgreSQL's arrays of several dimensions are of one type.
  return step === '[]'
    ? placeType(type.element.kind === 'array' || rest[0] !== '[]' ? type.element : type, rest)
    : null;
}
