import { foundInChunk } from '../connector/by-key.js';
import type { Reader } from '../connector/contract.js';
import type { LocatedPerson } from '../locate/located.js';
import { DsrError } from '../model/error.js';
import type { Collection } from '../model/map.js';
import { type Key, keyText, type Value } from '../model/value.js';

/** A located record with what its columns hold now. */
export interface ReadRecord {
  readonly key: Key;
  readonly role: 'own' | 'shared' | 'mention';
  /** References by which it leads to a record of this person. */
  readonly leads: readonly string[];
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

type Located = Omit<ReadRecord, 'column'>;

/**
 * The located records of a collection with the columns wanted, by key, streamed; none where its source is
 * not read.
 *
 * @throws DsrError conflict: one of them is gone.
 */
export async function* readLocatedRecords(
  { person, readers, signal }: Reading,
  collection: Collection,
  roles: readonly ReadRecord['role'][],
  columns: readonly string[],
): AsyncGenerator<ReadRecord> {
  const reader = readers.get(collection.source);
  if (reader === undefined) return;
  let batch: Located[] = [];
  for (const { key, role, leads } of person.records(collection.id, roles)) {
    if (role === 'candidate') continue;
    batch.push({ key, role, leads });
    if (batch.length < BATCH) continue;
    yield* readBatch(reader, collection, columns, batch, signal);
    batch = [];
  }
  if (batch.length > 0) yield* readBatch(reader, collection, columns, batch, signal);
}

async function* readBatch(
  reader: Reader,
  collection: Collection,
  columns: readonly string[],
  batch: readonly Located[],
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const held = new Map<string, readonly Value[]>();
  const keys = batch.map(({ key }) => key);
  for await (const part of foundInChunk(reader, collection, keys, columns)) {
    if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
    for (const { key, values } of part) held.set(keyText(key), values);
  }
  const at = new Map(columns.map((column, index) => [column, index]));
  for (const located of batch) {
    const values = held.get(keyText(located.key));
    if (values === undefined) {
      throw new DsrError('conflict', `a record found in ${collection.id} could not be read again`, {
        hint: 'it was changed or deleted meanwhile: run the command again',
      });
    }
    yield { ...located, column: (name) => values[at.get(name) ?? -1] ?? null };
  }
}
