import type { FieldPath } from '../model/catalog.js';
import type { Collection, Field, Reference } from '../model/map.js';
import type { Placed } from './placed.js';
import type { Reporter } from './reporter.js';

/**
 * A link that stays keeps its value on both sides, whatever mask they say (architecture.md: nothing may lead
 * nowhere). Warns of a masked key, or field referred to, and of another mask than null on a reference.
 */
export function maskedLinkRules(
  collections: readonly Collection[],
  placed: ReadonlyMap<string, Placed>,
  report: Reporter,
): void {
  const references = collections.flatMap((collection) => collection.references);
  for (const collection of collections) {
    const path = placed.get(collection.id)?.path ?? [];
    for (const { name, mask, at } of collection.fields.filter(changes)) {
      const here = [...path, 'fields', name, 'mask'];
      const pointing = references.find(({ to, on }) => to === collection.id && holds(at, on));
      if (pointing !== undefined) {
        report.warning(
          here,
          `holds only where nothing that stays refers to it, as ${pointing.id} may`,
          `erase: delete for ${pointing.from}, or a link there that may be null`,
        );
      }
      if (mask !== 'null' && collection.references.some(({ fields }) => holds(at, fields))) {
        report.warning(
          here,
          'holds only where the link leads to no record that stays',
          'mask: "null" where it may be null',
        );
      }
    }
  }
}

/** Whether a field of its own says a mask that changes the whole column. */
function changes({ mask, at }: Field): boolean {
  return mask !== null && mask !== 'keep' && at.path.length === 0;
}

function holds({ column }: FieldPath, paths: Reference['on']): boolean {
  return paths.some((each) => each.path.length === 0 && each.column === column);
}
