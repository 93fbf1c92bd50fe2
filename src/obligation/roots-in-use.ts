import type { Drawing } from '../case/change/draw.js';
import type { Context } from '../case/context.js';
import { encodeKey } from '../locate/key-code.js';
import type { SoughtRecord } from '../model/subject.js';
import { locateFrom } from './locating.js';
import { recordId } from './record-id.js';

/** Of the due records that are persons, those that a stranger refers to, step by step. */
export async function rootsInUse(
  context: Context,
  drawing: Drawing,
  due: readonly SoughtRecord[],
  isStranger: ReadonlySet<string>,
): Promise<readonly SoughtRecord[]> {
  const { collections } = drawing.map;
  const subjects = new Set(collections.flatMap(({ id, subject }) => (subject === null ? [] : [id])));
  const roots = due.filter(({ collection }) => subjects.has(collection));
  if (roots.length === 0) return [];
  const references = new Set(collections.flatMap(({ references: each }) => each.map(({ id }) => id)));
  const located = await locateFrom(
    context,
    drawing,
    roots.map((root) => [root]),
  );
  try {
    return roots.filter((_, at) =>
      collections.some(({ id: collection }) => {
        for (const { key, via } of located.people[at]?.records(collection, ['own']) ?? []) {
          const isLed = via.slice(1).every((step) => references.has(step));
          if (isLed && isStranger.has(recordId({ collection, key: encodeKey(key) }))) return true;
        }
        return false;
      }),
    );
  } finally {
    located.close();
  }
}
