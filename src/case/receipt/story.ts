import type { Entry, Outcome, PlanMade, Recorded, Verification } from '../../ledger/entry.js';
import { entryOf } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { Books } from '../ledger-work.js';

/**
 * What the ledger tells of a request's changes: enough for its receipt, also long after the request was
 * closed and its plans were purged.
 */
export interface Story {
  /** Plans that were confirmed, in that order. */
  readonly plans: readonly PlanStory[];
  /** As they were written, the last one last. */
  readonly verifications: readonly Seen<Verification>[];
  /** Where searches for an erasure ended that found nothing left to a human: numbers of entries. */
  readonly complete: readonly number[];
  /** Who carried out plans or searched again, each once, the first one first. */
  readonly operators: readonly string[];
}

export interface PlanStory {
  readonly made: Seen<PlanMade>;
  /** By source: what became of it there. A source of which nothing was told is not in it. */
  readonly sources: ReadonlyMap<string, Seen<Outcome>>;
  /** By source: where a login was ended. */
  readonly logins: ReadonlyMap<string, Seen<Outcome>>;
  /** Number of the entry that announced it last; null: there was nothing to change. */
  readonly announced: number | null;
}

export type Seen<E extends Entry> = Recorded<E> & { readonly seq: number };

interface Run {
  readonly sources: Map<string, Seen<Outcome>>;
  readonly logins: Map<string, Seen<Outcome>>;
  /** The first entry about it, which gives the order, and the last that announced it. */
  readonly since: number;
  announced: number | null;
}

/** @throws DsrError ledger: it does not hold a plan that it says was carried out. */
export function storyOf(books: Books, request: RequestId): Story {
  const runs = new Map<string, Run>();
  const intents = new Map<number, { readonly plan: string; readonly disable: boolean }>();
  const searches = new Map<number, string>();
  const made = new Map<string, Seen<PlanMade>>();
  const verifications: Seen<Verification>[] = [];
  const complete: number[] = [];
  const operators = new Set<string>();
  const begun = planBefore(books, request);
  if (begun !== null) made.set(begun.plan, begun);
  let drawn = begun;
  for (const link of books.ledger.links({ request })) {
    const entry = { ...entryOf(link), seq: link.seq };
    switch (entry.kind) {
      case 'plan':
        made.set(entry.plan, entry);
        drawn = entry;
        break;
      case 'intent': {
        if (entry.plan === null) {
          searches.set(entry.seq, entry.action);
          // A plan that was drawn up before it was not confirmed, or is among the runs.
          drawn = null;
          break;
        }
        intents.set(entry.seq, { plan: entry.plan, disable: entry.action === 'disable' });
        const run = runs.get(entry.plan) ?? newRun(entry.seq);
        run.announced = entry.seq;
        runs.set(entry.plan, run);
        operators.add(entry.operator);
        break;
      }
      case 'outcome':
        tell(runs, intents.get(entry.intent), entry);
        break;
      case 'find':
        if (entry.complete && searches.get(entry.intent) === 'erase') complete.push(entry.seq);
        break;
      case 'verification':
        verifications.push(entry);
        operators.add(entry.operator);
        if (drawn !== null && !runs.has(drawn.plan)) runs.set(drawn.plan, newRun(entry.seq));
        break;
      default:
    }
  }
  const missing = [...runs.keys()].filter((plan) => !made.has(plan));
  for (const plan of plansElsewhere(books, missing)) made.set(plan.plan, plan);
  return { plans: storiesOf(runs, made), verifications, complete, operators: [...operators] };
}

function newRun(since: number): Run {
  return { sources: new Map(), logins: new Map(), since, announced: null };
}

/** What was committed stays so, whatever was told of a later try. */
function tell(
  runs: ReadonlyMap<string, Run>,
  intent: { readonly plan: string; readonly disable: boolean } | undefined,
  entry: Seen<Outcome>,
): void {
  const run = intent === undefined ? undefined : runs.get(intent.plan);
  if (run === undefined) return;
  if (intent?.disable === true && entry.outcome === 'committed') run.logins.set(entry.source, entry);
  else if (run.sources.get(entry.source)?.outcome !== 'committed') run.sources.set(entry.source, entry);
}

function storiesOf(
  runs: ReadonlyMap<string, Run>,
  made: ReadonlyMap<string, Seen<PlanMade>>,
): readonly PlanStory[] {
  return [...runs]
    .toSorted(([, a], [, b]) => a.since - b.since)
    .map(([hash, { sources, logins, announced }]) => {
      const plan = made.get(hash);
      if (plan !== undefined) return { made: plan, sources, logins, announced };
      throw new DsrError('ledger', 'the ledger does not hold a plan that it says was carried out', {
        hint: '`dsr ledger verify` tells whether it is whole; restore the folder .dsr from a backup, all of it',
      });
    });
}

/** The plan for which a command opened the request: it was written down before there was a number for it. */
function planBefore({ ledger, work }: Books, request: RequestId): Seen<PlanMade> | null {
  const [opened] = ledger.links({ request });
  if (opened === undefined) return null;
  const state = entryOf(opened);
  if (state.kind !== 'state' || state.intent === undefined) return null;
  const tags = new Set<string>(work.subject(request).map(({ tag }) => tag));
  // A sweep's plan is about records, and names nobody.
  const isTheirs = (plan: PlanMade) =>
    tags.size === 0 ? plan.subject.length === 0 : plan.subject.some(({ tag }) => tags.has(tag));
  let found: Seen<PlanMade> | null = null;
  for (const link of ledger.links({ after: state.intent })) {
    if (link.seq >= opened.seq) break;
    const entry = entryOf(link);
    if (entry.kind !== 'plan' || entry.request !== null) continue;
    if (isTheirs(entry)) found = { ...entry, seq: link.seq };
  }
  return found;
}

/** Saved plans were written down under no request, at any time before. */
function plansElsewhere({ ledger }: Books, hashes: readonly string[]): readonly Seen<PlanMade>[] {
  const found = new Map<string, Seen<PlanMade>>();
  if (hashes.length === 0) return [];
  for (const link of ledger.links()) {
    if (!hashes.some((hash) => link.body.includes(hash))) continue;
    const entry = entryOf(link);
    if (entry.kind === 'plan' && hashes.includes(entry.plan))
      found.set(entry.plan, { ...entry, seq: link.seq });
    if (found.size === hashes.length) break;
  }
  return [...found.values()];
}
