import type { Target } from '../apply/target.js';
import { foundInChunk } from '../connector/by-key.js';
import type { Reader } from '../connector/contract.js';
import { CHUNK, keySetOf } from '../connector/key-set.js';
import type { DataMap, Reference } from '../model/map.js';
import { keyText } from '../model/value.js';
import type { Plan } from '../plan/plan.js';
import type { Residue } from './residue.js';

/**
 * Records that belong to one that was deleted: they came after, or were restored without it, and no
 * search finds them any more, since what led to them is gone. One query a reference and some thousand
 * keys; keys that were given out again are left out.
 */
export async function countOrphans(
  { plan, map }: { readonly plan: Plan; readonly map: DataMap },
  target: Target,
  readers: ReadonlyMap<string, Reader>,
  residue: Residue,
): Promise<void> {
  const { collection, group } = target;
  const reader = readers.get(group.source);
  const belonging = map.collections.flatMap((child) =>
    child.references
      .filter((reference) => leadsByKey(reference, target))
      .map((reference) => ({ child, reference })),
  );
  if (group.role !== 'own' || reader === undefined || belonging.length === 0) return;
  for (const chunk of plan.keys(target.at).chunks(CHUNK)) {
    const there = new Set<string>();
    for await (const batch of foundInChunk(reader, collection, chunk, [])) {
      for (const { key } of batch) there.add(keyText(key));
    }
    const gone = chunk.filter((key) => !there.has(keyText(key)));
    if (gone.length === 0) continue;
    for (const { child, reference } of belonging) {
      const match = {
        fields: reference.fields,
        mode: 'exact' as const,
        keys: keySetOf(gone, collection.key.length),
        when: reference.when,
      };
      const query = { collection: child.table, key: child.key, matches: [match], fields: [] };
      for await (const batch of readers.get(child.source)?.find(query) ?? []) {
        residue.add(child.id, 'belongs to a record that was deleted', batch.length);
      }
    }
  }
}

function leadsByKey({ relation, to, on }: Reference, { collection }: Target): boolean {
  return (
    relation === 'owned-by' &&
    to === collection.id &&
    on.length === collection.key.length &&
    on.every(({ column, path }, at) => path.length === 0 && column === collection.key[at])
  );
}
