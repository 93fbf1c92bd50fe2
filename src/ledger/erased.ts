import type { RequestId, SubjectTag, Tag } from '../model/request.js';
import type { DecisionAnswered, Entry, Intent, Outcome, PlanMade, Recorded } from './entry.js';
import { entryOf, type Ledger } from './ledger.js';

/** An erasure that was carried out, or may have been, told without a value. */
export interface Erasure {
  /** What its person was known by, earlier values that a rectification replaced too. */
  readonly tags: ReadonlySet<Tag>;
  /** Ledger.recordTag of the roots that went, and of those that stayed. */
  readonly roots: ReadonlySet<Tag>;
  readonly kept: ReadonlySet<Tag>;
  /** null: not written down; then what the request's type asks for. */
  readonly reason: PlanMade['reason'] | null;
  /** The requests under which it was done, with their types; empty: written by an earlier version. */
  readonly requests: ReadonlyMap<RequestId, string>;
  /**
   * Erasures of one number are of the same person; null: a sweep's or a replay's, of many people at once who
   * cannot be told apart any more.
   */
  readonly person: number | null;
  /** The last entry that tells of it: what announced it, or says that it was done. */
  readonly last: number;
}

export interface ErasedSince {
  readonly erasures: readonly Erasure[];
  /** The identifiers of all of them, each once. */
  readonly tags: readonly SubjectTag[];
  /** What was answered under one of their requests, or to a replay, in order. */
  readonly answers: readonly EarlierAnswer[];
}

export interface EarlierAnswer
  extends Pick<Recorded<DecisionAnswered>, 'about' | 'collection' | 'record' | 'answer'> {
  readonly seq: number;
  /** Asked by a replay, of which nobody knows any more about whom of those erased by then. */
  readonly replay: boolean;
}

/**
 * Whoever was erased at or after `since`: plans that were announced then, or of which something was committed
 * then. One that is known to have been rolled back at every source did nothing; of any other, whose process
 * died or whose commit was not answered, nobody can say so, and a backup may bring back what it took. Reads
 * the ledger three times, a window at a time; what it keeps grows with the erasures since, not with the ledger.
 */
export function erasedSince(ledger: Pick<Ledger, 'links'>, since: Date): ErasedSince {
  const { runs, types } = requestsOf(ledger, runsSince(ledger, since));
  const plans = new Set([...runs.values()].map(({ plan }) => plan));
  const theirs = new Set([...runs.values()].flatMap(({ requests }) => [...requests]));
  // A hash names records, not people: of the plans that have it, the last one is the one that was meant.
  const latest = new Map<string, PlanMade>();
  const drafts = new Map<PlanMade, Draft>();
  const rectified = new Map<PlanMade, Pick<PlanMade, 'subject'>>();
  const gone = new Set<Tag>();
  const answers: (EarlierAnswer & { readonly request: RequestId | null })[] = [];
  for (const link of ledger.links()) {
    const entry = entryOf(link);
    if (entry.kind === 'plan' && plans.has(entry.plan)) latest.set(entry.plan, entry);
    if (entry.kind === 'intent') {
      const run = runs.get(link.seq);
      const plan = latest.get(run?.plan ?? '');
      if (run === undefined || plan === undefined || isUndone(run, plan)) continue;
      if (run.action === 'rectify') {
        // What somebody erased was known by, and somebody else is now, makes them no one person.
        rectified.set(plan, { subject: plan.subject.filter(({ tag }) => !gone.has(tag)) });
        continue;
      }
      drafts.set(plan, drafted(plan, run, types, drafts.get(plan)));
      for (const { tag } of plan.subject) gone.add(tag);
    }
    if (entry.kind === 'decision') {
      const replay = entry.intent !== undefined;
      if (!replay && (entry.request === null || !theirs.has(entry.request))) continue;
      const { about, collection, record, answer, request } = entry;
      answers.push({ about, collection, record, answer, seq: link.seq, replay, request });
    }
  }
  const erased = numbered([...drafts.values()], [...rectified.values()]);
  const under = new Set(erased.erasures.flatMap(({ requests }) => [...requests.keys()]));
  return {
    ...erased,
    answers: answers.flatMap(({ request, ...answer }) =>
      answer.replay || (request !== null && under.has(request)) ? [answer] : [],
    ),
  };
}

interface Draft extends Omit<Erasure, 'tags' | 'person'> {
  readonly subject: readonly SubjectTag[];
  readonly many: boolean;
}

/** What was told of one intent. */
interface Told {
  /** By source; the last word counts. */
  readonly outcomes: Map<string, Outcome['outcome']>;
  readonly requests: Set<RequestId>;
  last: number;
}

interface Run extends Told {
  readonly action: Intent['action'];
  readonly plan: string;
  readonly many: boolean;
}

const CHANGING = new Set<Intent['action']>(['erase', 'rectify', 'sweep', 'replay']);

/** By the intent's number: what was announced since, and what was announced before and ended since. */
function runsSince(ledger: Pick<Ledger, 'links'>, since: Date): ReadonlyMap<number, Told> {
  const runs = new Map<number, Told>();
  for (const link of ledger.links()) {
    if (!/"kind":"(intent|outcome)"/.test(link.body)) continue;
    const entry = entryOf(link);
    if (entry.kind !== 'intent' && entry.kind !== 'outcome') continue;
    const isSince = Date.parse(entry.at) >= since.getTime();
    if (entry.kind === 'intent') {
      if (isSince && isChange(entry)) runs.set(link.seq, told(entry, link.seq));
      continue;
    }
    const mayBeDone = entry.outcome !== 'rolled-back';
    const run = runs.get(entry.intent) ?? (isSince && mayBeDone ? told(entry, link.seq) : null);
    if (run === null) continue;
    runs.set(entry.intent, run);
    run.outcomes.set(entry.source, entry.outcome);
    if (mayBeDone) run.last = link.seq;
    if (entry.request !== null) run.requests.add(entry.request);
  }
  return runs;
}

function told({ request }: Pick<Intent, 'request'>, last: number): Told {
  return { outcomes: new Map(), requests: new Set(request === null ? [] : [request]), last };
}

function isChange({ plan, action }: Pick<Intent, 'plan' | 'action'>): boolean {
  return plan !== null && CHANGING.has(action);
}

/** What they were announced as, and under which requests. */
function requestsOf(ledger: Pick<Ledger, 'links'>, since: ReadonlyMap<number, Told>) {
  const asked = new Set([...since.values()].flatMap(({ requests }) => [...requests]));
  const types = new Map<RequestId, string>();
  const passes = new Set<number>();
  const ofPasses = new Set<RequestId>();
  const runs = new Map<number, Run>();
  for (const link of ledger.links()) {
    const entry: Recorded<Entry> = entryOf(link);
    if (entry.kind === 'state') {
      if (asked.has(entry.request)) types.set(entry.request, entry.type);
      if (entry.intent !== undefined && passes.has(entry.intent)) ofPasses.add(entry.request);
    }
    if (entry.kind !== 'intent') continue;
    const { action, plan } = entry;
    if (isPass(entry)) passes.add(link.seq);
    const run = since.get(link.seq);
    if (run === undefined || plan === null || !isChange(entry)) continue;
    const many = isPass(entry) || [...run.requests].some((request) => ofPasses.has(request));
    runs.set(link.seq, { ...run, action, plan, many });
  }
  return { runs, types };
}

/** Its request, too, was opened for many people. */
function isPass({ action }: Pick<Intent, 'action'>): boolean {
  return action === 'sweep' || action === 'replay';
}

/** Rolled back at every source that the plan changes; of one that was not told of, nobody knows. */
function isUndone({ outcomes }: Told, { actions }: PlanMade): boolean {
  const changed = actions.filter(({ action }) => action !== 'keep' && action !== 'manual');
  const sources = new Set([...changed.map(({ collection }) => sourceOf(collection)), ...outcomes.keys()]);
  return sources.size > 0 && [...sources].every((source) => outcomes.get(source) === 'rolled-back');
}

/** Collection.id begins with it. */
function sourceOf(collection: string): string {
  return collection.split('.', 1)[0] ?? '';
}

/** `before`: the same plan, of which an earlier intent did a part. */
function drafted(
  plan: PlanMade,
  { many, last, ...run }: Run,
  types: ReadonlyMap<RequestId, string>,
  before: Draft | undefined,
): Draft {
  const requests = [...run.requests].map((request) => [request, types.get(request) ?? 'erase'] as const);
  return {
    subject: plan.subject,
    roots: new Set(plan.roots),
    kept: new Set(plan.kept),
    reason: plan.reason ?? null,
    requests: new Map([...(before?.requests ?? []), ...requests]),
    many,
    last,
  };
}

/** Plans that share an identifier or a root are one person's; a rectification joins its old value to the new. */
function numbered(
  drafts: readonly Draft[],
  rectified: readonly Pick<PlanMade, 'subject'>[],
): Pick<ErasedSince, 'erasures' | 'tags'> {
  const single = drafts.filter(({ many }) => !many);
  const sets = disjointSets();
  for (const { subject } of rectified) sets.join(subject.map(({ tag }) => tag));
  for (const { subject, roots } of single) sets.join([...subject.map(({ tag }) => tag), ...roots]);
  const earlier = new Map<string, Set<Tag>>();
  for (const { subject } of rectified) {
    for (const { tag } of subject) {
      const of = sets.of(tag);
      earlier.set(of, (earlier.get(of) ?? new Set()).add(tag));
    }
  }
  const numbers = new Map<string, number>();
  const numberOf = (set: string) => {
    const known = numbers.get(set) ?? numbers.size;
    numbers.set(set, known);
    return known;
  };
  const erasures = drafts.map(({ subject, many, ...draft }): Erasure => {
    const tags = new Set(subject.map(({ tag }) => tag));
    const sample = subject[0]?.tag ?? [...draft.roots][0];
    if (many || sample === undefined) return { ...draft, tags, person: null };
    const set = sets.of(sample);
    for (const tag of earlier.get(set) ?? []) tags.add(tag);
    return { ...draft, tags, person: numberOf(set) };
  });
  const types = new Map<Tag, string>();
  for (const { subject } of [...drafts, ...rectified])
    for (const { tag, type } of subject) types.set(tag, type);
  const known = new Set(erasures.flatMap(({ tags }) => [...tags]));
  return { erasures, tags: [...types].flatMap(([tag, type]) => (known.has(tag) ? [{ type, tag }] : [])) };
}

function disjointSets() {
  const parents = new Map<string, string>();
  const of = (one: string): string => {
    let top = one;
    for (let next = parents.get(top); next !== undefined; next = parents.get(top)) top = next;
    // Flattened, so that long chains stay cheap.
    if (top !== one) parents.set(one, top);
    return top;
  };
  return {
    of,
    join(members: readonly string[]): void {
      const [first] = members;
      if (first === undefined) return;
      for (const member of members.slice(1)) {
        const [one, other] = [of(first), of(member)];
        if (one !== other) parents.set(other, one);
      }
    },
  };
}
