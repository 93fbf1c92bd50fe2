import type { Target } from '../apply/target.js';
import type { LocatedPerson } from '../locate/located.js';
import type { Collection } from '../model/map.js';
import type { Plan, PlanGroup } from '../plan/plan.js';
import type { Residue } from './residue.js';

/**
 * What a new search finds of the person and the plan has nothing to say of: it came after. What the plan
 * keeps, masks, clears or leaves to a human is no residue, however it is found; what it deletes is read
 * back by key elsewhere. Candidates are nobody's yet.
 */
export function countFoundAgain(
  plan: Plan,
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
    if (collection.keyKind === 'declared' && isPlanned(plan, collection.id, key)) known += 1;
  }
  if (collection.keyKind === 'physical') known = Math.min(found, plannedIn(plan.groups, collection.id));
  residue.add(collection.id, NEW, found - known);
}

/** Records under a deleted one's number that a new search finds to be the person's: it came back. */
export function countReturned(
  plan: Plan,
  person: LocatedPerson,
  { at, collection }: Target,
  residue: Residue,
): void {
  let returned = 0;
  for (const { key } of person.records(collection.id, ['own', 'shared', 'mention'])) {
    if (plan.groupsOf(collection.id, key).includes(at)) returned += 1;
  }
  residue.add(collection.id, 'there again', returned);
}

function isPlanned(plan: Plan, collection: string, key: Parameters<Plan['groupsOf']>[1]): boolean {
  return plan.groupsOf(collection, key).some((at) => isEnd(plan.groups[at]));
}

function plannedIn(groups: readonly PlanGroup[], collection: string): number {
  return groups
    .filter((group) => group.collection === collection && isEnd(group))
    .reduce((sum, { records }) => sum + records, 0);
}

/** `disable` and `open` come beside what becomes of a record. */
function isEnd(group: PlanGroup | undefined): boolean {
  return group !== undefined && group.action !== 'disable' && group.action !== 'open';
}
