import { mayBeNull } from '../mask/nullable.js';
import type { Collection, Field, Reference } from '../model/map.js';
import type { Placed } from './placed.js';
import type { Reporter } from './reporter.js';

/**
 * A key, and an identifier that others refer to, stay in a masked record unless they say how they are
 * masked (contract.md §1, Masks). Warns where that leaves the person named on no ground: what something
 * kept points at stays under that record's ground, and the plan says so.
 */
export function standingRules(
  collections: readonly Collection[],
  placed: ReadonlyMap<string, Placed>,
  report: Reporter,
): void {
  const references = collections.flatMap((collection) => collection.references);
  const masked = maskedWithoutGround(collections, references, placed);
  for (const collection of collections) {
    const cause = masked.get(collection.id);
    if (cause === undefined) continue;
    const path = placed.get(collection.id)?.path ?? [];
    const into = references.filter(({ to }) => to === collection.id);
    for (const field of collection.fields.filter((each) => staysAndNames(each, collection, into))) {
      report.warning(
        [...path, 'fields', field.name],
        `identifies the person, and stays in a record that is masked: ${cause.why}`,
        cause.hint,
      );
    }
  }
}

/** Personal and in the key, or an identifier that others refer to, and no mask said. */
function staysAndNames(
  { at, mask, personal, identifier }: Field,
  { key }: Collection,
  into: readonly Reference[],
): boolean {
  if (mask !== null || at.path.length > 0) return false;
  const isReferred = into.some(({ on }) => on.some((each) => each.column === at.column));
  return key.includes(at.column) ? personal : identifier !== null && isReferred;
}

interface Cause {
  readonly why: string;
  readonly hint: string;
}

/** The collections whose records can end as masked while nothing that is kept points at them. */
function maskedWithoutGround(
  collections: readonly Collection[],
  references: readonly Reference[],
  placed: ReadonlyMap<string, Placed>,
): ReadonlyMap<string, Cause> {
  const verdicts = new Map(collections.map(({ id, erase }) => [id, erase?.kind]));
  const said = { why: 'it says erase: mask', hint: 'say how it is masked, or erase: delete' };
  const causes = new Map<string, Cause>(
    [...verdicts].flatMap(([id, verdict]) => (verdict === 'mask' ? [[id, said] as const] : [])),
  );
  // A Map is walked to its end while it grows.
  for (const [id] of causes) {
    for (const reference of references) {
      const { from, to, relation } = reference;
      if (from === id && !causes.has(to) && verdicts.get(to) === 'delete' && !letsGo(reference, placed)) {
        causes.set(to, {
          why: `${reference.id}, which is masked as well, cannot let go of it`,
          hint: `erase: delete for ${from}, or a link there that may be null`,
        });
      }
      const inherits = to === id && relation === 'owned-by' && verdicts.get(from) === 'as-owner';
      if (inherits && !causes.has(from)) causes.set(from, { ...said, why: `it fares as ${id} does` });
    }
  }
  return causes;
}

/** Whether a masked record lets go of what it refers to. */
function letsGo({ from, fields, onErase }: Reference, placed: ReadonlyMap<string, Placed>): boolean {
  const at = placed.get(from);
  if (onErase === 'keep' || at === undefined) return false;
  const key = at.entry.key ?? at.info.key.fields;
  return fields.some(({ column, path }) =>
    path.length > 0 ? !path.includes('[]') : !key.includes(column) && mayBeNull(at.info, column),
  );
}
