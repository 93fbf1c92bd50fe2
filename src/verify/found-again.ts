import type { Target } from '../apply/target.js';
import type { LocatedPerson } from '../locate/located.js';
import type { Collection } from '../model/map.js';
import type { Key } from '../model/value.js';
import type { Plan } from '../plan/plan.js';
import { isEnd, type Later } from './later.js';
import type { Residue } from './residue.js';

/**
 * What a new search finds of the person and no plan has anything to say of: it came after. What a plan
 * keeps, masks, clears or leaves to a human is no residue, however it is found; what it deletes is read
 * back by key elsewhere. Candidates are nobody's yet.
 */
export function countFoundAgain(
  plans: readonly Plan[],
  person: LocatedPerson,
  collection: Collection,
  residue: Residue,
): void {
  const NEW = 'found again, and the plan does not know of it';
  let found = 0;
  let known = 0;
  for (const { key } of person.records(collection.id, ['own', 'shared', 'mention'])) {
    found += 1;
    // A row address is another in each snapshot, so only numbers can be compared.
    if (collection.keyKind === 'declared' && plans.some((plan) => isPlanned(plan, collection.id, key)))
      known += 1;
  }
  if (collection.keyKind === 'physical') {
    known = Math.min(found, Math.max(0, ...plans.map((plan) => plannedIn(plan, collection.id))));
  }
  residue.add(collection.id, NEW, found - known);
}

/** Records under a deleted one's number that a new search finds to be the person's: it came back. */
export function countReturned(
  plan: Plan,
  person: LocatedPerson,
  { at, collection }: Target,
  later: Later,
  residue: Residue,
): void {
  let returned = 0;
  for (const { key } of person.records(collection.id, ['own', 'shared', 'mention'])) {
    if (plan.groupsOf(collection.id, key).includes(at) && !later.judges(collection.id, key)) returned += 1;
  }
  residue.add(collection.id, 'there again', returned);
}

function isPlanned(plan: Plan, collection: string, key: Key): boolean {
  return plan.groupsOf(collection, key).some((at) => isEnd(plan.groups[at]));
}

function plannedIn({ groups }: Plan, collection: string): number {
  return groups
    .filter((group) => group.collection === collection && isEnd(group))
    .reduce((sum, { records }) => sum + records, 0);
}
