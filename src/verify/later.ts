import { NOT_COVERED } from '../model/ground.js';
import type { Key } from '../model/value.js';
import type { Plan, PlanGroup } from '../plan/plan.js';

/** What later plans of a request say of the same records and fields: theirs is the last word. */
export interface Later {
  /** Whether an erasure says what becomes of the record, and not only that its reason does not cover it. */
  judges(collection: string, key: Key): boolean;
  /** Whether a rectification sets the field. */
  sets(collection: string, key: Key, field: string): boolean;
}

export function laterOf(plans: readonly Plan[]): Later {
  const groups = (action: Plan['header']['action'], collection: string, key: Key): readonly PlanGroup[] =>
    plans
      .filter(({ header }) => header.action === action)
      .flatMap((plan) => plan.groupsOf(collection, key).flatMap((at) => plan.groups[at] ?? []));
  return {
    judges: (collection, key) =>
      groups('erase', collection, key).some((group) => isEnd(group) && group.ground !== NOT_COVERED),
    sets: (collection, key, name) =>
      groups('rectify', collection, key).some(({ fields }) => fields.some(({ field }) => field === name)),
  };
}

/** `disable` and `open` come beside what becomes of a record. */
export function isEnd(group: PlanGroup | undefined): boolean {
  return group !== undefined && group.action !== 'disable' && group.action !== 'open';
}
