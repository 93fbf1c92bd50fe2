import type { Drawing } from '../case/change/draw.js';
import { foundByKey } from '../connector/by-key.js';
import { keySetOf } from '../connector/key-set.js';
import { scalarsAt } from '../locate/field-value.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import { isPlausible } from '../mask/plausible.js';
import type { Collection, DataMap, Field } from '../model/map.js';
import type { SoughtRecord } from '../model/subject.js';

/**
 * Records that were masked and hold a value again that could be somebody's: a valid number, or an address
 * that may have a mailbox. A pseudonym is never one. Looks at the person's own strong identifiers; what an
 * erasure leaves as it is (a key, what others refer to, `mask: keep`) says nothing.
 */
export async function refilledHusks(
  { map, types, readers, person, signal }: Drawing,
  husks: readonly SoughtRecord[],
): Promise<readonly SoughtRecord[]> {
  const plausible = isPlausible(types);
  const isStrong = ({ identifier }: Field) =>
    identifier !== null && identifier.encoding === null && types.get(identifier.type).strength === 'strong';
  const found: SoughtRecord[] = [];
  for (const collection of map.collections) {
    const reader = readers.get(collection.source);
    const fields = collection.fields.filter((field) => isStrong(field) && isMasked(map, collection, field));
    if (reader === undefined || fields.length === 0) continue;
    const wanted = husks.filter((husk) => husk.collection === collection.id);
    if (wanted.length === 0 || !hasOwn(person.collections, collection.id)) continue;
    const columns = [...new Set(fields.map(({ at }) => at.column))];
    const keys = keySetOf(wanted.map(({ key }) => decodeKey(key)));
    for await (const batch of foundByKey(reader, collection, keys, columns)) {
      signal.throwIfAborted();
      for (const { key, values } of batch) {
        const isFilled = fields.some(({ at }) =>
          scalarsAt(values[columns.indexOf(at.column)] ?? null, at).some(plausible),
        );
        if (isFilled) found.push({ collection: collection.id, key: encodeKey(key) });
      }
    }
  }
  return found;
}

function hasOwn(counts: Drawing['person']['collections'], collection: string): boolean {
  return counts.some((each) => each.collection === collection && each.own > 0);
}

/** Whether an erasure that masks the record leaves nobody's value there. */
function isMasked(
  { collections }: DataMap,
  { id, key }: Collection,
  { at, of, relation, mask }: Field,
): boolean {
  const isReferred = collections.some(({ references }) =>
    references.some(({ to, on }) => to === id && on.some(({ column }) => column === at.column)),
  );
  return of === null && relation === null && mask !== 'keep' && !key.includes(at.column) && !isReferred;
}
