import type { WrittenMap } from './schema.js';
import { collectionsOf, fieldsOf, type Target, targetOfCollection, targetOfField } from './target.js';

/** That records of one collection may refer to another's, as the map spells it; names are `source.collection`. */
export interface ReferenceByName {
  readonly source: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The references that name their target, also of sources that do not answer: what stands there is not
 * known, but not nothing. Those taken from a foreign key are left out: they lead to their own source.
 */
export function referencesByName(map: WrittenMap): readonly ReferenceByName[] {
  return Object.entries(map.sources).flatMap(([source, entry]) =>
    collectionsOf(entry).flatMap(([name, collection]) => {
      const targets = [
        ...fieldsOf(collection).map(([, { references }]) =>
          references === undefined ? null : targetOfField(map, source, name, references),
        ),
        ...(collection.references ?? []).map(({ to }) => targetOfCollection(map, source, to)),
      ].filter((target): target is Target => target !== null);
      return targets.map((target) => ({
        source,
        from: `${source}.${name}`,
        to: `${target.source}.${target.collection}`,
      }));
    }),
  );
}
