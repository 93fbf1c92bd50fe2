import { scalarsAt } from '../locate/field-value.js';
import type { RectifySurveyInput } from '../survey/rectify.js';
import { type RecordFact, recordFacts } from '../survey/rectify-facts.js';
import { type KnownValues, makeKnown } from '../survey/rectify-known.js';
import { type Target, targetsOf } from '../survey/rectify-targets.js';
import type { Plan } from './plan.js';
import { type VerdictFacts, verdictOf } from './rectify-verdict.js';

export interface RectifyResidueInput extends Omit<RectifySurveyInput, 'scratch' | 'set'> {
  /** The one that was applied. */
  readonly plan: Plan;
  /** What was applied for the same person before and since: of a field, the last setting counts. */
  readonly earlier?: readonly Plan[];
  readonly later?: readonly Plan[];
  /** Whether a source's connector can change it. */
  readonly writable: (source: string) => boolean;
}

export interface RectifyResidue {
  readonly residual: number;
  readonly places: readonly { readonly collection: string; readonly records: number; readonly why: string }[];
  /** Records in which a person still has something to change by hand. */
  readonly tasks: readonly { readonly collection: string; readonly records: number }[];
}

/**
 * Own records in which, in a field that was to be set, one of the old values still stands: those that the
 * plan replaced, and by which the person was searched. `person` was located anew by every identifier known,
 * the old and the new. Records that the plan set are left to its read-back (src/verify); what it keeps, or
 * leaves to a person, is no residue. Memory is flat.
 *
 * @throws DsrError usage: the map does not have the field any more · conflict: a record is gone.
 */
export async function rectifyResidue(input: RectifyResidueInput): Promise<RectifyResidue> {
  const { plan, writable, map, types, earlier = [], later = [] } = input;
  const { set } = plan.header;
  const setLater = new Set(
    later.flatMap(({ header }) => targetsOf({ ...input, set: header.set })).map(nameOf),
  );
  // Even where the setting named the field: what was written there since is no old value.
  const targets = targetsOf({ ...input, set })
    .filter((target) => !setLater.has(nameOf(target)))
    .map((target): Target => ({ ...target, always: false }));
  const known = makeKnown(types);
  for (const target of targets) {
    for (const identifier of plan.header.identifiers) known.learn(target, identifier);
  }
  for (const each of [...earlier, plan]) learnReplaced(each, targets, known);
  const facts: VerdictFacts = { isWritable: writable, isKnown: () => true };
  const places: { collection: string; records: number; why: string }[] = [];
  const tasks: { collection: string; records: number }[] = [];
  for (const collection of map.collections) {
    let records = 0;
    let byHand = 0;
    for await (const fact of recordFacts({ ...input, set, targets, known }, collection)) {
      const verdict = verdictOf(fact, facts);
      if (verdict !== null && (verdict.action === 'manual' || verdict.byHand.length > 0)) byHand += 1;
      if ((verdict === null || verdict.action === 'update') && !isSet(plan, [...earlier, ...later], fact))
        records += 1;
    }
    if (byHand > 0) tasks.push({ collection: collection.id, records: byHand });
    if (records === 0) continue;
    places.push({ collection: collection.id, records, why: 'what was to be corrected still stands there' });
  }
  return { residual: places.reduce((sum, { records }) => sum + records, 0), places, tasks };
}

/** What the plan replaced is the person's, though nothing may tell of it any more. */
function learnReplaced(plan: Plan, targets: readonly Target[], known: KnownValues): void {
  for (const [at, group] of plan.groups.entries()) {
    if (group.action !== 'update') continue;
    const replaced = group.fields.flatMap(({ field }, index) =>
      targets
        .filter((target) => target.collection.id === group.collection && target.field.at.column === field)
        .map((target) => ({ target, index })),
    );
    for (const row of plan.rows(at)) {
      for (const { target, index } of replaced) {
        const now = new Set(scalarsAt(row.new[index] ?? null, target.field.at));
        for (const stored of scalarsAt(row.old[index] ?? null, target.field.at)) {
          if (!now.has(stored)) known.add(target, stored);
        }
      }
    }
  }
}

/** Left to the read-back: the plan set something there, or all that is concerned was set by another. */
function isSet(plan: Plan, others: readonly Plan[], { collection, key, cells }: RecordFact): boolean {
  const updates = (each: Plan) =>
    each.groupsOf(collection.id, key).flatMap((at) => {
      const group = each.groups[at];
      return group?.action === 'update' ? [group] : [];
    });
  if (updates(plan).length > 0) return true;
  const set = new Set(others.flatMap(updates).flatMap(({ fields }) => fields.map(({ field }) => field)));
  return cells
    .filter(({ state }) => state === 'set' || state === 'misfit')
    .every(({ target }) => set.has(target.field.at.column));
}

function nameOf({ collection, field }: Target): string {
  return `${collection.id}.${field.name}`;
}
