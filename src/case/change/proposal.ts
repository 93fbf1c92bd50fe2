import { within } from '../../map/categories.js';
import type { Collection, DataMap } from '../../model/map.js';
import { actionsOf, recordsToChange } from '../../plan/actions.js';
import type { Plan } from '../../plan/plan.js';
import type { Proposal, RectifiedPlace } from './change.js';
import { type Planned, tasksOf } from './drawn-up.js';

/** What is shown before anything is done. */
export function proposalOf({ change, answer, plan, landscape, known }: Planned): Proposal {
  const { types } = landscape;
  return {
    action: change.action,
    request: change.given,
    planHash: plan.hash,
    actions: actionsOf(plan),
    records: recordsToChange(plan),
    logins: loginsOf(plan),
    who: known.map((identifier) => `${identifier.type}  ${types.partlyMasked(identifier)}`),
    warnings: answer.warnings,
    incomplete: [...answer.incomplete, ...tasksOf(plan)],
    places: () => placesOf(plan, landscape.map),
    keyFields: answer.keyFields,
  };
}

function loginsOf({ groups }: Plan): Proposal['logins'] {
  const counts = new Map<string, number>();
  for (const { action, collection, records } of groups) {
    if (action === 'disable') counts.set(collection, (counts.get(collection) ?? 0) + records);
  }
  return [...counts].map(([collection, records]) => ({ collection, records }));
}

function* placesOf(plan: Plan, { collections }: DataMap): Generator<RectifiedPlace> {
  for (const [at, { collection, action, fields }] of plan.groups.entries()) {
    if (action !== 'update') continue;
    const set = fields.filter(({ to }) => to === 'new').map(({ field }) => field);
    const secret = secretColumns(collections.find(({ id }) => id === collection));
    const stated = set.filter((column) => secret.has(column));
    const shown = <T>(values: readonly T[]) =>
      values.map((value, index) => (stated.includes(set[index] ?? '') ? null : value));
    for (const { key, old, new: wanted } of plan.rows(at)) {
      yield { key, collection, fields: set, stated, old: shown(old), new: shown(wanted) };
    }
  }
}

/** Passwords and their like: that they are stored is told, and nothing of them shown. A document is shown whole or not. */
function secretColumns(collection: Collection | undefined): ReadonlySet<string> {
  const secret = (collection?.fields ?? []).filter(
    (field) => field.export === 'stated' || within(field.category ?? '', 'user.authorization'),
  );
  return new Set(secret.map(({ at }) => at.column));
}
