import { type Changed, cleanSince, lastTold, sourceOf } from './changes.js';
import type { Kept } from './kept.js';
import { type Next, nextOf, type ReceiptOn } from './next.js';
import type { PlanStory, Story } from './story.js';

/** What is not done, or not known to be. */
export interface Open {
  readonly kind:
    | 'not-done'
    | 'unknown'
    | 'not-verified'
    | 'residue'
    | 'not-searched'
    | 'not-overwritten'
    | 'task'
    | 'overdue';
  readonly source: string | null;
  readonly collection: string | null;
  /** null: not counted. */
  readonly records: number | null;
  readonly why: string;
  /** What to call; null: a human's to do. */
  readonly next: string | null;
}

export interface OpenInput {
  readonly request: ReceiptOn;
  readonly story: Story;
  readonly changed: readonly Changed[];
  readonly kept: readonly Kept[];
  /** Sources whose map asks for compaction, and that were not compacted since. */
  readonly uncompacted: readonly string[];
  /** Sources of the map as it is now. */
  readonly mapped: readonly string[];
  /** Civil date. */
  readonly today: string;
}

export function openOf(input: OpenInput): readonly Open[] {
  const told = { ...input, next: nextOf(input.request) };
  return [
    ...notDone(told),
    ...notVerified(told),
    ...residue(told),
    ...notSearched(told),
    ...notMapped(told),
    ...partlySearched(told),
    ...notOverwritten(told),
    ...tasks(told),
    ...overdue(told),
  ];
}

interface Told extends OpenInput {
  readonly next: Next;
}

const WORDS = {
  'rolled-back': 'it was rolled back, nothing was changed there',
  failed: 'the change failed, nothing was changed there',
  unknown: 'it is not known whether the change was done',
} as const;

function notDone({ story, next: { resume, carryOut } }: Told): readonly Open[] {
  const told = lastTold(story);
  const open: Open[] = [];
  for (const [source, { outcome, seq }] of told) {
    if (outcome === 'committed' || cleanSince(story, source, seq) !== null) continue;
    const login = story.plans.some(({ logins }) => logins.has(source));
    const why =
      login && outcome !== 'unknown' ? 'the login was ended there, and nothing else' : WORDS[outcome];
    const kind = outcome === 'unknown' ? 'unknown' : 'not-done';
    open.push({ ...place(source), kind, why, next: kind === 'unknown' ? resume : carryOut });
  }
  for (const { source, since } of untold(story)) {
    if (told.has(source) || cleanSince(story, source, since) !== null) continue;
    const why = 'what became of it was not told: the process may have died';
    open.push({ ...place(source), kind: 'unknown', why, next: resume });
  }
  return open;
}

function notOverwritten({ changed, uncompacted }: Told): readonly Open[] {
  const sources = uncompacted.filter((source) => changed.some((each) => each.source === source));
  return sources.map((source) => ({
    ...place(source),
    kind: 'not-overwritten',
    why: 'the room of what was deleted was not overwritten yet',
    next: 'dsr resume',
  }));
}

/** Sources that a plan was to change, and of which it was not said that it did. */
function untold({ plans }: Story): readonly { readonly source: string; readonly since: number }[] {
  return plans.flatMap(({ made, sources, announced }) =>
    announced === null
      ? []
      : [...new Set(made.actions.filter(isChange).map(({ collection }) => sourceOf(collection)))]
          .filter((source) => !sources.has(source))
          .map((source) => ({ source, since: announced })),
  );
}

function isChange({ action }: PlanStory['made']['actions'][number]): boolean {
  return action !== 'keep' && action !== 'manual';
}

function notVerified({ story, changed, next: { search } }: Told): readonly Open[] {
  const told = lastTold(story);
  const counts = new Map<string, number>();
  for (const { source, records } of changed) counts.set(source, (counts.get(source) ?? 0) + records);
  return [...counts].flatMap(([source, records]): readonly Open[] => {
    const seq = told.get(source)?.seq ?? 0;
    if (cleanSince(story, source, seq) !== null) return [];
    const last = story.verifications.at(-1);
    const why =
      last === undefined || last.seq < seq
        ? 'changed, not verified: nobody searched again since'
        : last.sources[source] !== 'searched'
          ? 'changed, not verified: it could not be searched again'
          : 'changed, not verified: when it was searched again, something was found';
    return [{ ...place(source), kind: 'not-verified', records, why, next: search(false) }];
  });
}

/**
 * As the last search found it; what was changed since is not verified at all. What a deep search found stands
 * until the next deep one: no other looks there.
 */
function residue({ story, next: { search } }: Told): readonly Open[] {
  const last = story.verifications.at(-1);
  const deep = story.verifications.findLast((each) => each.deep === true);
  const changedAt = [...lastTold(story).values()].reduce((most, { seq }) => Math.max(most, seq), 0);
  const open = new Map<string, Open>();
  const add = ([collection, records]: readonly [string, number], why: string, next: string) =>
    open.set(collection, {
      ...{ kind: 'residue', source: sourceOf(collection), collection, records },
      ...{ why, next },
    });
  if (deep !== undefined && deep !== last) {
    const why = 'found by the deep search, and not searched that deep since';
    for (const place of Object.entries(deep.places)) add(place, why, search(true));
  }
  if (last !== undefined && last.seq > changedAt) {
    const next = search(last.deep === true);
    for (const place of Object.entries(last.places)) add(place, 'found again when it was searched', next);
  }
  return [...open.values()];
}

function notSearched({ story, next: { carryOut } }: Told): readonly Open[] {
  const last = story.verifications.at(-1);
  const changed = lastTold(story);
  const first = story.plans[0]?.made.seq ?? 0;
  return Object.entries(last?.sources ?? {}).flatMap(([source, status]): readonly Open[] => {
    if (status === 'searched' || changed.has(source) || cleanSince(story, source, first) !== null) return [];
    const why = 'it was not searched: what it holds of the person is not known';
    return [{ ...place(source), kind: 'not-searched', why, next: carryOut }];
  });
}

/** No search looks any more where something was found. */
function notMapped({ story, mapped }: Told): readonly Open[] {
  const planned = story.plans.flatMap(({ made }) =>
    made.actions.map(({ collection }) => sourceOf(collection)),
  );
  const why = 'it is not in the data map any more, so no search looks there';
  return [...new Set(planned)]
    .filter((source) => !mapped.includes(source))
    .map((source) => ({ ...place(source), kind: 'not-searched', why, next: null }));
}

/** Until a deep search sees all: no other looks into every table. */
function partlySearched({ story, next: { search } }: Told): readonly Open[] {
  const deep = story.verifications.findLast((each) => each.deep === true);
  if (deep?.partial !== true) return [];
  const why = 'the last deep search could not see every table; it said then which';
  const down = Object.entries(deep.sources).flatMap(([name, status]) =>
    status === 'searched' ? [] : [name],
  );
  return (down.length === 0 ? [null] : down).map((source) => ({
    ...{ kind: 'not-searched', source, collection: null, records: null },
    ...{ why: source === null ? why : 'the last deep search could not search it', next: search(true) },
  }));
}

/** By the last plan that speaks of a place, unless a search since found nothing left to a human. */
function tasks({ story }: Told): readonly Open[] {
  const open = new Map<string, number>();
  for (const { made } of story.plans) {
    for (const { collection } of made.actions) open.delete(collection);
    if (story.complete.some((seq) => seq > made.seq)) continue;
    for (const { collection, action, records } of made.actions) {
      if (action === 'manual') open.set(collection, (open.get(collection) ?? 0) + records);
    }
  }
  return [...open].map(([collection, records]) => ({
    ...{ kind: 'task', source: sourceOf(collection), collection, records },
    why: 'left to a human; nothing tells that it was done',
    next: null,
  }));
}

function overdue({ kept, today }: Told): readonly Open[] {
  return kept
    .filter(({ until, hold }) => hold === null && until !== null && until < today)
    .map(({ collection, records, until }) => ({
      ...{ kind: 'overdue', source: sourceOf(collection), collection, records },
      why: `it may go since ${until}`,
      next: 'dsr sweep',
    }));
}

function place(source: string): Pick<Open, 'source' | 'collection' | 'records'> {
  return { source, collection: null, records: null };
}
