import { actionsOf, recordsToChange } from '../plan/actions.js';
import type { Plan } from '../plan/plan.js';
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
    places: () => placesOf(plan),
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

function* placesOf(plan: Plan): Generator<RectifiedPlace> {
  for (const [at, { collection, action, fields }] of plan.groups.entries()) {
    if (action !== 'update') continue;
    const set = fields.filter(({ to }) => to === 'new').map(({ field }) => field);
    for (const row of plan.rows(at)) yield { ...row, collection, fields: set };
  }
}
