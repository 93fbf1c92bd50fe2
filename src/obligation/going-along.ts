import type { Drawing } from '../case/change/draw.js';
import type { Context } from '../case/context.js';
import { encodeKey } from '../locate/key-code.js';
import type { SoughtRecord } from '../model/subject.js';
import { locateFrom } from './locating.js';
import { recordId } from './record-id.js';

/**
 * Ids of what may go along with due records though nothing is owed of it: records that by `owned-by`, step
 * by step, belong to due ones and to nobody else. Not with a due record that is a person (a `subject`
 * collection's): what belongs to a person may be new, the line of an old invoice is the invoice's.
 */
export async function goingAlong(
  context: Context,
  drawing: Drawing,
  due: readonly SoughtRecord[],
): Promise<ReadonlySet<string>> {
  const { collections } = drawing.map;
  const roots = new Set(collections.flatMap(({ id, subject }) => (subject === null ? [] : [id])));
  const owners = due.filter(({ collection }) => !roots.has(collection));
  const along = new Set<string>();
  if (owners.length === 0) return along;
  const owning = new Set(
    collections.flatMap(({ references }) =>
      references.flatMap(({ id, relation }) => (relation === 'owned-by' ? [id] : [])),
    ),
  );
  const located = await locateFrom(context, drawing, [owners]);
  try {
    for (const { id: collection } of collections) {
      if (roots.has(collection)) continue;
      for (const { key, via } of located.people[0]?.records(collection, ['own']) ?? []) {
        const [first, ...steps] = via;
        if (first !== 'record' || !steps.every((step) => owning.has(step))) continue;
        along.add(recordId({ collection, key: encodeKey(key) }));
      }
    }
    return along;
  } finally {
    located.close();
  }
}
