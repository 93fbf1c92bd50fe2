import type { CollectionInfo, FieldInfo, FieldPath } from '../model/catalog.js';
import { didYouMeanOf } from './did-you-mean.js';
import type { LoadedMap, MapPath } from './loaded.js';
import type { Reporter } from './reporter.js';
import type { WrittenCollection, WrittenSource } from './schema.js';

/** A collection of the map together with the table it stands for. */
export interface Placed {
  /** `source.name`. */
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly entry: WrittenCollection;
  readonly from: WrittenSource;
  readonly info: CollectionInfo;
  readonly columns: ReadonlyMap<string, FieldInfo>;
  readonly path: MapPath;
}

/**
 * The columns of a table as the source tells them. Of one that is not wholly told, a column that the map
 * names may well be there: it is taken as a column of which nothing is known.
 */
export function columnsOf(info: CollectionInfo): ReadonlyMap<string, FieldInfo> {
  const told = info.fields.map((field) => [field.name, field] as const);
  return info.hidden === null ? new Map(told) : new PartlyTold(told);
}

class PartlyTold extends Map<string, FieldInfo> {
  override get(name: string): FieldInfo {
    return super.get(name) ?? { ...UNKNOWN, name };
  }
}

const UNKNOWN: Omit<FieldInfo, 'name'> = {
  type: { kind: 'other', native: 'unknown', length: null },
  nullable: true,
  generated: false,
  hasDefault: false,
  comment: null,
};

/** What the parts of the resolution share. */
export interface Resolving {
  readonly loaded: LoadedMap;
  /** By `source.name`, in the map's order. */
  readonly placed: ReadonlyMap<string, Placed>;
  /** Sources without a catalog: nothing of theirs can be told. */
  readonly unreadable: ReadonlySet<string>;
  readonly report: Reporter;
}

/** Whether anybody has begun to fill the collection in; the skeleton that `dsr init` writes is untouched. */
export function isUntouched(entry: WrittenCollection): boolean {
  return Object.keys(entry.fields ?? {}).length === 0 && (entry.references ?? []).length === 0;
}

/** The table's name as a person would write it. */
export function tableName(info: CollectionInfo): string {
  return info.schema === null || info.unqualified ? info.name : `${info.schema}.${info.name}`;
}

/** A column of the collection by its plain name; reports one that is not there. */
export function columnOf(placed: Placed, name: string, path: MapPath, report: Reporter): FieldInfo | null {
  const column = placed.columns.get(name);
  if (column !== undefined) return column;
  report.error(path, unknownColumn(placed, name), didYouMeanOf(name, placed.columns.keys(), 'columns'));
  return null;
}

/**
 * A column, or a place inside one: `profile.newsletter.email`, `items[].email`, `tags[]`. A column
 * whose own name has dots or brackets is found before any path is tried; the longest name wins.
 * Reports a name that leads nowhere.
 */
export function fieldPathOf(placed: Placed, name: string, path: MapPath, report: Reporter): FieldPath | null {
  const found = readPath(name, (column) => placed.columns.has(column));
  if (found === null && placed.info.hidden !== null) return fieldPathUnseen(name);
  if (found === null) {
    const column = /^[^.[]*/.exec(name)?.[0] ?? name;
    report.error(path, unknownColumn(placed, name), didYouMeanOf(column, placed.columns.keys(), 'columns'));
    return null;
  }
  const type = placed.columns.get(found.column)?.type;
  const [step] = found.path;
  if (type === undefined || step === undefined) return found;
  const inside =
    type.kind === 'json' ||
    type.kind === 'text' ||
    type.kind === 'other' ||
    (type.kind === 'array' && step === '[]');
  if (inside) return found;
  const hint =
    type.kind === 'array' ? `its elements are ${found.column}[]` : `name the column: ${found.column}`;
  report.error(path, `'${name}' leads into ${found.column}, which is ${type.native}`, hint);
  return null;
}

/** The same where the schema is not known: the first dot or bracket ends the column. */
export function fieldPathUnseen(name: string): FieldPath {
  const end = name.search(/[.[]/);
  const column = end < 0 ? name : name.slice(0, end);
  return readPath(name, (candidate) => candidate === column) ?? { column: name, path: [] };
}

function readPath(name: string, isColumn: (name: string) => boolean): FieldPath | null {
  if (isColumn(name)) return { column: name, path: [] };
  for (let end = name.length - 1; end > 0; end--) {
    if (name[end] !== '.' && name[end] !== '[') continue;
    const column = name.slice(0, end);
    const steps = isColumn(column) ? stepsOf(name.slice(end)) : null;
    if (steps !== null) return { column, path: steps };
  }
  return null;
}

/** `.newsletter.email` or `[].email` as steps; null where it is neither. */
function stepsOf(text: string): readonly string[] | null {
  if (!/^(?:\[\]|\.[^.[\]]+)+$/.test(text)) return null;
  return [...text.matchAll(/\[\]|\.([^.[\]]+)/g)].map((match) => match[1] ?? '[]');
}

function unknownColumn(placed: Placed, name: string): string {
  return `'${name}' is no column of ${tableName(placed.info)}`;
}
