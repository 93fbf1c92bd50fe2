import type { Outcome, Verification } from '../../ledger/entry.js';
import type { PlanStory, Seen, Story } from './story.js';

/**
 * What became of records at a source. minimise: they were kept, and lost the fields that went at once;
 * mask: they stand, their personal fields do not, but for a key that something kept points at; clear: they
 * are somebody else's, and named the person.
 */
export type ChangeKind = 'delete' | 'mask' | 'clear' | 'update' | 'minimise';

export interface Changed {
  /** Collection.id. */
  readonly collection: string;
  readonly source: string;
  readonly action: ChangeKind;
  readonly records: number;
  /** RFC 3339, UTC; null: the answer to the commit was lost, and a later search found that it landed. */
  readonly committed: string | null;
}

/** Gone from live data, as a search found that came after the last change there. */
export interface Gone {
  readonly collection: string;
  readonly action: ChangeKind;
  readonly records: number;
  /** RFC 3339, UTC. */
  readonly verifiedAt: string;
}

export function sourceOf(collection: string): string {
  return collection.split('.', 1)[0] ?? '';
}

/** By source: what was told of it last, over all plans; one of which nothing was told is not in it. */
export function lastTold({ plans }: Story): ReadonlyMap<string, Seen<Outcome>> {
  const last = new Map<string, Seen<Outcome>>();
  for (const outcome of plans.flatMap(({ sources }) => [...sources.values()])) {
    const known = last.get(outcome.source);
    if (known === undefined || known.seq < outcome.seq) last.set(outcome.source, outcome);
  }
  return last;
}

/**
 * The search by which a source is known to be clean after entry `seq`: it searched the source and found
 * nothing anywhere, and none since found anything.
 */
export function cleanSince({ verifications }: Story, source: string, seq: number): Seen<Verification> | null {
  if (verifications.at(-1)?.residual !== 0) return null;
  return (
    verifications.findLast(
      (each) => each.seq > seq && each.residual === 0 && each.sources[source] === 'searched',
    ) ?? null
  );
}

/** What was changed, source by source as it was committed. */
export function changedBy(story: Story): readonly Changed[] {
  return story.plans.flatMap((plan) =>
    [...plan.sources.values()].flatMap((outcome) => {
      const { source, seq, at } = outcome;
      if (outcome.outcome === 'committed') return changesOf(plan, source, outcome.records, at);
      const landed = outcome.outcome === 'unknown' && cleanSince(story, source, seq) !== null;
      return landed ? changesOf(plan, source, null, null) : [];
    }),
  );
}

/** `records`: what the source was said to have changed, by collection; null: it was not said. */
function changesOf(
  { made }: PlanStory,
  source: string,
  records: Readonly<Record<string, number>> | null,
  committed: string | null,
): readonly Changed[] {
  const changed = new Map<string, Changed>();
  const counted: Record<string, number> = {};
  const add = (collection: string, action: ChangeKind, count: number) => {
    const id = `${collection}\n${action}`;
    const before = changed.get(id)?.records ?? 0;
    changed.set(id, { collection, source, action, records: before + count, committed });
  };
  for (const { collection, action, records: count } of made.actions) {
    if (sourceOf(collection) !== source || action === 'keep' || action === 'manual') continue;
    add(collection, action, count);
    counted[collection] = (counted[collection] ?? 0) + count;
  }
  for (const [collection, all] of Object.entries(records ?? {})) {
    // The rest of what was changed there is what was kept.
    const minimised = all - (counted[collection] ?? 0);
    if (minimised > 0) add(collection, 'minimise', minimised);
  }
  return [...changed.values()];
}

/** Of what was changed, what is verified to be gone; a place where all of it is not, is not in it. */
export function goneBy(story: Story, changed: readonly Changed[]): readonly Gone[] {
  const gone = new Map<string, Gone>();
  const told = lastTold(story);
  for (const { collection, source, action, records } of changed) {
    const clean = cleanSince(story, source, told.get(source)?.seq ?? 0);
    if (clean === null) continue;
    const id = `${collection}\n${action}`;
    const before = gone.get(id)?.records ?? 0;
    gone.set(id, { collection, action, records: before + records, verifiedAt: clean.at });
  }
  return [...gone.values()];
}
