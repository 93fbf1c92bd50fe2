import { applyPlan } from '../apply/apply.js';
import type { ApplyResult } from '../apply/input.js';
import { DsrError } from '../model/error.js';
import type { RequestId } from '../model/request.js';
import type { Identifier, KnownIdentifier, SoughtIdentifier, SourceStatus } from '../model/subject.js';
import { actionsOf, recordsToChange } from '../plan/actions.js';
import { courseOf, hasChanged, looksOf } from './applied.js';
import type { ChangeResult, Residue, SourceOutcome } from './change.js';
import { redraw } from './draw.js';
import { type Planned, stoppedBy, subjectOf, tasksOf } from './drawn-up.js';
import { exportFirst } from './export-first.js';
import { oweWhatStays } from './obligations.js';
import { forgetPlan, keepPlan } from './plan-keeping.js';
import { gainedBy } from './rectify.js';
import { nothingLeft, type Verifying, verify } from './verification.js';

/** Applies a confirmed plan under its request, and verifies. What happened is told, however it ended. */
export async function carryOut(drawn: Planned, request: RequestId): Promise<ChangeResult> {
  const { change, plan } = drawn;
  const { context, books, extract: wanted } = change;
  const extract = wanted === null ? null : await exportFirst(context, request, wanted.file);
  rememberWho(drawn, request);
  await keepPlan(context, books, request, plan, drawn.landscape.map);
  if (recordsToChange(plan) === 0) {
    books.work.planApplied(request, plan.hash);
    oweWhatStays(books, request, plan, () => true);
    const residue = nothingLeft(verifyingOf(drawn, request), drawn.answer.sources);
    const searchedBy = drawn.known.filter(({ followed }) => followed).length;
    const checked = { residue, searchedBy, unsure: [] };
    return { ...resultOf(drawn, request, [], [], checked), applied: true, extract };
  }
  const applied = await apply(drawn, request);
  if ('stale' in applied)
    return { ...stoppedBy(drawn, 'stale', request, applied.stale), outcomes: applied.outcomes, extract };
  const { outcomes, result, loginsEnded } = applied;
  const isDone = (source: string) =>
    outcomes.every((outcome) => outcome.source !== source || outcome.outcome === 'committed');
  if (!hasChanged(outcomes)) {
    forgetPlan(context, books, request, plan.hash);
    if (result.cancelled) throw cancelledHalfway(outcomes, loginsEnded, request);
    return { ...resultOf(drawn, request, outcomes, [], null), applied: false, extract };
  }
  books.work.planApplied(request, plan.hash);
  oweWhatStays(books, request, plan, isDone);
  if (result.cancelled) throw cancelledHalfway(outcomes, loginsEnded, request);
  const checked = await verifyAgain(drawn, request);
  const told = resultOf(drawn, request, outcomes, looksOf(result), checked);
  if (isOver(outcomes, checked)) books.work.destroySeed(request);
  return { ...told, applied: true, extract };
}

type Applied =
  | {
      readonly outcomes: readonly SourceOutcome[];
      readonly result: ApplyResult;
      readonly loginsEnded: readonly string[];
    }
  | { readonly outcomes: readonly SourceOutcome[]; readonly stale: string };

async function apply(drawn: Planned, request: RequestId): Promise<Applied> {
  const { change, landscape, draft, plan, known, called, answer } = drawn;
  const { context, books, mapAndTypes, action } = change;
  const { map, catalogs, types } = landscape;
  const course = courseOf({
    ...{ context, books, mapAndTypes, action, request, plan },
    subject: subjectOf(drawn),
    intent: drawn.intent,
  });
  const searched = new Set(
    answer.sources.flatMap(({ source, status }) => (status === 'searched' ? [source] : [])),
  );
  try {
    const result = await applyPlan({
      plan,
      map,
      catalogs,
      connectors: new Map([...landscape.connectors].filter(([source]) => searched.has(source))),
      types,
      seed: books.work.seed(request),
      person: {
        identifiers: [...known.filter(({ followed }) => followed), ...called.identifiers],
        names: called.names,
      },
      redraw: (readers) => redraw(draft, readers),
      onIntent: course.onIntent,
      onOutcome: course.onOutcome,
      signal: context.signal,
      timeoutMs: context.timeoutMs,
      report: (message) => context.report({ kind: 'step', message }),
      tmp: draft.tmp,
    });
    course.ended(result.sources);
    return { outcomes: course.outcomes(), result, loginsEnded: course.loginsEnded() };
  } catch (error) {
    course.stopped(error);
    const outcomes = course.outcomes();
    if (!hasChanged(outcomes)) forgetPlan(context, books, request, plan.hash);
    if (error instanceof DsrError && error.kind === 'conflict') return { outcomes, stale: error.message };
    throw error;
  }
}

/** So that the request can be searched for again by all that is known, also when this ends halfway. */
function rememberWho(drawn: Planned, request: RequestId): void {
  const { books, sought } = drawn.change;
  const given = new Set(sought.identifiers.map(identity));
  const learnt = knownOf(drawn).filter((known) => known.strength === 'strong' && !given.has(identity(known)));
  books.work.recordNames(request, drawn.called.names);
  books.work.recordLearnt(
    request,
    learnt.map(({ type, value, from }) => ({ type, value, source: from })),
  );
}

/** Whom the person is found by, before and after; nothing that is also somebody else's. */
function knownOf({ change, landscape, known }: Planned): readonly KnownIdentifier[] {
  const { set, decided } = change;
  const followed = known.filter((identifier) => identifier.followed);
  // Accepted although it is somebody else's: it tells nobody apart.
  if ((decided.answers('what').get('accept') ?? []).length > 0) return followed;
  const gained = gainedBy(set, landscape).map(({ type, value }) => ({
    ...{ type, value, from: 'operator' },
    strength: landscape.types.get(type).strength,
  }));
  return [...followed, ...gained.filter((one) => !followed.some((each) => identity(each) === identity(one)))];
}

/** By what was given as such; all else is known of them, and in doubt by nobody's word. */
function soughtAgain(drawn: Planned): readonly SoughtIdentifier[] {
  const given = new Set(
    drawn.change.sought.identifiers.filter(({ learnt }) => learnt !== true).map((one) => identity(one)),
  );
  return knownOf(drawn).map((one) => {
    const { type, value } = one;
    return given.has(identity(one)) ? { type, value } : { type, value, learnt: true };
  });
}

function identity({ type, value }: Identifier): string {
  return `${type}\n${value}`;
}

/** null: it could not be verified. */
interface Checked {
  readonly residue: Residue | null;
  readonly searchedBy: number | null;
  /** Why it is not known whether anything is left: nobody must read silence as a yes. */
  readonly unsure: readonly string[];
  readonly sources?: readonly SourceStatus[];
}

async function verifyAgain(drawn: Planned, request: RequestId): Promise<Checked> {
  try {
    // What it leaves to a human is told by the plan itself.
    const applied = { plan: drawn.plan, places: null, goneBefore: () => false };
    const { residue, sources, searchedBy } = await verify(verifyingOf(drawn, request), [applied]);
    const lost = sources.filter(
      ({ source, status }) =>
        status !== 'searched' &&
        drawn.answer.sources.some((before) => before.source === source && before.status === 'searched'),
    );
    const unsure =
      lost.length === 0 ? [] : [`not searched again: ${lost.map(({ source }) => source).join(', ')}`];
    return { residue, unsure, sources, searchedBy };
  } catch (error) {
    // What was committed must be told, whatever came after.
    if (!(error instanceof DsrError) || error.kind === 'internal' || error.kind === 'ledger') throw error;
    const unsure = [`not verified: ${error.message}; dsr verify ${request} does it`];
    return { residue: null, unsure, searchedBy: null };
  }
}

function verifyingOf(drawn: Planned, request: RequestId): Verifying {
  const { change, landscape } = drawn;
  const { context, books } = change;
  return {
    context,
    books,
    landscape,
    request,
    subject: subjectOf(drawn),
    sought: { identifiers: soughtAgain(drawn), records: change.sought.records },
    names: drawn.called.names,
  };
}

/** Nothing is left that would need the pseudonyms again. */
function isOver(outcomes: readonly SourceOutcome[], { residue, sources }: Checked): boolean {
  return (
    outcomes.every(({ outcome }) => outcome === 'committed') &&
    residue?.residual === 0 &&
    sources?.every(({ status }) => status === 'searched') === true
  );
}

function resultOf(
  drawn: Planned,
  request: RequestId,
  outcomes: readonly SourceOutcome[],
  looks: readonly string[],
  checked: Checked | null,
): Omit<ChangeResult, 'applied' | 'extract'> {
  const { change, answer, plan } = drawn;
  const residual = checked?.residue?.residual ?? 0;
  const incomplete = [
    ...answer.incomplete,
    ...outcomes.flatMap(({ source, outcome, error }) =>
      outcome === 'committed' ? [] : [`${source}: ${OUTCOMES[outcome]}${error === null ? '' : `: ${error}`}`],
    ),
    ...tasksOf(plan),
    ...(residual === 0
      ? []
      : [`${residual === 1 ? 'one record was' : `${residual} records were`} found again`]),
    ...(checked?.unsure ?? []),
  ];
  return {
    ...answer,
    request,
    complete: incomplete.length === 0,
    incomplete,
    warnings: [...answer.warnings, ...looks],
    action: change.action,
    planHash: plan.hash,
    actions: actionsOf(plan),
    outcomes,
    verified: checked?.residue ?? null,
    searchedBy: checked?.searchedBy ?? null,
    stopped: null,
  };
}

const OUTCOMES: Readonly<Record<Exclude<SourceOutcome['outcome'], 'committed'>, string>> = {
  'rolled-back': 'rolled back, nothing was changed there',
  unknown: 'it is not known whether the change was done',
  untouched: 'not touched',
};

function cancelledHalfway(
  outcomes: readonly SourceOutcome[],
  loginsEnded: readonly string[],
  request: RequestId,
): DsrError {
  const of = (...wanted: readonly SourceOutcome['outcome'][]) =>
    outcomes.flatMap(({ source, outcome }) => (wanted.includes(outcome) ? [source] : []));
  const facts = [
    ['changed already', of('committed')],
    ['perhaps changed', of('unknown')],
    ['unchanged', of('rolled-back', 'untouched').filter((source) => !loginsEnded.includes(source))],
    ['only the login ended', loginsEnded],
  ] as const;
  const told = facts.flatMap(([what, sources]) =>
    sources.length === 0 ? [] : [`${what}: ${sources.join(', ')}`],
  );
  return new DsrError('cancelled', `cancelled; ${told.join('; ')}`, {
    hint: `call it again with --request ${request} to do the rest`,
  });
}
