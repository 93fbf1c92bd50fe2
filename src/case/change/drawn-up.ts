import type { LocatedIdentifier } from '../../locate/located.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Sought } from '../../model/subject.js';
import { actionsOf } from '../../plan/actions.js';
import type { Plan } from '../../plan/plan.js';
import type { Hold } from '../../work/hold.js';
import type { Context } from '../context.js';
import type { Landscape } from '../landscape.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import type { Decided } from '../search/decisions.js';
import type { FindResult } from '../search/find.js';
import type { Called } from '../search/names.js';
import type { ChangeInput, ChangeResult, EraseInput } from './change.js';
import type { Draft, Intended } from './draw.js';

/** An erasure or a rectification of one person, as it was asked for. */
export interface Change extends Intended {
  readonly context: Context;
  readonly books: Books;
  readonly mapAndTypes: MapAndTypes;
  readonly input: Pick<ChangeInput, 'dryRun' | 'planOut' | 'show' | 'confirm'>;
  readonly extract: EraseInput['extract'];
  /** null: one is opened once nothing stands against it any more. */
  readonly given: RequestId | null;
  readonly sought: Sought;
  readonly subject: readonly SubjectTag[];
  readonly decided: Decided;
  /** A saved plan, which must come out again; null: whatever comes out. */
  readonly expected: Pick<Plan, 'hash' | 'header'> | null;
  /** Many people at once, whom nobody asks for again (src/obligation/pass.ts). Absent: one person. */
  readonly pass?: 'sweep' | 'replay';
}

/** What was found, and the plan of what becomes of it. */
export interface DrawnUp {
  readonly change: Change;
  readonly landscape: Landscape;
  readonly draft: Draft;
  /** null: open decisions stand against one. */
  readonly plan: Plan | null;
  /** As the command answers it: the search, with the decisions that stand against the plan. */
  readonly answer: Omit<FindResult, 'records' | 'close'>;
  /** On the person of an erasure: each stands against it. */
  readonly holds: readonly Hold[];
  readonly known: readonly LocatedIdentifier[];
  /** What the person is called, where texts are to be redacted. */
  readonly called: Called;
  /** The entry that announced the search. */
  readonly intent: number;
}

/** With a plan against which nothing stands. */
export interface Planned extends DrawnUp {
  readonly plan: Plan;
}

/** The person as the plan knows them: what was learnt, too, tells who it was to whoever erases again after a restored backup. */
export function subjectOf({
  change: { books, subject },
  known,
}: Pick<DrawnUp, 'change' | 'known'>): readonly SubjectTag[] {
  const tags = new Map(subject.map((one) => [one.tag, one]));
  for (const { type, value, strength, followed } of known) {
    const tag = books.ledger.subjectTag(type, value);
    if (strength === 'strong' && followed && !tags.has(tag)) tags.set(tag, { type, tag });
  }
  return [...tags.values()];
}

/** What the plan leaves to a human: it is not complete before. */
export function tasksOf(plan: Pick<Plan, 'groups'>): readonly string[] {
  return actionsOf(plan).flatMap(({ collection, action, records, why }) =>
    action === 'manual'
      ? [
          `${collection}: ${records === 1 ? 'one record is' : `${records} records are`} left to do by hand${why === null ? '' : `: ${why}`}`,
        ]
      : [],
  );
}

/** Nothing was changed, and why. `stale`: why the plan does not hold any more. */
export function stoppedBy(
  { change, answer, plan }: DrawnUp,
  stopped: Exclude<ChangeResult['stopped'], null>,
  request: RequestId | null,
  stale: string | null = null,
): ChangeResult {
  const told = stopped === 'undecided' || stopped === 'unread' ? null : plan;
  const incomplete = [
    ...(stale === null ? [] : [stale]),
    ...answer.incomplete,
    ...(told === null ? [] : tasksOf(told)),
  ];
  return {
    ...answer,
    request,
    complete: incomplete.length === 0,
    incomplete,
    action: change.action,
    applied: false,
    planHash: told?.hash ?? null,
    actions: told === null ? [] : actionsOf(told),
    outcomes: [],
    verified: null,
    searchedBy: null,
    stopped,
    extract: null,
  };
}
