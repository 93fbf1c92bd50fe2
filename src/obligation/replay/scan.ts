import type { Reader, Scanned } from '../../connector/contract.js';
import type { IdentifierTypes } from '../../identity/identifier-types.js';
import { compileAtlas, type Edge, type Mark, type Place } from '../../locate/atlas.js';
import { satisfies, scalarsAt } from '../../locate/field-value.js';
import { encodeKey } from '../../locate/key-code.js';
import { tuplesOf } from '../../locate/load.js';
import type { Catalog } from '../../model/catalog.js';
import { DsrError } from '../../model/error.js';
import { infoOf } from '../../model/info-of.js';
import type { DataMap } from '../../model/map.js';
import type { SubjectTag } from '../../model/request.js';
import type { Value } from '../../model/value.js';
import type { Hashing } from './hashing.js';
import { huskFinder, ownMarks, type Swept } from './husks.js';
import { SEPARATOR, type TagMatch } from './protocol.js';
import type { Traces } from './traces.js';

export interface ScanInput {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  /** By source; those that answered. */
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly readers: ReadonlyMap<string, Reader>;
  /** Of those who were erased. */
  readonly tags: readonly SubjectTag[];
  /** Roots that tell nobody and are known by their keys alone. */
  readonly swept: Swept;
  readonly hashing: Hashing;
  /** Where what matched is kept. */
  readonly traces: Traces;
  readonly signal: AbortSignal;
  readonly onProgress: (collection: string, values: number) => void;
}

export interface ScanDone {
  /** How many values were compared. */
  readonly values: number;
  /** What could not be looked at, and why; names no value. */
  readonly incomplete: readonly string[];
  readonly warnings: readonly string[];
  /** Sources that fell silent on the way, with the reason. */
  readonly failed: ReadonlyMap<string, string>;
}

/** Records between two words about how far it got. */
const TOLD_EVERY = 200_000;

/**
 * Streams every field that holds strong identifiers through the hashing threads, one collection after the
 * other, each in one pass. What matches the tag of somebody who was erased is kept, with its value; all else
 * is forgotten at once. Memory does not grow with the data.
 *
 * @throws DsrError cancelled · internal.
 */
export async function scanForErased(input: ScanInput): Promise<ScanDone> {
  const { map, types, readers, catalogs, hashing, signal } = input;
  const incomplete: string[] = [];
  const warnings: string[] = [];
  const failed = new Map<string, string>();
  const wanted = wantedTypes(input);
  let values = 0;
  for (const place of compileAtlas(map, types, (source) => readers.has(source)).places) {
    const { collection } = place;
    const marks = place.marks.filter(({ use, bearing }) => wanted(use.type) && bearing.kind !== 'mention');
    incomplete.push(...encodedOf(collection.id, marks));
    const plain = marks.filter(({ use }) => use.encoding === null);
    const reader = readers.get(collection.source);
    const isSwept = input.swept.roots.size > 0 && collection.subject !== null;
    if ((plain.length === 0 && !isSwept) || reader === undefined || failed.has(collection.source)) continue;
    if (infoOf(catalogs, collection)?.kind === 'view') {
      warnings.push(`${collection.id} is a view: what it shows is looked at in the tables that it reads`);
      continue;
    }
    if (reader.scan === undefined) {
      incomplete.push(`${collection.id}: ${collection.source} cannot be read from end to end`);
      continue;
    }
    try {
      values += await scanPlace(input, reader.scan.bind(reader), place, plain);
    } catch (error) {
      if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
      failed.set(collection.source, silenceOf(error).message);
    }
  }
  // Also what a source still told before it fell silent.
  await hashing.done();
  return { values, incomplete, warnings, failed };
}

/** Why a source answers no more: the others are looked through all the same. Anything else is thrown on. */
export function silenceOf(error: unknown): DsrError {
  if (error instanceof DsrError && error.kind !== 'internal' && error.kind !== 'cancelled') return error;
  throw error;
}

/** Strong ones that somebody erased was known by, under that type or the other that holds the same number. */
function wantedTypes({ tags, types }: ScanInput): (type: string) => boolean {
  const known = new Set(tags.map(({ type }) => type));
  const twins = ['personnummer', 'organisationsnummer'];
  const isKnown = (type: string) =>
    known.has(type) || (twins.includes(type) && twins.some((twin) => known.has(twin)));
  return (type) => types.get(type).strength === 'strong' && isKnown(type);
}

/** The ledger knows the tag of the value, not of what was made of it. */
function encodedOf(collection: string, marks: readonly Mark[]): readonly string[] {
  return marks.flatMap(({ field, use }) =>
    use.encoding === null
      ? []
      : [
          `${collection}.${field.column}: holds ${use.type} as ${use.encoding}, which cannot be compared with the ledger`,
        ],
  );
}

async function scanPlace(
  { hashing, traces, swept, types, signal, onProgress }: ScanInput,
  scan: NonNullable<Reader['scan']>,
  place: Place,
  marks: readonly Mark[],
): Promise<number> {
  const { collection } = place;
  const isSwept = swept.roots.size > 0 && collection.subject !== null;
  const told = isSwept ? ownMarks(place.marks, types) : [];
  // With a column of the key, which is never null, a record without any identifier is told, too.
  const key = isSwept ? collection.key.slice(0, 1) : [];
  const fields = [...new Set([...columnsOf(place, [...marks, ...told]), ...key])];
  const columnAt = new Map(fields.map((field, at) => [field, at]));
  const takers = marks.map((mark) => ({ mark, column: columnAt.get(mark.field.column) ?? -1 }));
  const husksIn = huskFinder(swept, place, types, columnAt);
  let values = 0;
  let passed = 0;
  const query = { collection: collection.table, key: collection.key, fields, containing: null };
  for await (const batch of scan(query)) {
    signal.throwIfAborted();
    for (const { mark, column } of takers) {
      const taken = valuesOf(mark, column, batch);
      values += taken.texts.length;
      await hashing.add(mark.use.type, taken.texts, (matches) =>
        keep(traces, place, mark, columnAt, batch, taken.rows, matches),
      );
    }
    for (const husk of husksIn(batch)) traces.husk(collection.id, encodeKey(husk.key));
    passed += batch.length;
    if (passed >= TOLD_EVERY) {
      onProgress(collection.id, values);
      passed = 0;
    }
  }
  await hashing.done();
  return values;
}

/** Those of the identifiers, and what says whose they are. */
function columnsOf({ collection }: Place, marks: readonly Mark[]): readonly string[] {
  const columns = new Set(marks.map(({ field }) => field.column));
  for (const { field } of collection.subject?.when ?? []) columns.add(field);
  for (const { bearing } of marks) {
    if (bearing.kind !== 'of') continue;
    for (const { column } of bearing.edge.reference.fields) columns.add(column);
    for (const { field } of bearing.edge.reference.when) columns.add(field);
  }
  return [...columns];
}

interface Taken {
  readonly texts: readonly string[];
  /** Of each text, its record's place in the batch. */
  readonly rows: readonly number[];
}

function valuesOf({ field }: Mark, column: number, batch: readonly Scanned[]): Taken {
  const texts: string[] = [];
  const rows: number[] = [];
  const isPlain = field.path.length === 0;
  for (let row = 0; row < batch.length; row += 1) {
    const value = batch[row]?.values[column] ?? null;
    if (value === null) continue;
    if (isPlain && typeof value === 'string') {
      texts.push(joinable(value));
      rows.push(row);
      continue;
    }
    for (const scalar of scalarsAt(value, field)) {
      texts.push(joinable(String(scalar)));
      rows.push(row);
    }
  }
  return { texts, rows };
}

/** Tidying makes the same of both. */
function joinable(text: string): string {
  return text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, ' ') : text;
}

function keep(
  traces: Traces,
  place: Place,
  mark: Mark,
  columnAt: ReadonlyMap<string, number>,
  batch: readonly Scanned[],
  rows: readonly number[],
  matches: readonly TagMatch[],
): void {
  const { id, subject } = place.collection;
  for (const { at, tag, value } of matches) {
    const record = batch[rows[at] ?? -1];
    if (record === undefined) continue;
    const column = (name: string): Value => record.values[columnAt.get(name) ?? -1] ?? null;
    const isRoot = subject !== null && satisfies(subject.when, column);
    // Another collection over the same table has it.
    if (place.parted && subject !== null && !isRoot) continue;
    const found = { collection: id, key: encodeKey(record.key), tag, type: mark.use.type, value };
    const leads = mark.bearing.kind === 'of' ? leadsOf(mark.bearing.edge, column) : [];
    if (mark.bearing.kind === 'own' || leads.length === 0) {
      traces.add({ ...found, isRoot, edge: null, tuple: null });
    }
    for (const tuple of leads) {
      if (mark.bearing.kind === 'of')
        traces.add({ ...found, isRoot, edge: mark.bearing.edge.reference.id, tuple });
    }
  }
}

function leadsOf({ reference }: Edge, column: (name: string) => Value): readonly string[] {
  if (!satisfies(reference.when, column)) return [];
  return tuplesOf(reference.fields, column).map(encodeKey);
}
