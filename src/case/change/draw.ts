import type { Reader } from '../../connector/contract.js';
import type { AnsweredRecord } from '../../locate/locate.js';
import type { LocatedDecision, LocatedPerson } from '../../locate/located.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { Sought, SourceStatus } from '../../model/subject.js';
import type { AnsweredPlace, EraseReason, Plan, PlanHeader, Setting } from '../../plan/plan.js';
import type { Answer } from '../../work/decision.js';
import { catalogHash } from '../catalog-hash.js';
import type { Context } from '../context.js';
import { checkNotHeld, type Holds } from '../hold/holds.js';
import type { Landscape } from '../landscape.js';
import { civilDate } from '../request/deadline.js';
import { describeAgain } from '../schema-again.js';
import type { Decided } from '../search/decisions.js';
import { isCandidate, locateIn, onlyPerson } from '../search/search.js';
import type { ChangeAction } from './may-change.js';

/** What is to be planned, beside what the sources hold. */
export interface Intended {
  readonly action: ChangeAction;
  readonly reason: EraseReason | null;
  readonly set: readonly Setting[];
  readonly draw: Draw;
}

/** A person as found on some snapshots, of whom a plan is drawn up. */
export interface Drawing extends Pick<Landscape, 'map' | 'catalogs' | 'types' | 'references'> {
  readonly person: LocatedPerson;
  readonly sources: readonly SourceStatus[];
  readonly readers: ReadonlyMap<string, Reader>;
  /** Whether a source's connector can change it. */
  readonly writable: (source: string) => boolean;
  /** To the planner's own questions. */
  readonly answers: ReadonlyMap<Answer, readonly AnsweredRecord[]>;
  readonly header: PlanHeader;
  readonly holds: Holds;
  /** A private folder for scratch files. */
  readonly tmp: string;
  readonly signal: AbortSignal;
}

/** A plan, which is the caller's to close; null where decisions stand against one. */
export interface Drawn {
  readonly plan: Plan | null;
  readonly decisions: readonly LocatedDecision[];
  /** For a person to know; names no value. */
  readonly warnings: readonly string[];
  /** What of it only a person can do, beside the plan's own tasks; names no value. */
  readonly incomplete: readonly string[];
}

export type Draw = (drawing: Drawing) => Promise<Drawn>;

/** Everything that a plan is drawn up from: the same on the same data gives the same plan. */
export interface Draft {
  readonly context: Context;
  readonly landscape: Landscape;
  readonly intended: Intended;
  readonly sought: Sought;
  readonly request: RequestId | null;
  readonly decided: Decided;
  readonly holds: Holds;
  readonly tmp: string;
  /** Ledger.planSalt. */
  readonly salt: string;
}

export function drawOn(
  draft: Draft,
  person: LocatedPerson,
  readers: ReadonlyMap<string, Reader>,
  sources: readonly SourceStatus[],
): Promise<Drawn> {
  const { context, landscape, intended, decided, holds, tmp } = draft;
  const { map, catalogs, types, references, connectors } = landscape;
  return intended.draw({
    map,
    catalogs,
    types,
    references,
    person,
    sources,
    readers,
    writable: (source) => connectors.get(source)?.writer !== undefined,
    answers: decided.answers('what'),
    header: headerOf(draft, sources),
    holds,
    tmp,
    signal: context.signal,
  });
}

/**
 * Reads the schemas again, locates the person and draws the plan up again, on what these read, with the
 * same answers.
 *
 * @throws DsrError conflict: a schema is another, it would need a new decision, or a hold was put on the
 *   person · transient: a source
 *   did not answer.
 */
export async function redraw(before: Draft, readers: ReadonlyMap<string, Reader>): Promise<Plan> {
  const { context, decided, sought } = before;
  const catalogs = await describeAgain(context, before.landscape, readers.keys());
  const landscape = { ...before.landscape, catalogs };
  const draft = { ...before, landscape };
  const statuses = landscape.statuses.map((status): SourceStatus => {
    if (readers.has(status.source)) return { source: status.source, status: 'searched' };
    // It had answered, but was not searched.
    return status.status === 'searched' ? { source: status.source, status: 'unreachable' } : status;
  });
  const located = await locateIn(context, landscape, { readers, statuses }, sought, decided.answers('whose'));
  try {
    const lost = located.sources.find(({ source, status }) => status !== 'searched' && readers.has(source));
    if (lost !== undefined) {
      throw new DsrError(
        'transient',
        `${lost.source} could not be searched again, to see whether the plan still holds${lost.error === undefined ? '' : `: ${lost.error}`}`,
        { hint: 'nothing was changed; call again' },
      );
    }
    const person = onlyPerson(located);
    if (before.intended.action === 'erase') checkNotHeld(before.holds.on(person.identifiers));
    const { plan, decisions } = await drawOn(draft, person, readers, located.sources);
    const leaving = landscape.map.policy.candidates === 'leave';
    const open = [
      ...person.decisions.filter((decision) => !(leaving && isCandidate(decision))),
      ...decisions,
    ];
    if (open.length === 0 && plan !== null) return plan;
    plan?.close();
    const places = [...new Set(open.map(({ collection }) => collection))];
    throw new DsrError(
      'conflict',
      `the plan is stale: there is something new to decide in ${places.join(', ')}`,
      {
        hint: 'draw it up again; nothing was changed',
      },
    );
  } finally {
    located.close();
  }
}

function headerOf(draft: Draft, sources: readonly SourceStatus[]): PlanHeader {
  const { context, landscape, intended, sought, request, decided } = draft;
  const { map, catalogs } = landscape;
  const now = context.clock.now();
  const searched = sources.flatMap(({ source, status }) => (status === 'searched' ? [source] : []));
  return {
    dsr: 'plan',
    version: 1,
    action: intended.action,
    request,
    created: now.toISOString(),
    map: map.hash,
    catalog: catalogHash(catalogs, searched),
    salt: draft.salt,
    today: civilDate(now, map.controller.timezone),
    reason: intended.reason,
    set: intended.set,
    identifiers: sought.identifiers.map(({ type, value }) => ({ type, value })),
    accepted: answered(decided, 'accept'),
    rejected: answered(decided, 'reject'),
  };
}

function answered(decided: Decided, answer: Answer): readonly AnsweredPlace[] {
  return (['whose', 'what'] as const).flatMap((question) =>
    (decided.answers(question).get(answer) ?? []).map(({ collection, key }) => ({
      question,
      collection,
      key,
    })),
  );
}
