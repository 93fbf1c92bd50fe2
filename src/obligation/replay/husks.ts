import type { Scanned } from '../../connector/contract.js';
import type { IdentifierTypes } from '../../identity/identifier-types.js';
import type { ErasedSince, Erasure } from '../../ledger/erased.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { Mark, Place } from '../../locate/atlas.js';
import { scalarsAt } from '../../locate/field-value.js';
import { isPlausible } from '../../mask/plausible.js';
import type { Tag } from '../../model/request.js';
import { keyText } from '../../model/value.js';

/**
 * Roots that a sweep deleted: it masked them before, so no identifier tells of them. A backup from before the
 * sweep brings them back as they were then.
 */
export interface Swept {
  /** The erasures that deleted a root with this tag, which bore no identifier any more. */
  readonly roots: ReadonlyMap<Tag, readonly Erasure[]>;
  readonly ledger: Pick<Ledger, 'recordTag'>;
}

export function sweptRoots({ erasures }: ErasedSince, ledger: Swept['ledger']): Swept {
  const roots = new Map<Tag, Erasure[]>();
  for (const erasure of erasures) {
    if (erasure.person !== null || erasure.tags.size > 0) continue;
    for (const tag of erasure.roots) roots.set(tag, [...(roots.get(tag) ?? []), erasure]);
  }
  return { roots, ledger };
}

/** An address by which no pseudonym can be told, without looking any closer. */
const IN_USE = /@(?!.*\.invalid$)/i;

/**
 * Which records of a batch have the key of a root that was swept, and tell nobody: all that a backup brings
 * back, but also what may be new under a key that was given out again.
 *
 * @param columnAt where in Scanned.values a column stands.
 */
export function huskFinder(
  { roots, ledger }: Swept,
  { collection, marks }: Place,
  types: IdentifierTypes,
  columnAt: ReadonlyMap<string, number>,
): (batch: readonly Scanned[]) => readonly Scanned[] {
  if (roots.size === 0 || collection.subject === null) return () => [];
  const plausible = isPlausible(types);
  const own = ownMarks(marks, types);
  const tells = ({ values }: Scanned) =>
    own.some(({ field }) =>
      scalarsAt(values[columnAt.get(field.column) ?? -1] ?? null, field).some(
        (scalar) => IN_USE.test(String(scalar)) || plausible(scalar),
      ),
    );
  return (batch) =>
    batch.filter(
      (record) => !tells(record) && roots.has(ledger.recordTag(collection.id, keyText(record.key))),
    );
}

/** Those that a root is told by. */
export function ownMarks(marks: readonly Mark[], types: IdentifierTypes): readonly Mark[] {
  return marks.filter(
    ({ bearing, use }) =>
      bearing.kind === 'own' && use.encoding === null && types.get(use.type).strength === 'strong',
  );
}
