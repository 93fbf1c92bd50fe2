import type { Draw, Drawing, Drawn } from '../case/change/draw.js';
import { erasing } from '../case/change/erase.js';
import type { Context } from '../case/context.js';
import { encodeKey } from '../locate/key-code.js';
import { DsrError } from '../model/error.js';
import { NOT_COVERED } from '../model/ground.js';
import type { SoughtRecord } from '../model/subject.js';
import type { Key } from '../model/value.js';
import type { Plan } from '../plan/plan.js';
import { goingAlong } from './going-along.js';
import { locateFrom } from './locating.js';
import { recordId } from './record-id.js';
import { refilledHusks } from './refilled.js';
import { rootsInUse } from './roots-in-use.js';

/** What earlier erasures owe, by what a record is to its person. */
export interface Owed {
  /** From where the person was located. */
  readonly seeds: readonly SoughtRecord[];
  /** What is due of their own, and was not masked. */
  readonly due: readonly SoughtRecord[];
  /** Of any record, due or not. */
  standing(record: SoughtRecord): Standing;
}

/** As what a record is owed. None of them: nothing of it is. */
export interface Standing {
  /** Somebody's own, whom no hold keeps. */
  readonly own: boolean;
  /** That, and masked because something stayed. */
  readonly husk: boolean;
  /** That, kept until a day to come: what had to go at once went then. */
  readonly minimised: boolean;
  /** Shared, or naming somebody whom no hold keeps. */
  readonly named: boolean;
  /** Under a request whose person is under a hold. */
  readonly underHold: boolean;
}

/** Why a record stays, beside what the map says. */
const NEWER = 'it is newer than the erasure, or was not kept by it: somebody may have come back';
const REFILLED = 'it was masked, and identifies somebody again: somebody may have come back';
const IN_USE = 'its time has come, but newer records refer to it: somebody may have come back';
const UNDER_HOLD = 'a hold on its person keeps it';
const UNTOUCHED = 'nothing of it is owed';
const UNDATED = 'until when it must be kept cannot be told any more';

/**
 * Draws up an erasure that reaches only what is owed, so that nobody who came back is touched: every other
 * own record stays, and so does what is shared or only names somebody, unless it hangs on what goes. Of what is owed, this stays, too: a
 * husk that was filled again, and a person's own root to which newer records refer (it would be masked
 * under them). What belongs to a due record alone may go along, see `goingAlong`. All that is held so is
 * a task, named in `incomplete`; what the map keeps without an end is none, since nothing becomes of it.
 */
export function closedWorld(context: Context, owed: Owed): Draw {
  return async (drawing) => {
    const { strangers, named, underHold, before } = await strangersTo(context, drawing, owed);
    const held = new Map<string, Reason>();
    const hold = (records: Iterable<SoughtRecord>, why: string, isTask = true) => {
      for (const record of records) {
        held.set(recordId(record), { collection: record.collection, why, isTask });
      }
    };
    hold(named, UNTOUCHED, false);
    hold(underHold, UNDER_HOLD, false);
    hold(await refilledHusks(drawing, before.husks), REFILLED);
    if (strangers.length > 0) {
      const isStranger = new Set(strangers.map(recordId));
      hold(await rootsInUse(context, drawing, owed.due, isStranger), IN_USE);
      hold(await changing(drawing, before, strangers, held), NEWER);
    }
    if (held.size > 0) hold(await besideHeld(context, drawing, owed, held), UNTOUCHED, false);
    for (;;) {
      const drawn = await drawHolding(drawing, before, held);
      if (drawn.plan !== null) {
        return { ...drawn, incomplete: [...drawn.incomplete, ...tasksOf(held.values())] };
      }
      hold(
        drawn.decisions.map(({ collection, recordKey }) => ({ collection, key: recordKey })),
        UNDATED,
      );
    }
  };
}

interface Reason {
  readonly collection: string;
  readonly why: string;
  /** Somebody has to look at it. */
  readonly isTask: boolean;
}

/** What earlier erasures made of what was located, and is not to be done again. */
interface Before {
  readonly husks: readonly SoughtRecord[];
  readonly minimised: readonly SoughtRecord[];
}

function drawHolding(
  drawing: Drawing,
  { husks, minimised }: Before,
  held: ReadonlyMap<string, Reason>,
): Promise<Drawn> {
  const isHeld = (collection: string, key: string) => {
    const reason = held.get(recordId({ collection, key }));
    return reason === undefined ? null : { ground: NOT_COVERED, why: reason.why };
  };
  return erasing(isHeld, husks, minimised)(drawing);
}

interface Strangers {
  /** Own records that are not owed, and do not go along with what is. */
  readonly strangers: readonly SoughtRecord[];
  /** Records that only a value leads to, and that nobody is owed anything of. */
  readonly named: readonly SoughtRecord[];
  readonly underHold: readonly SoughtRecord[];
  readonly before: Before;
}

async function strangersTo(context: Context, drawing: Drawing, owed: Owed): Promise<Strangers> {
  const { map, person, types } = drawing;
  const own: SoughtRecord[] = [];
  const named: SoughtRecord[] = [];
  const underHold: SoughtRecord[] = [];
  const husks: SoughtRecord[] = [];
  const minimised: SoughtRecord[] = [];
  for (const { id: collection } of map.collections) {
    for (const { key, role, via } of person.records(collection, ['own', 'shared', 'mention'])) {
      const record = sought(collection, key);
      const standing = owed.standing(record);
      if (standing.husk) husks.push(record);
      else if (standing.minimised) minimised.push(record);
      // What was shared is own where all that it belongs to are swept together.
      if (role === 'shared' || standing.own || standing.named) continue;
      if (standing.underHold) underHold.push(record);
      else if (role === 'own') own.push(record);
      else if (types.names.includes(via.at(-1) ?? '')) named.push(record);
    }
  }
  const along = own.length === 0 ? new Set<string>() : await goingAlong(context, drawing, owed.due);
  const strangers = own.filter((record) => !along.has(recordId(record)));
  return { strangers, named, underHold, before: { husks, minimised } };
}

/**
 * What is shared or names somebody, is not owed, and was reached through what is held: a new order of
 * whoever came back. Not what hangs on a record that goes, since a link to that must be let go.
 */
async function besideHeld(
  context: Context,
  drawing: Drawing,
  owed: Owed,
  held: ReadonlyMap<string, Reason>,
): Promise<readonly SoughtRecord[]> {
  const { map, person } = drawing;
  const references = new Set(map.collections.flatMap((each) => each.references.map(({ id }) => id)));
  const going = owed.seeds.filter((seed) => !held.has(recordId(seed)));
  const located = await locateFrom(context, drawing, [going]);
  try {
    const beside: SoughtRecord[] = [];
    for (const { id: collection } of map.collections) {
      const hanging = new Set<string>();
      for (const { key, via } of located.people[0]?.records(collection, ['shared', 'mention']) ?? []) {
        if (references.has(via.at(-1) ?? '')) hanging.add(recordId(sought(collection, key)));
      }
      for (const { key } of person.records(collection, ['shared', 'mention'])) {
        const record = sought(collection, key);
        const id = recordId(record);
        if (hanging.has(id) || held.has(id) || owed.standing(record).named) continue;
        beside.push(record);
      }
    }
    return beside;
  } finally {
    located.close();
  }
}

/** Those that would not stay by themselves as they are, without an end. */
async function changing(
  drawing: Drawing,
  before: Before,
  strangers: readonly SoughtRecord[],
  held: ReadonlyMap<string, Reason>,
): Promise<readonly SoughtRecord[]> {
  let plan: Plan | null = null;
  try {
    ({ plan } = await drawHolding(drawing, before, held));
  } catch (error) {
    // What stands against it may be theirs alone.
    if (!(error instanceof DsrError) || error.kind !== 'config') throw error;
  }
  if (plan === null) return strangers;
  const staying = new Set<string>();
  plan.groups.forEach(({ collection, action, fields, until, again }, at) => {
    if (action !== 'keep' || fields.length > 0 || until !== null || again !== undefined) return;
    for (const { key } of plan.rows(at)) staying.add(recordId(sought(collection, key)));
  });
  plan.close();
  return strangers.filter((record) => !staying.has(recordId(record)));
}

function sought(collection: string, key: Key): SoughtRecord {
  return { collection, key: encodeKey(key) };
}

function tasksOf(held: Iterable<Reason>): readonly string[] {
  const counts = new Map<string, { readonly reason: Reason; readonly records: number }>();
  for (const reason of held) {
    if (!reason.isTask) continue;
    const id = `${reason.collection}\n${reason.why}`;
    counts.set(id, { reason, records: (counts.get(id)?.records ?? 0) + 1 });
  }
  return [...counts.values()].map(
    ({ reason: { collection, why }, records }) =>
      `${collection}: ${records === 1 ? 'one record stays' : `${records} records stay`}, ${why}`,
  );
}
