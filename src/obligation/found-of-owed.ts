import type { Drawing } from '../case/change/draw.js';
import { foundByKey } from '../connector/by-key.js';
import { keySetOf } from '../connector/key-set.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import type { SoughtRecord } from '../model/subject.js';
import { recordId } from './record-id.js';

/** What became of owed records in the meantime. */
export interface FoundOfOwed {
  /** They are not there any more. */
  readonly gone: readonly SoughtRecord[];
  /** They are there, but nothing that is known of their person leads to them. */
  readonly unled: readonly SoughtRecord[];
  /** Collections that the map does not hold any more. */
  readonly unmapped: readonly string[];
}

/** Holds owed records, in whatever role, against what was located. What was not searched is left open. */
export async function foundOfOwed(
  { map, person, sources, readers, signal }: Drawing,
  owed: readonly SoughtRecord[],
): Promise<FoundOfOwed> {
  const searched = new Set(sources.flatMap(({ source, status }) => (status === 'searched' ? [source] : [])));
  const byCollection = new Map<string, SoughtRecord[]>();
  for (const record of owed) {
    const known = byCollection.get(record.collection);
    if (known === undefined) byCollection.set(record.collection, [record]);
    else known.push(record);
  }
  const gone: SoughtRecord[] = [];
  const unled: SoughtRecord[] = [];
  const unmapped: string[] = [];
  for (const [id, records] of byCollection) {
    const collection = map.collections.find((each) => each.id === id);
    if (collection === undefined) {
      unmapped.push(id);
      continue;
    }
    const reader = readers.get(collection.source);
    if (reader === undefined || !searched.has(collection.source)) continue;
    const missing = new Map(records.map((record) => [recordId(record), record]));
    for (const { key } of person.records(id, ['own', 'shared', 'mention'])) {
      missing.delete(recordId({ collection: id, key: encodeKey(key) }));
    }
    const left = keySetOf([...missing.values()].map(({ key }) => decodeKey(key)));
    for await (const batch of foundByKey(reader, collection, left, [])) {
      signal.throwIfAborted();
      for (const { key } of batch) {
        const record = { collection: id, key: encodeKey(key) };
        if (missing.delete(recordId(record))) unled.push(record);
      }
    }
    gone.push(...missing.values());
  }
  return { gone, unled, unmapped };
}
