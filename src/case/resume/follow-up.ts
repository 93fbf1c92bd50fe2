import { decodeKey, encodeKey } from '../../locate/key-code.js';
import { NOT_COVERED } from '../../model/ground.js';
import type { RequestId } from '../../model/request.js';
import type { Sought, SoughtRecord } from '../../model/subject.js';
import type { Key } from '../../model/value.js';
import { actionsOf } from '../../plan/actions.js';
import { changes, type Plan, type PlanGroup } from '../../plan/plan.js';
import { planLess } from '../../plan/plan-less.js';
import { drawOf, givenOf } from '../change/apply-plan.js';
import type { ChangeInput, ChangeResult } from '../change/change.js';
import { changeSubject } from '../change/change-subject.js';
import type { Draw } from '../change/draw.js';
import type { Change } from '../change/drawn-up.js';
import { erasing } from '../change/erase.js';
import { withLearnt } from '../change/start-change.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import { savedAnswers } from '../search/decisions.js';
import { phaseOf } from './runs.js';
import type { Asking, Landed } from './what-landed.js';

/** A plan that was confirmed under the request, and what became of it. */
export interface Attempt {
  readonly plan: Plan;
  readonly landed: Landed;
}

/** An erasure of many people at once, whom nobody asks for again. */
export interface Pass {
  readonly action: NonNullable<Change['pass']>;
  /** As it was drawn up first, of what stood in it; null: by the records of the plan alone. */
  readonly again: ((stood: (record: SoughtRecord) => boolean) => Again) | null;
}

export interface Again {
  readonly sought: Sought;
  readonly draw: Draw;
}

export interface FollowingUp extends Omit<Asking, 'plan' | 'kept'> {
  readonly request: RequestId;
  readonly mapAndTypes: MapAndTypes;
  /** In the order in which they were confirmed. */
  readonly earlier: readonly Attempt[];
  /** The latest. */
  readonly attempt: Attempt;
  readonly pass: Pass | null;
  readonly input: Pick<ChangeInput, 'show' | 'confirm' | 'dryRun'>;
}

/**
 * Does what is left of a plan that was confirmed: finds the person again, by what is known of them and by
 * the plan's own records, and draws up what they would fare now, less what was done. What goes beyond all
 * that was confirmed, since something came meanwhile, is asked about.
 *
 * @throws DsrError as erase and rectify.
 */
export async function followUp(following: FollowingUp): Promise<ChangeResult> {
  const { context, books, mapAndTypes, request, earlier, attempt, pass, input } = following;
  const { plan, landed } = attempt;
  const { header } = plan;
  const attempts = [...earlier, attempt];
  let beyond: readonly string[] = [];
  const stood = ({ collection, key }: SoughtRecord) =>
    attempts.some((each) => each.plan.groupsOf(collection, decodeKey(key)).length > 0);
  const again = pass?.again?.(stood) ?? null;
  const base = again?.draw ?? (pass === null ? drawOf(header.action) : drawOnly(books, attempts));
  const draw: Draw = async (drawing) => {
    const drawn = await base(drawing);
    if (drawn.plan === null) return drawn;
    try {
      const { groups } = drawn.plan;
      const left = planLess(drawn.plan, (at, key) => isDone(attempts, groups[at], key), drawing.tmp);
      beyond = beyondAll(attempts, left);
      return { ...drawn, plan: left };
    } finally {
      drawn.plan.close();
    }
  };
  const result = await changeSubject({
    ...{ context, books, mapAndTypes, draw },
    ...{ action: header.action, reason: header.reason, set: header.set },
    ...(pass === null ? {} : { pass: pass.action }),
    input: {
      ...{ show: input.show, dryRun: input.dryRun, planOut: null },
      confirm: async (proposal) => beyond.length === 0 || (await input.confirm(proposal)),
    },
    extract: null,
    given: request,
    sought: again?.sought ?? {
      identifiers: withLearnt(books, request, pass === null ? givenOf(books, header) : []),
      records: recordsLeft(plan, landed),
    },
    subject: books.work.subject(request),
    decided: savedAnswers(header),
    expected: null,
  });
  if (result.stopped === 'not-confirmed') {
    const why = `more is to be done than was confirmed, in ${beyond.join(', ')}: somebody wrote there meanwhile`;
    return { ...result, complete: false, incomplete: [why, ...result.incomplete] };
  }
  // What was done before is part of what was confirmed.
  return beyond.length > 0 || !result.applied ? result : { ...result, actions: actionsOf(plan) };
}

/** The last attempt that says so of the record decides: an earlier one may have been overtaken since. */
function isDone(attempts: readonly Attempt[], group: PlanGroup | undefined, key: Key): boolean {
  if (group === undefined || !changes(group)) return false;
  const last = attempts.findLast(({ plan }) => says(plan, group, key));
  return last?.landed.isDone(phaseOf(group), group.source) === true;
}

/** The person's own records at the sources where the plan is not done. */
function recordsLeft(plan: Plan, landed: Landed): readonly SoughtRecord[] {
  const records = new Map<string, SoughtRecord>();
  for (const [at, { source, role, collection, action }] of plan.groups.entries()) {
    if (role !== 'own' || action === 'disable' || landed.isDone('change', source)) continue;
    for (const { key } of plan.rows(at)) {
      const record = { collection, key: encodeKey(key) };
      records.set(`${collection}\n${record.key}`, record);
    }
  }
  return [...records.values()];
}

/** Nobody was asked about more than the plans hold, and who is meant by a record may have come back. */
function drawOnly({ work }: Books, attempts: readonly Attempt[]): Draw {
  const husks = work.obligations(null).filter(({ role }) => role === 'husk');
  return erasing((collection, recordKey) => {
    const key = decodeKey(recordKey);
    const grounds = attempts.flatMap(({ plan }) =>
      plan.groupsOf(collection, key).map((at) => plan.groups[at]?.ground),
    );
    if (grounds.some((ground) => ground !== NOT_COVERED)) return null;
    return { ground: NOT_COVERED, why: 'it does not stand in the plan that was begun' };
  }, husks);
}

/** Collections in which a plan does more than was confirmed. */
function beyondAll(attempts: readonly Attempt[], plan: Plan): readonly string[] {
  const beyond = new Set<string>();
  for (const [at, group] of plan.groups.entries()) {
    if (!changes(group) || beyond.has(group.collection)) continue;
    for (const { key } of plan.rows(at)) {
      if (attempts.some((each) => says(each.plan, group, key))) continue;
      beyond.add(group.collection);
      break;
    }
  }
  return [...beyond];
}

/** Whether a plan does the same to a record, or more: a link that is let go need not be let go again. */
function says(plan: Plan, { collection, action, fields }: PlanGroup, key: Key): boolean {
  return plan.groupsOf(collection, key).some((at) => {
    const group = plan.groups[at];
    return group?.action === action && fields.every((field) => isAmong(group.fields, field));
  });
}

function isAmong(fields: PlanGroup['fields'], { field, to }: PlanGroup['fields'][number]): boolean {
  return fields.some((each) => each.field === field && JSON.stringify(each.to) === JSON.stringify(to));
}
