import type { Found, Reader } from '../connector/contract.js';
import { keySetOf } from '../connector/key-set.js';
import type { CollectionContents, ExtractRow } from '../extract/input.js';
import { columnsOf } from '../extract/layout.js';
import { DsrError } from '../model/error.js';
import type { Collection } from '../model/map.js';
import type { LocatedRecord, Role } from '../model/subject.js';
import { keyText, type Value } from '../model/value.js';
import type { Search } from './search.js';

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
    const info = found.catalogs
      .get(collection.source)
      ?.collections.find((each) => each.id === collection.table);
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
  const answers = new Array<readonly Value[] | undefined>(batch.length);
  const query = {
    collection: collection.table,
    key: collection.key,
    fields: columns,
    matches: [
      {
        fields: collection.key.map((column) => ({ column, path: [] })),
        mode: 'exact' as const,
        keys: keySetOf(
          batch.map((record) => record.key),
          collection.key.length,
        ),
        when: [],
      },
    ],
  };
  const wanted = new Set(batch.map((record) => keyText(record.key)));
  for await (const part of reader.find(query)) {
    for (const each of part) keep(each, answers, batch, wanted);
  }
  return batch.map(({ key, role, leads }, at) => {
    const values = answers[at];
    if (values === undefined || role === 'candidate') {
      throw new DsrError('data', `a record of ${collection.id} that was found could not be read again`, {
        hint: 'run the export again',
      });
    }
    return { key, role, values, leads };
  });
}

/** The source's equality is a net: what a folding collation brings along beside the asked key is not it. */
function keep(
  each: Found,
  answers: (readonly Value[] | undefined)[],
  batch: readonly RecordToRead[],
  wanted: ReadonlySet<string>,
): void {
  const text = keyText(each.key);
  if (!wanted.has(text)) return;
  for (const hit of each.matched) {
    const record = batch[hit.key];
    if (record !== undefined && keyText(record.key) === text) answers[hit.key] = each.values;
  }
}
