import { encodeKey } from '../../locate/key-code.js';
import { NOT_COVERED } from '../../model/ground.js';
import { type HoldId, heldBy } from '../../model/hold.js';
import type { RequestId } from '../../model/request.js';
import type { Plan, PlanGroup } from '../../plan/plan.js';
import { WITHOUT_END } from '../../work/hold.js';
import type { Judged } from '../../work/obligation.js';
import type { Books } from '../ledger-work.js';
import { openerOf } from '../resume/runs.js';

/** Nothing is owed under it. */
export const NO_REQUEST: RequestId = 'R-0000-0000';

/**
 * What must go later, now that it stays: from the rows of an erasure that was applied. A record that is
 * gone is owed no longer. What is said of a person's own record is the last word on it, unless the reason
 * did not cover it; a record that is shared or only names the person is judged for that person alone, so
 * what others are owed of it stands. `isDone`: nothing of a source that was rolled back counts. `request`
 * null: a pass that changes nothing opens none, and moves only what was owed before.
 */
export function oweWhatStays(
  books: Books,
  request: RequestId | null,
  plan: Plan,
  isDone: (source: string) => boolean,
): void {
  if (plan.header.action !== 'erase') return;
  const { work } = books;
  plan.groups.forEach((group, at) => {
    const { collection, source, action, ground } = group;
    if (!isDone(source) || action === 'disable' || action === 'open' || action === 'manual') return;
    if (action === 'delete') {
      work.dropObligations(collection, keysOf(plan, at));
      return;
    }
    // What is pinned by what the reason did not cover, and has no day of its own: nothing is known of it anew.
    if (ground === NOT_COVERED && (group.again === undefined || group.again.until === null)) return;
    work.recordObligations(judged(plan, at, request ?? NO_REQUEST));
  });
  if (request !== null) work.block(request, unreachable(books, request, plan));
}

/**
 * Holds on what is shared or only names the person: once released, such records are found by the person
 * alone, so the request waits. That of a sweep or a replay does not: nobody asked for it.
 */
function unreachable(books: Books, request: RequestId, { groups }: Plan): readonly HoldId[] {
  const holds = groups.flatMap(({ role, why }) => (role === 'own' ? [] : (heldBy(why) ?? [])));
  if (holds.length === 0) return [];
  const opener = openerOf(books, request)?.action;
  return opener === 'sweep' || opener === 'replay' ? [] : [...new Set(holds)];
}

function* keysOf(plan: Plan, group: number): Generator<string> {
  for (const { key } of plan.rows(group)) yield encodeKey(key);
}

function* judged(plan: Plan, at: number, request: RequestId): Generator<Judged> {
  const group = plan.groups[at];
  if (group === undefined) return;
  const { collection } = group;
  const told = { collection, request, ...untilOf(plan, group) };
  for (const key of keysOf(plan, at)) yield { ...told, key };
}

/**
 * What a hold keeps has no day, and what is masked for its sake none either: the release gives them one.
 * Of several holds any will do there, since each release has it judged anew.
 */
function untilOf(
  plan: Plan,
  { role, action, until, ground, law, why, again }: PlanGroup,
): Pick<Judged, 'role' | 'until' | 'ground' | 'law' | 'hold'> {
  const hold = heldBy(why);
  if (hold !== null) return { role, until: WITHOUT_END, ground, law, hold };
  if (again === undefined) {
    // A key that names the person stays for the sake of what points at it.
    const pinnedBy = action === 'mask' && ground !== null && until === null ? holdOf(plan) : null;
    return { role, until: pinnedBy === null ? until : WITHOUT_END, ground, law, hold: pinnedBy };
  }
  const told = { role: role === 'own' ? 'husk' : role, ground: again.ground, law: again.law } as const;
  if (again.until !== null) return { ...told, until: again.until, hold: null };
  // Known all the same: who sweeps what refers to it must not take it for something new.
  return { ...told, until: WITHOUT_END, hold: role === 'own' ? holdOf(plan) : null };
}

function holdOf({ groups }: Plan): HoldId | null {
  return groups.map(({ why }) => heldBy(why)).find((hold) => hold !== null) ?? null;
}
