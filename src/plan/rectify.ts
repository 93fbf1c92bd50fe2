import type { LocatedDecision } from '../locate/located.js';
import { DsrError } from '../model/error.js';
import type { Collection, DataMap } from '../model/map.js';
import type { Scratch } from '../store/scratch.js';
import type { RectifySurvey } from '../survey/rectify.js';
import type { Cell, RecordFact } from '../survey/rectify-facts.js';
import { makeUniqueWatch, type UniqueWatch } from '../survey/rectify-unique.js';
import type { AnsweredPlace, Plan, PlanGroup, PlanHeader } from './plan.js';
import { type GroupHandle, makePlan, type PlanBuilder } from './plan-store.js';
import { type RectifyVerdict, type VerdictFacts, verdictOf } from './rectify-verdict.js';

export interface RectifyPlanInput {
  readonly map: DataMap;
  readonly survey: RectifySurvey;
  /** Whether a source's connector can change it. */
  readonly writable: (source: string) => boolean;
  /** Its answers to `what` questions settle conflicts. */
  readonly header: PlanHeader;
  /** Becomes the plan's, which closes it; where this throws, the caller does. */
  readonly scratch: Scratch;
}

export interface RectifyPlan {
  readonly plan: Plan;
  /** Open ones: a new strong value that is already somebody else's. Nothing may be applied before they are answered. */
  readonly decisions: readonly LocatedDecision[];
  /** Names no value. */
  readonly warnings: readonly string[];
  /** Fields in changed records that only a person can change: the answer is not complete before. */
  readonly incomplete: readonly string[];
}

/**
 * Draws up what a rectification changes, by collection in the map's order: one row a record, with all its
 * changed columns, old and new. What is left alone is kept, with why; what cannot be written is a task.
 * The same data, map and answers give the same plan.
 *
 * @throws DsrError usage: the value does not fit a field, or would stand twice where it may stand once ·
 *   decision: the new value was said to be somebody else's · conflict: a record is gone.
 */
export async function planRectify(input: RectifyPlanInput): Promise<RectifyPlan> {
  const { map, survey, scratch, header } = input;
  const facts: VerdictFacts = {
    isWritable: input.writable,
    isKnown: ({ target }) => survey.known.any(target),
  };
  const watch = makeUniqueWatch(scratch);
  const misfits = new Map<string, string>();
  const byHand = new Map<string, { readonly why: string; records: number }>();
  const builder = makePlan(scratch);
  let changing = false;
  for (const collection of map.collections) {
    const put = groupsOf(builder, collection);
    for await (const fact of survey.facts(collection)) {
      const verdict = verdictOf(fact, facts);
      if (verdict === null) {
        noteMisfits(misfits, fact);
        continue;
      }
      put(fact, verdict);
      if (verdict.action !== 'keep') changing = true;
      if (verdict.action !== 'update') continue;
      note(watch, byHand, fact, verdict);
    }
  }
  if (misfits.size > 0) throw unfit(misfits);
  const decisions = changing ? openConflicts(survey.conflicts, header) : [];
  // Whose the value is comes first: what may stand once is often somebody else's.
  if (decisions.length === 0) await watch.check(survey.readers);
  builder.reconcile(survey.person, 'some');
  return {
    plan: builder.finish(header),
    decisions,
    warnings: survey.warnings,
    incomplete: [...byHand].map(
      ([field, { why, records }]) =>
        `${field}: ${why}, and has to be changed by hand in ${records} record${records === 1 ? '' : 's'}`,
    ),
  };
}

function openConflicts(
  conflicts: readonly LocatedDecision[],
  { accepted, rejected }: PlanHeader,
): readonly LocatedDecision[] {
  const isAnswered = (places: readonly AnsweredPlace[], { collection, recordKey }: LocatedDecision) =>
    places.some(
      (place) => place.question === 'what' && place.collection === collection && place.key === recordKey,
    );
  const refused = conflicts.find((conflict) => isAnswered(rejected, conflict));
  if (refused !== undefined) {
    throw new DsrError(
      'decision',
      `a new value is somebody else's in ${refused.collection}, as was answered`,
      {
        place: refused.collection,
        hint: 'set another value, or accept the decision',
      },
    );
  }
  return conflicts.filter((conflict) => !isAnswered(accepted, conflict));
}

/** Records that fare alike share a group; a group is made where its first record stands. */
function groupsOf(builder: PlanBuilder, collection: Collection) {
  const handles = new Map<string, GroupHandle>();
  return (fact: RecordFact, { action, changes, why }: RectifyVerdict): void => {
    const { role, key } = fact;
    const columns = changes.map(({ column }) => column);
    const name = JSON.stringify([role, action, columns, why]);
    const group: Omit<PlanGroup, 'records'> = {
      collection: collection.id,
      source: collection.source,
      role,
      action,
      fields: columns.map((field) => ({ field, to: 'new' })),
      ground: null,
      law: null,
      until: null,
      why,
    };
    const handle = handles.get(name) ?? builder.add(group);
    handles.set(name, handle);
    builder.row(handle, {
      key,
      old: changes.map((change) => change.old),
      new: changes.map((change) => change.new),
    });
  };
}

function note(
  watch: UniqueWatch,
  byHand: Map<string, { readonly why: string; records: number }>,
  fact: RecordFact,
  verdict: RectifyVerdict,
): void {
  watch.note(fact);
  for (const { target } of verdict.byHand) {
    const field = nameOf(target);
    const task = byHand.get(field) ?? { why: target.barrier?.why ?? '', records: 0 };
    task.records += 1;
    byHand.set(field, task);
  }
}

function noteMisfits(misfits: Map<string, string>, { cells }: RecordFact): void {
  for (const { state, target, why } of cells) if (state === 'misfit') misfits.set(nameOf(target), why ?? '');
}

function nameOf({ collection, field }: Cell['target']): string {
  return `${collection.id}.${field.name}`;
}

function unfit(misfits: ReadonlyMap<string, string>): DsrError {
  const [first = '', ...more] = [...misfits].map(([field, why]) => `${field}: ${why}`);
  const text = [first, ...more].join('; ');
  return new DsrError('usage', `the value given cannot be set: ${text}`, {
    hint: 'give a value that fits, or name the fields one by one',
  });
}
