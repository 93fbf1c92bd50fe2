import type { SourceOutcome as Applied, ApplyResult, PhaseName, Ready } from '../../apply/input.js';
import type { Intent, Outcome, Sha256 } from '../../ledger/entry.js';
import { DsrError } from '../../model/error.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import { changes, type Plan } from '../../plan/plan.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import { failureOf, intentEntry } from '../search/search-entry.js';
import type { SourceOutcome } from './change.js';

/** How an apply went, source by source, as the ledger is told of it while it runs. */
export interface Course {
  onIntent(intent: { readonly phase: PhaseName }): void;
  onReady(ready: Ready): void;
  onOutcome(outcome: Applied): void;
  /** What was not told on the way. */
  ended(outcomes: readonly Applied[]): void;
  /** What was thrown before a source was written to: every source is told to have been left as it was. */
  stopped(error: unknown): void;
  /** One a source of the plan that changes something, in the plan's order. */
  outcomes(): readonly SourceOutcome[];
  /** Sources where the login was ended, and nothing else happened. */
  loginsEnded(): readonly string[];
}

export interface CourseInput {
  readonly context: Context;
  readonly books: Books;
  readonly mapAndTypes: MapAndTypes;
  /** What the change is announced as. */
  readonly action: Intent['action'];
  readonly request: RequestId;
  readonly subject: readonly SubjectTag[];
  readonly plan: Plan;
  /** The entry that announced the search. */
  readonly intent: number;
  /** Whether the map asks for a source's compaction. */
  readonly compacts: (source: string) => boolean;
}

/**
 * Writes an intent before each phase, and what became of it at every source. An intent is on the disk
 * before a source is written to (ledger.append).
 */
export function courseOf(input: CourseInput): Course {
  const { context, books, mapAndTypes, action, request, subject, plan } = input;
  const { ledger } = books;
  const told: Applied[] = [];
  const announced = new Map<PhaseName, number>();
  const tell = (outcome: Applied): void => {
    told.push(outcome);
    ledger.append({
      kind: 'outcome',
      operator: context.operator,
      request,
      // Of a phase that did not come to be announced: the search is all that was.
      intent: announced.get(outcome.phase) ?? input.intent,
      source: outcome.source,
      outcome: outcome.status,
      records: outcome.status === 'committed' ? countsOf(plan, outcome) : {},
      failure: outcome.error === null ? null : failureOf(outcome.error, context),
    } satisfies Outcome);
  };
  const sources = changedSources(plan);
  const isTold = (source: string, phase: PhaseName) =>
    told.some((outcome) => outcome.source === source && outcome.phase === phase);
  return {
    onIntent({ phase }) {
      const entry = intentEntry(
        context,
        mapAndTypes,
        phase === 'disable' ? 'disable' : action,
        request,
        subject,
        plan.hash as Sha256,
      );
      announced.set(phase, ledger.append(entry));
    },
    onReady(ready) {
      if (input.compacts(ready.source)) books.work.oweCompaction(ready.source);
      books.work.recordCommit({ request, hash: plan.hash, ...ready });
    },
    onOutcome: tell,
    ended(outcomes) {
      for (const outcome of outcomes) if (!isTold(outcome.source, outcome.phase)) tell(outcome);
    },
    stopped(error) {
      const known = error instanceof DsrError ? error : new DsrError('internal', 'the change failed', {});
      for (const source of sources) {
        if (!isTold(source, 'change'))
          tell({ source, phase: 'change', status: 'rolled-back', records: 0, error: known });
      }
    },
    outcomes: () => sources.map((source) => outcomeOf(source, told)),
    loginsEnded: () =>
      told.flatMap(({ source, phase, status }) =>
        phase === 'disable' && status === 'committed' && outcomeOf(source, told).outcome === 'rolled-back'
          ? [source]
          : [],
      ),
  };
}

/** By name, in the plan's order. */
export function changedSources(plan: Plan): readonly string[] {
  return [...new Set(plan.groups.filter(changes).map(({ source }) => source))];
}

/** Whether anything was written that stays, or may stay. */
export function hasChanged(outcomes: readonly Pick<SourceOutcome, 'outcome'>[]): boolean {
  return outcomes.some(({ outcome }) => outcome === 'committed' || outcome === 'unknown');
}

/** What a human should look at, of what was done by rule. */
export function looksOf({ look }: Pick<ApplyResult, 'look'>): readonly string[] {
  return look.map(
    ({ collection, field, records }) =>
      `${collection}.${field}: the person was taken out of ${records === 1 ? 'one text' : `${records} texts`} by rule; have a look whether something still tells who it was`,
  );
}

function outcomeOf(source: string, told: readonly Applied[]): SourceOutcome {
  const [disable, change] = (['disable', 'change'] as const).map((phase) =>
    told.findLast((outcome) => outcome.source === source && outcome.phase === phase),
  );
  const last = change ?? disable;
  if (last === undefined) return { source, outcome: 'untouched', error: null };
  const error = last.error?.message ?? null;
  if (last.status !== 'rolled-back' || disable?.status !== 'committed') {
    return { source, outcome: last.status, error };
  }
  return {
    source,
    outcome: last.status,
    error: `${error ?? 'rolled back'}; the login was ended before, and stays so`,
  };
}

/** The plan's own counts: they were held against the source's before the commit. */
export function countsOf(
  { groups }: Plan,
  { source, phase }: Pick<Applied, 'source' | 'phase'>,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const group of groups) {
    if (group.source !== source || !changes(group) || group.action === 'open') continue;
    if ((group.action === 'disable') !== (phase === 'disable')) continue;
    counts[group.collection] = (counts[group.collection] ?? 0) + group.records;
  }
  return counts;
}
