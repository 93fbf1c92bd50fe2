import type { WrittenFacts } from '../../map/facts-of.js';
import type { HoldId } from '../../model/hold.js';
import { WITHOUT_END } from '../../work/hold.js';
import type { Obligation } from '../../work/obligation.js';
import type { Story } from './story.js';

/** What is still there because something keeps it. */
export interface Kept {
  readonly collection: string;
  readonly records: number;
  /** It stands without its personal fields, since something kept refers to it. */
  readonly masked: boolean;
  /** Of Art. 17(3), or not-covered, third-party-rights; null: the map keeps it without one. */
  readonly ground: string | null;
  readonly law: string | null;
  /** The first civil day on which it may go; null: no date is known. */
  readonly until: string | null;
  /** The hold that keeps it, or the person, whatever the date: `H1`; null: none. */
  readonly hold: HoldId | null;
}

/** What was kept then, and is owed no longer: it was erased since, or a later request speaks of it. */
export interface Ended {
  readonly collection: string;
  readonly records: number;
  readonly ground: string | null;
}

/**
 * What is kept: with a date, as work.db owes it today; without one, as the plans said, each place by the last
 * plan that speaks of it. `held`: a hold on the person.
 */
export function keptOf(
  story: Story,
  owed: readonly Obligation[],
  facts: WrittenFacts,
  held: HoldId | null,
): { readonly kept: readonly Kept[]; readonly ended: readonly Ended[] } {
  const kept = new Map<string, Kept>();
  for (const { collection, role, ground, law, until, hold } of owed) {
    const row = {
      ...{ collection, masked: role === 'husk', ground, law },
      until: hold === null && until !== WITHOUT_END ? until : null,
      hold: hold ?? held,
    };
    const id = JSON.stringify(row);
    kept.set(id, { ...row, records: (kept.get(id)?.records ?? 0) + 1 });
  }
  const undated: Kept[] = [];
  const ended: Ended[] = [];
  for (const { collection, ground, records } of keptByPlans(story)) {
    const still = owed.filter(
      (each) => each.collection === collection && each.ground === ground && each.role !== 'husk',
    ).length;
    if (records <= still) continue;
    const rest = { collection, records: records - still, ground };
    if (facts.staysForGood(collection, ground)) {
      undated.push({ ...rest, masked: false, law: facts.law(collection, ground), until: null, hold: null });
    } else {
      ended.push(rest);
    }
  }
  return { kept: [...kept.values(), ...undated], ended };
}

function keptByPlans({ plans }: Story): readonly Ended[] {
  const kept = new Map<string, Ended>();
  const spoken = new Set<string>();
  for (const { made } of plans.toReversed()) {
    for (const { collection, action, ground, records } of made.actions) {
      if (action !== 'keep' || spoken.has(collection)) continue;
      const id = `${collection}\n${ground}`;
      kept.set(id, { collection, ground, records: (kept.get(id)?.records ?? 0) + records });
    }
    for (const { collection } of made.actions) spoken.add(collection);
  }
  return [...kept.values()];
}
