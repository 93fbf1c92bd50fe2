import { fieldPathText } from '../model/catalog.js';
import type { Collection, Field, Reference } from '../model/map.js';

export interface Reach {
  /** Collections in which a record can be this person's, or theirs and another's. */
  readonly own: ReadonlySet<string>;
  /** Collections in which a record can at least name them. */
  readonly any: ReadonlySet<string>;
}

/**
 * Where a search can come at all, told from the map alone: from every collection with an identifier
 * that is searched, along `owned-by` towards what belongs to it, along `owns` to what it owns, and by
 * `mentions` to the leaves.
 */
export function reach(collections: readonly Collection[]): Reach {
  const own = new Set<string>();
  const any = new Set<string>();
  for (const collection of collections) {
    for (const field of collection.fields) {
      if (field.identifier === null) continue;
      const names = whom(collection, field);
      if (names !== 'nobody') any.add(collection.id);
      if (names === 'itself') own.add(collection.id);
      else if (typeof names === 'object') own.add(names.to).add(collection.id);
    }
  }
  const references = collections.flatMap((collection) => collection.references);
  for (const id of own) {
    // A Set is walked on while it grows, so this runs to the fixpoint.
    for (const { relation, from, to } of references) {
      if (relation === 'owned-by' && to === id) own.add(from);
      if (relation === 'owns' && from === id) own.add(to);
      if (relation === 'mentions' && to === id) any.add(from);
    }
  }
  return { own, any: new Set([...own, ...any]) };
}

/** Whose identifier a field holds: the record's person, a person only named, or whom a reference leads to. */
function whom(collection: Collection, start: Field): 'itself' | 'another' | 'nobody' | Reference {
  const seen = new Set<Field>();
  for (let field = start; !seen.has(field); ) {
    seen.add(field);
    if (field.relation === 'none') return 'nobody';
    if (field.relation === 'mentions') return 'another';
    const { of } = field;
    if (of === null) return 'itself';
    const reference = collection.references.find(({ fields }) =>
      fields.some((at) => fieldPathText(at) === of),
    );
    if (reference !== undefined) return reference.relation === 'none' ? 'nobody' : reference;
    field = collection.fields.find((one) => one.name === of) ?? field;
  }
  return 'nobody';
}
