import { type Key, keyText } from '../model/value.js';
import type { Found, Reader } from './contract.js';
import { CHUNK, type KeySet, keySetOf } from './key-set.js';

/** What both a reader and a writer can do. */
export type Finds = Pick<Reader, 'find'>;

/** Where records stand, and by which fields they are told apart. */
export interface Keyed {
  /** CollectionInfo.id. */
  readonly table: string;
  readonly key: readonly string[];
}

/**
 * The records that have one of the keys, in batches: one query a chunk of keys. The source's equality is
 * a net ('AB' may be 'ab' to it), so each key is compared again.
 */
export async function* foundByKey(
  source: Finds,
  { table, key }: Keyed,
  keys: KeySet,
  fields: readonly string[],
): AsyncGenerator<readonly Found[]> {
  for (const chunk of keys.chunks(CHUNK)) yield* foundInChunk(source, { table, key }, chunk, fields);
}

/** The same for keys that are in memory, at most CHUNK of them. */
export async function* foundInChunk(
  source: Finds,
  { table, key }: Keyed,
  chunk: readonly Key[],
  fields: readonly string[],
): AsyncGenerator<readonly Found[]> {
  if (chunk.length === 0) return;
  const asked = new Set(chunk.map(keyText));
  const match = {
    fields: key.map((column) => ({ column, path: [] })),
    mode: 'exact' as const,
    keys: keySetOf(chunk, key.length),
    when: [],
  };
  for await (const batch of source.find({ collection: table, key, matches: [match], fields })) {
    const exact = batch.filter((found) => asked.has(keyText(found.key)));
    if (exact.length > 0) yield exact;
  }
}

/** How many of the keys there are. */
export async function countByKey(source: Finds, collection: Keyed, keys: KeySet): Promise<number> {
  let count = 0;
  for await (const batch of foundByKey(source, collection, keys, [])) count += batch.length;
  return count;
}
