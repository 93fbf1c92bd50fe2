import { foundInChunk } from '../connector/by-key.js';
import type { Reader } from '../connector/contract.js';
import type { LocatedPerson } from '../locate/located.js';
import { DsrError } from '../model/error.js';
import type { Collection, Reference } from '../model/map.js';
import { type Key, keyText, type Value } from '../model/value.js';
import { leadingNowhere } from './rectify-nowhere.js';

/** A located record with what its columns hold now. */
export interface ReadRecord {
  readonly key: Key;
  readonly role: 'own' | 'shared' | 'mention';
  /** References by which it leads to a record of this person. */
  readonly leads: readonly string[];
  /** Of the references asked for, those that are empty, not meant, or lead to no record at all. */
  readonly nowhere: readonly string[];
  /** Null for a column that was not asked for. */
  column(name: string): Value;
}

export interface Reading {
  readonly person: LocatedPerson;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly signal: AbortSignal;
}

/** Records read with one query. */
const BATCH = 1_000;

type Located = Omit<ReadRecord, 'column' | 'nowhere'>;

/** References, and the collections that they lead to. */
export interface Following {
  readonly references: readonly Reference[];
  readonly collections: readonly Collection[];
}

const NONE: Following = { references: [], collections: [] };

/**
 * The located records of a collection with the columns wanted, by key, streamed; none where its source is
 * not read.
 *
 * @throws DsrError conflict: one of them is gone.
 */
export async function* readLocatedRecords(
  reading: Reading,
  collection: Collection,
  roles: readonly ReadRecord['role'][],
  columns: readonly string[],
  following: Following = NONE,
): AsyncGenerator<ReadRecord> {
  const { person, readers } = reading;
  const reader = readers.get(collection.source);
  if (reader === undefined) return;
  let batch: Located[] = [];
  for (const { key, role, leads } of person.records(collection.id, roles)) {
    if (role === 'candidate') continue;
    batch.push({ key, role, leads });
    if (batch.length < BATCH) continue;
    yield* readBatch(reading, reader, collection, columns, batch, following);
    batch = [];
  }
  if (batch.length > 0) yield* readBatch(reading, reader, collection, columns, batch, following);
}

async function* readBatch(
  { readers, signal }: Reading,
  reader: Reader,
  collection: Collection,
  columns: readonly string[],
  batch: readonly Located[],
  following: Following,
): AsyncGenerator<ReadRecord> {
  const held = new Map<string, readonly Value[]>();
  const keys = batch.map(({ key }) => key);
  for await (const part of foundInChunk(reader, collection, keys, columns)) {
    if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
    for (const { key, values } of part) held.set(keyText(key), values);
  }
  const at = new Map(columns.map((column, index) => [column, index]));
  const records = batch.map((located) => {
    const values = held.get(keyText(located.key));
    if (values === undefined) {
      throw new DsrError('conflict', `a record found in ${collection.id} could not be read again`, {
        hint: 'it was changed or deleted meanwhile: run the command again',
      });
    }
    return { ...located, column: (name: string) => values[at.get(name) ?? -1] ?? null };
  });
  const astray = await leadingNowhere(readers, following, records);
  for (const [index, record] of records.entries()) yield { ...record, nowhere: astray[index] ?? [] };
}
