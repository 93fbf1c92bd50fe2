import { foundInChunk } from '../../connector/by-key.js';
import type { Reader } from '../../connector/contract.js';
import type { CollectionContents, ExtractRow } from '../../extract/input.js';
import { columnsOf } from '../../extract/layout.js';
import { DsrError } from '../../model/error.js';
import { infoOf } from '../../model/info-of.js';
import type { Collection } from '../../model/map.js';
import type { LocatedRecord, Role } from '../../model/subject.js';
import { keyText, type Value } from '../../model/value.js';
import type { Search } from '../search/search.js';

/** Records read at once: a batch of wide ones still fits in memory. */
const BATCH = 1_000;

type RecordToRead = LocatedRecord & { readonly leads: readonly string[] };

/** Every collection of the map with its records, read from the search's own snapshots when iterated. */
export function contentsOf(
  found: Search,
  isWithheld: (collection: string, key: string) => boolean,
): readonly CollectionContents[] {
  return found.map.collections.map((collection) => {
    const counts = found.person.collections.find((each) => each.collection === collection.id);
    const columns = columnsOf(collection);
    const info = infoOf(found.catalogs, collection);
    const withheld = countWithheld(found, collection, isWithheld);
    const rows = (roles: readonly Role[]) => () =>
      rowsOf(found, collection, columns, roles, (key) => isWithheld(collection.id, key));
    return {
      collection: collection.id,
      counts: {
        own: (counts?.own ?? 0) - withheld.own,
        shared: (counts?.shared ?? 0) - withheld.shared,
        mention: (counts?.mentions ?? 0) - withheld.mention,
      },
      columns,
      types: columns.map((column) => info?.fields.find((field) => field.name === column)?.type ?? null),
      rows: rows(['own', 'shared']),
      mentions: rows(['mention']),
    };
  });
}

interface RoleTally {
  own: number;
  shared: number;
  mention: number;
}

function countWithheld(
  found: Search,
  collection: Collection,
  isWithheld: (collection: string, key: string) => boolean,
): RoleTally {
  const tally = { own: 0, shared: 0, mention: 0 };
  if (!isWithheld(collection.id, '')) return tally;
  for (const { key, role } of found.person.records(collection.id, ['own', 'shared', 'mention'])) {
    if (role !== 'candidate' && isWithheld(collection.id, keyText(key))) tally[role] += 1;
  }
  return tally;
}

async function* rowsOf(
  found: Search,
  collection: Collection,
  columns: readonly string[],
  roles: readonly Role[],
  isWithheld: (key: string) => boolean,
): AsyncGenerator<readonly ExtractRow[]> {
  const reader = found.readers.get(collection.source);
  if (reader === undefined) return;
  let batch: RecordToRead[] = [];
  for (const record of found.person.records(collection.id, roles)) {
    if (isWithheld(keyText(record.key))) continue;
    batch.push(record);
    if (batch.length < BATCH) continue;
    yield await readBatch(reader, collection, columns, batch);
    batch = [];
  }
  if (batch.length > 0) yield await readBatch(reader, collection, columns, batch);
}

/** In the order asked: the records come by key, the source answers in its own order. */
async function readBatch(
  reader: Reader,
  collection: Collection,
  columns: readonly string[],
  batch: readonly RecordToRead[],
): Promise<readonly ExtractRow[]> {
  const held = new Map<string, readonly Value[]>();
  const keys = batch.map((record) => record.key);
  for await (const part of foundInChunk(reader, collection, keys, columns)) {
    for (const { key, values } of part) {
      if (held.has(keyText(key))) throw oneOfSeveral(collection);
      held.set(keyText(key), values);
    }
  }
  return batch.map(({ key, role, leads }) => {
    const values = held.get(keyText(key));
    if (values === undefined || role === 'candidate') {
      throw new DsrError('data', `a record of ${collection.id} that was found could not be read again`, {
        hint: 'run the export again',
      });
    }
    return { key, role, values, leads };
  });
}

/** Whose of them is whose can't be told: nothing of it may be handed out. */
function oneOfSeveral({ id, key }: Collection): DsrError {
  return new DsrError('data', `${id}: ${key.join('+')} does not tell its records apart`, {
    place: id,
    hint: 'name fields under key: in dsr.yaml that are different in every record',
  });
}
