import type { Reader, Scanned } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Catalog } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { Collection, DataMap } from '../model/map.js';
import type { Identifier, SourceStatus } from '../model/subject.js';
import type { Key } from '../model/value.js';
import { type DeepTable, deepTables } from './columns.js';
import { matcherOf } from './matcher.js';
import { needlesOf } from './needles.js';
import { type SoughtValue, soughtValues, untoldWarnings } from './sought.js';
import { tableGaps, type Unsearched, unsearchedSources } from './unsearched.js';

/** Where an identifier of the person stands, though nothing leads there. */
export interface DeepPlace {
  readonly source: string;
  readonly table: string;
  /** Collection.id; null: the map does not speak of the table. */
  readonly collection: string | null;
  readonly column: string;
  /** So many of them hold one in this column. */
  readonly records: number;
  /** Whether the map speaks of the column. */
  readonly mapped: boolean;
}

export interface DeepFound {
  /** Every table of every source was searched through, all of it. */
  readonly complete: boolean;
  readonly places: readonly DeepPlace[];
  /** By table: in how many of its records one stands, in whichever columns. */
  readonly records: readonly DeepRecords[];
  /** How many tables were searched through to their end. */
  readonly tables: number;
  readonly unsearched: readonly Unsearched[];
  /** Names no value. */
  readonly warnings: readonly string[];
}

export type DeepRecords = Pick<DeepPlace, 'source' | 'table' | 'collection' | 'records'>;

/** A record in which an identifier stands. */
export interface Hit {
  readonly source: string;
  /** CollectionInfo.id. */
  readonly table: string;
  readonly collections: readonly Collection[];
  readonly column: string;
  readonly key: Key;
}

export interface DeepInput {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  /** Weak ones are left out. */
  readonly identifiers: readonly Identifier[];
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly readers: ReadonlyMap<string, Reader>;
  /** Of every source. */
  readonly statuses: readonly SourceStatus[];
  /** Whether the record is accounted for already: it was located, or a plan keeps it. */
  readonly isKnown: (hit: Hit) => boolean;
  readonly signal: AbortSignal;
  readonly onTable?: (table: DeepTable, done: number, of: number) => void;
}

/**
 * Searches every table of every source for the identifiers, in one pass each: one after the other in a
 * source, all sources at once. Counts only, so memory is flat. What could not be searched is told.
 *
 * @throws DsrError cancelled, internal; whatever else a source says is told of the table.
 */
export async function deepSearch(input: DeepInput): Promise<DeepFound> {
  const sought = soughtValues(input.identifiers, input.types);
  if (sought.length === 0) return nothingSought(input);
  const answering = new Set(
    input.statuses.filter(({ status }) => status === 'searched').map(({ source }) => source),
  );
  const sources = [...input.catalogs].map(([source, catalog]) => ({
    source,
    reader: input.readers.get(source),
    tables: deepTables(input.map, source, catalog),
  }));
  const readable = sources.filter(
    ({ source, reader }) => answering.has(source) && reader?.scan !== undefined,
  );
  const of = readable.reduce((sum, { tables }) => sum + tables.length, 0);
  let done = 0;
  const passOf = pass(input, sought);
  const found = await Promise.all(
    readable.map(async ({ reader, tables }) => {
      const results = new Map<DeepTable, TableFound>();
      for (const table of tables.toSorted(bySize)) {
        input.onTable?.(table, done, of);
        results.set(table, await passOf(table, reader));
        done += 1;
      }
      return tables.flatMap((table) => results.get(table) ?? []);
    }),
  );
  const tables = found.flat();
  const unsearched = [...unsearchedSources(input), ...tables.flatMap((each) => each.unsearched)];
  return {
    complete: unsearched.length === 0,
    places: tables.flatMap(({ places }) => places),
    records: tables.flatMap(({ records }) => records ?? []),
    tables: tables.filter(({ isThrough }) => isThrough).length,
    unsearched,
    warnings: untoldWarnings(sought),
  };
}

/** A table that takes too long ends its source's snapshot: the others come before it. */
function bySize(one: DeepTable, other: DeepTable): number {
  const most = Number.MAX_SAFE_INTEGER;
  return (one.info.rows ?? most) - (other.info.rows ?? most);
}

function nothingSought({ statuses }: DeepInput): DeepFound {
  const why = 'no strong identifier of the person is known that could be looked for';
  const unsearched = statuses.map(({ source }) => ({ source, table: null, why }));
  return { complete: false, places: [], records: [], tables: 0, unsearched, warnings: [] };
}

interface TableFound {
  readonly places: readonly DeepPlace[];
  /** null: none. */
  readonly records: DeepRecords | null;
  readonly unsearched: readonly Unsearched[];
  readonly isThrough: boolean;
}

function pass(input: DeepInput, sought: readonly SoughtValue[]) {
  const matcher = matcherOf(sought, input.types);
  const containing = needlesOf(sought);

  /** Whether any column told something. */
  const countIn = (table: DeepTable, { key, values }: Scanned, counts: Map<string, number>): boolean => {
    let told = false;
    for (const [at, column] of table.columns.entries()) {
      if (!matcher.holds(values[at] ?? null, column)) continue;
      const { source, collections, info } = table;
      const hit: Hit = { source, table: info.id, collections, column: column.name, key };
      if (input.isKnown(hit)) continue;
      counts.set(column.name, (counts.get(column.name) ?? 0) + 1);
      told = true;
    }
    return told;
  };

  return async (table: DeepTable, reader: Reader | undefined): Promise<TableFound> => {
    const { info, key, columns } = table;
    const gaps = tableGaps(table);
    const isKeyHidden = key.some((name) => info.unreadable?.includes(name));
    const nothing = { places: [], records: null, unsearched: gaps, isThrough: gaps.length === 0 };
    if (columns.length === 0 || isKeyHidden || reader?.scan === undefined) return nothing;
    const counts = new Map<string, number>();
    const fields = columns.map(({ name }) => name);
    let records = 0;
    const foundIn = () => ({ places: placesOf(table, counts), records: recordsOf(table, records) });
    try {
      for await (const batch of reader.scan({ collection: info.id, key, fields, containing })) {
        input.signal.throwIfAborted();
        for (const record of batch) if (countIn(table, record, counts)) records += 1;
      }
    } catch (error) {
      const unsearched = [...gaps, { source: table.source, table: table.name, why: whyOf(error, input) }];
      return { ...foundIn(), unsearched, isThrough: false };
    }
    return { ...foundIn(), unsearched: gaps, isThrough: gaps.length === 0 };
  };
}

function placesOf(table: DeepTable, counts: ReadonlyMap<string, number>): readonly DeepPlace[] {
  const [collection] = table.collections;
  return table.columns.flatMap(({ name }) => {
    const records = counts.get(name) ?? 0;
    if (records === 0) return [];
    const mapped = collection !== undefined && !collection.unmappedColumns.includes(name);
    const { source } = table;
    return [{ source, table: table.name, collection: collection?.id ?? null, column: name, records, mapped }];
  });
}

function recordsOf({ source, name, collections }: DeepTable, records: number): DeepRecords | null {
  return records === 0 ? null : { source, table: name, collection: collections[0]?.id ?? null, records };
}

function whyOf(error: unknown, { signal }: DeepInput): string {
  if (signal.aborted || !(error instanceof DsrError) || error.kind === 'internal') throw error;
  return error.message;
}
