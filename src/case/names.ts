import type { Reader } from '../connector/contract.js';
import { keySetOf } from '../connector/key-set.js';
import { scalarsAt } from '../locate/field-value.js';
import type { LocatedPerson } from '../locate/located.js';
import { within } from '../map/categories.js';
import type { Collection, DataMap, Field } from '../model/map.js';
import type { Key } from '../model/value.js';

/** Roots read at once; a person has few. */
const BATCH = 500;

/**
 * What the person's own roots call them: these, too, are taken out of free text. Names that say whose
 * they are (`of`) or that they are somebody else's are not the person's.
 */
export async function namesOf(
  map: DataMap,
  readers: ReadonlyMap<string, Reader>,
  person: LocatedPerson,
): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const collection of map.collections) {
    const fields = collection.fields.filter(isOwnName);
    const reader = readers.get(collection.source);
    if (collection.subject === null || fields.length === 0 || reader === undefined) continue;
    let keys: Key[] = [];
    const read = async () => {
      for (const name of await readNames(reader, collection, fields, keys)) names.add(name);
      keys = [];
    };
    for (const { key } of person.records(collection.id, ['own'])) {
      keys.push(key);
      if (keys.length === BATCH) await read();
    }
    if (keys.length > 0) await read();
  }
  return [...names];
}

function isOwnName({ category, of, relation }: Field): boolean {
  return category !== null && within(category, 'user.name') && of === null && relation === null;
}

async function readNames(
  reader: Reader,
  collection: Collection,
  fields: readonly Field[],
  keys: readonly Key[],
): Promise<readonly string[]> {
  const columns = [...new Set(fields.map(({ at }) => at.column))];
  const found: string[] = [];
  const query = {
    collection: collection.table,
    key: collection.key,
    fields: columns,
    matches: [
      {
        fields: collection.key.map((column) => ({ column, path: [] })),
        mode: 'exact' as const,
        keys: keySetOf(keys, collection.key.length),
        when: [],
      },
    ],
  };
  for await (const batch of reader.find(query)) {
    for (const { values } of batch) {
      for (const { at } of fields) {
        const value = values[columns.indexOf(at.column)] ?? null;
        found.push(...scalarsAt(value, at).flatMap((scalar) => (typeof scalar === 'string' ? [scalar] : [])));
      }
    }
  }
  return found.filter((name) => name.trim() !== '');
}
