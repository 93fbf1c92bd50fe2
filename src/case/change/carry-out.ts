import { applyPlan } from '../../apply/apply.js';
import type { ApplyResult } from '../../apply/input.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import { actionsOf, recordsToChange } from '../../plan/actions.js';
import { exportFirst } from '../extract/export-first.js';
import { courseOf, hasChanged, looksOf } from './applied.js';
import { appliedPlans } from './applied-plans.js';
import type { ChangeResult, SourceOutcome } from './change.js';
import { compactSources } from './compaction.js';
import { redraw } from './draw.js';
import { type Planned, stoppedBy, subjectOf, tasksOf } from './drawn-up.js';
import { oweWhatStays } from './obligations.js';
import { forgetPlan, keepPlan } from './plan-keeping.js';
import { type Checked, isOver, nothingToVerify, verifyAgain } from './verify-again.js';
import { rememberWho } from './who-is-known.js';

/** Applies a confirmed plan under its request, and verifies. What happened is told, however it ended. */
export async function carryOut(drawn: Planned, request: RequestId): Promise<ChangeResult> {
  const { change, plan } = drawn;
  const { context, books, extract: wanted } = change;
  const extract = wanted === null ? null : await exportFirst(context, books, request, wanted.file);
  rememberWho(drawn, request);
  await keepPlan(context, books, request, plan, drawn.landscape.map);
  if (recordsToChange(plan) === 0) {
    // Owed before it is called applied: what is applied is owed.
    oweWhatStays(books, request, plan, () => true);
    books.work.planApplied(request, plan.hash);
    const isFirst = appliedPlans(books, request).every(({ hash }) => hash === plan.hash);
    const undone = await compactSources(context, books, drawn.landscape);
    const known = isFirst ? nothingToVerify(drawn, request) : await verifyAgain(drawn, request);
    const checked = { ...known, unsure: [...known.unsure, ...undone] };
    if (isOver([], checked)) books.work.destroySeed(request);
    return { ...resultOf(drawn, request, [], [], checked), applied: true, extract };
  }
  const applied = await apply(drawn, request);
  if ('stale' in applied)
    return { ...stoppedBy(drawn, 'stale', request, applied.stale), outcomes: applied.outcomes, extract };
  const { outcomes, result, loginsEnded } = applied;
  const isDone = (source: string) =>
    outcomes.every((outcome) => outcome.source !== source || outcome.outcome === 'committed');
  if (!hasChanged(outcomes)) {
    if (result.cancelled) {
      if (loginsEnded.length === 0) forgetPlan(context, books, request, plan.hash);
      throw cancelledHalfway(outcomes, loginsEnded, request);
    }
    // Kept, so that it can be resumed.
    return { ...resultOf(drawn, request, outcomes, [], null), applied: false, extract };
  }
  oweWhatStays(books, request, plan, isDone);
  books.work.planApplied(request, plan.hash);
  if (result.cancelled) throw cancelledHalfway(outcomes, loginsEnded, request);
  const undone = await compactSources(context, books, drawn.landscape);
  const verified = await verifyAgain(drawn, request);
  const checked = { ...verified, unsure: [...verified.unsure, ...undone] };
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
    ...{ context, books, mapAndTypes, request, plan },
    action: change.pass ?? action,
    subject: subjectOf(drawn),
    intent: drawn.intent,
    compacts: (source) => landscape.connectors.get(source)?.compact !== undefined,
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
      onReady: course.onReady,
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
    // What failed may be resumed; what is stale or was called off may not.
    const isOff = error instanceof DsrError && (error.kind === 'conflict' || error.kind === 'cancelled');
    const isUntouched = !hasChanged(outcomes) && course.loginsEnded().length === 0;
    if (isOff && isUntouched) forgetPlan(context, books, request, plan.hash);
    if (error instanceof DsrError && error.kind === 'conflict') return { outcomes, stale: error.message };
    throw error;
  }
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
  const isBegun = hasChanged(outcomes) || loginsEnded.length > 0;
  return new DsrError('cancelled', `cancelled; ${told.join('; ')}`, {
    hint: isBegun ? `\`dsr resume ${request}\` does the rest` : `call it again with --request ${request}`,
  });
}
