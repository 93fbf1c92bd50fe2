import type { Verification } from '../../ledger/entry.js';
import { entryOf } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import { actionsOf } from '../../plan/actions.js';
import type { Plan } from '../../plan/plan.js';
import { changedSources } from '../change/applied.js';
import type { ChangeInput, ChangeResult } from '../change/change.js';
import { compactSources } from '../change/compaction.js';
import { oweWhatStays } from '../change/obligations.js';
import { readKeptPlan } from '../change/plan-keeping.js';
import { verifyIn } from '../change/verify-request.js';
import type { Context } from '../context.js';
import { openLandscape } from '../landscape.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import { type Attempt, followUp, type Pass } from './follow-up.js';
import { sourcesIn } from './runs.js';
import { leaveUntouched } from './untouched.js';
import { type Asking, askWhatLanded, type Landed } from './what-landed.js';

export interface ResumeInput extends Pick<ChangeInput, 'show' | 'confirm' | 'dryRun'> {
  readonly request: RequestId;
  /** What the request was opened for, where nobody asked for it; null: somebody asked. */
  readonly pass: Pass | null;
}

/** How a request stood, and what became of it. */
export interface Resumed {
  readonly request: RequestId;
  /**
   * nothing: all was done and verified before. untouched: no source had been touched, and none was now.
   * resumed: what was left was done now, as far as `change` says.
   */
  readonly resumed: 'nothing' | 'untouched' | 'resumed';
  /** The request had been opened by the command that came to nothing, and was closed. */
  readonly closed: boolean;
  readonly change: ChangeResult | null;
  /** What is not done yet, where all else was. */
  readonly undone?: readonly string[];
}

/**
 * Finishes what was begun under a request, from whatever point it was left at. The caller holds its lock.
 * Of what nobody was told, the sources are asked; what was done is written down and owed; what was not is
 * done, as it was confirmed; and all of it is verified.
 *
 * @throws DsrError as erase, rectify and verify.
 */
export async function resumeRequest(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  input: ResumeInput,
): Promise<Resumed> {
  const { request, pass } = input;
  const kept = books.work.plans(request).at(-1);
  if (kept === undefined) {
    checkNotClosed(books, request);
    const closed = leaveUntouched(context, books, mapAndTypes, request);
    return { request, resumed: 'untouched', closed, change: null };
  }
  const plan = await readKeptPlan(context, kept);
  const opened: Plan[] = [plan];
  try {
    const landscape = await openLandscape(context, mapAndTypes);
    try {
      const about = { context, books, landscape };
      const earlier: Attempt[] = [];
      for (const before of books.work.plans(request).slice(0, -1)) {
        const taken = await readKeptPlan(context, before);
        opened.push(taken);
        earlier.push({ plan: taken, landed: await askWhatLanded({ ...about, kept: before, plan: taken }) });
      }
      const asking: Asking = { ...about, kept, plan };
      const landed = await askWhatLanded(asking);
      noteDone(asking, landed);
      if (!isDone(asking, landed)) {
        const attempt = { plan, landed };
        const change = await followUp({ ...about, request, mapAndTypes, earlier, attempt, pass, input });
        const told = { ...change, outcomes: allOutcomes(asking, landed, change) };
        const unsure = [...earlier, attempt].flatMap((each) => each.landed.unsure);
        return { request, resumed: 'resumed', closed: false, change: withWords(told, unsure) };
      }
      if (isVerified(books, request)) {
        books.work.destroySeed(request);
        const undone = await compactSources(context, books, landscape);
        return { request, resumed: 'nothing', closed: false, change: null, undone };
      }
    } finally {
      await landscape.close();
    }
    const { verified, ...answer } = await verifyIn(context, books, mapAndTypes, request);
    const change: ChangeResult = {
      ...answer,
      action: plan.header.action,
      applied: true,
      planHash: plan.hash,
      actions: actionsOf(plan),
      outcomes: changedSources(plan).map((source) => ({ source, outcome: 'committed', error: null })),
      verified,
      stopped: null,
      extract: null,
    };
    return { request, resumed: 'resumed', closed: false, change };
  } finally {
    for (const each of opened) each.close();
  }
}

function checkNotClosed({ work }: Books, request: RequestId): void {
  if (!work.request(request).events.some(({ event }) => event === 'closed')) return;
  throw new DsrError('usage', `request ${request} is closed: what would be needed to finish it is gone`, {
    place: request,
    hint: `\`dsr request show ${request} --receipt\` tells what was done`,
  });
}

/**
 * What a run that was cut off could not say any more. Once only: what was owed then may have been erased or
 * held since.
 */
function noteDone({ books, kept, plan }: Asking, landed: Landed): void {
  if (kept.applied !== null && !landed.isNews) return;
  const sources = sourcesIn(plan, 'change');
  const done = sources.filter((source) => landed.isDone('change', source));
  if (done.length === 0 && changedSources(plan).length > 0) return;
  oweWhatStays(books, kept.request, plan, (source) => !sources.includes(source) || done.includes(source));
  if (kept.applied === null) books.work.planApplied(kept.request, kept.hash);
}

/** A plan that changes nothing is done when that was written down. */
function isDone({ kept, plan }: Asking, landed: Landed): boolean {
  if (changedSources(plan).length === 0) return kept.applied !== null;
  return (['disable', 'change'] as const).every((phase) =>
    sourcesIn(plan, phase).every((source) => landed.isDone(phase, source)),
  );
}

/** Whether it was searched again, everywhere and in vain, since a source was changed last. */
function isVerified({ ledger }: Books, request: RequestId): boolean {
  let last: Verification | null = null;
  for (const link of ledger.links({ request })) {
    const entry = entryOf(link);
    if (entry.kind === 'verification') last = entry;
    if (entry.kind === 'outcome' && entry.outcome !== 'rolled-back') last = null;
  }
  return last?.residual === 0 && Object.values(last.sources).every((status) => status === 'searched');
}

/** With those where nothing was left to do. */
function allOutcomes({ plan }: Asking, landed: Landed, { outcomes }: ChangeResult): ChangeResult['outcomes'] {
  const before = changedSources(plan).filter(
    (source) => landed.isDone('change', source) && !outcomes.some((outcome) => outcome.source === source),
  );
  return [...before.map((source) => ({ source, outcome: 'committed' as const, error: null })), ...outcomes];
}

/** What else is not as it should be. */
function withWords(change: ChangeResult, words: readonly string[]): ChangeResult {
  if (words.length === 0) return change;
  return { ...change, complete: false, incomplete: [...words, ...change.incomplete] };
}
