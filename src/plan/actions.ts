import { changes, type Plan, type PlanGroup, type RecordAction } from './plan.js';

/** What a plan does to the records of a collection, as the JSON `actions` of contract.md §4. */
export interface Action {
  readonly collection: string;
  readonly action: RecordAction;
  readonly records: number;
  readonly ground: string | null;
  readonly law: string | null;
  readonly until: string | null;
  readonly why: string | null;
  /** Names of the fields written; empty for a deletion and for what stays as it is. */
  readonly fields: readonly string[];
}

/** Groups that fare alike as one, in the plan's order; `disable` and `open` are no record's end and left out. */
export function actionsOf({ groups }: Pick<Plan, 'groups'>): readonly Action[] {
  const merged = new Map<string, Action>();
  for (const group of groups) {
    const { action, collection, ground, law, until, why } = group;
    if (action === 'disable' || action === 'open') continue;
    const alike = JSON.stringify([collection, action, ground, law, until, why]);
    const known = merged.get(alike);
    merged.set(alike, {
      collection,
      action,
      records: (known?.records ?? 0) + group.records,
      ground,
      law,
      until,
      why,
      fields: [...new Set([...(known?.fields ?? []), ...written(group)])],
    });
  }
  return [...merged.values()];
}

function written({ fields }: PlanGroup): readonly string[] {
  return fields.filter(({ to }) => to !== 'keep').map(({ field }) => field);
}

/** How many records will not be what they were, each counted once: what an operator is asked to confirm. */
export function recordsToChange(plan: Pick<Plan, 'groups' | 'rows' | 'groupsOf'>): number {
  const changing = plan.groups.map(changes);
  return plan.groups.reduce((sum, group, at) => {
    if (changing[at] !== true) return sum;
    if (group.action !== 'disable' && group.action !== 'open') return sum + group.records;
    let alone = 0;
    for (const { key } of plan.rows(at)) {
      const others = plan.groupsOf(group.collection, key).filter((other) => changing[other] === true);
      const counted = others.some((other) => other < at || !isBeside(plan.groups[other]));
      if (!counted) alone += 1;
    }
    return sum + alone;
  }, 0);
}

function isBeside(group: PlanGroup | undefined): boolean {
  return group?.action === 'disable' || group?.action === 'open';
}
