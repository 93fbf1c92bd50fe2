import { DsrError } from '../model/error.js';
import type { HoldId } from '../model/hold.js';
import type { RequestId, SubjectTag } from '../model/request.js';
import type { Store } from '../store/database.js';

/** What may not be erased until it is released: a person, or the records of one collection. */
export interface Hold {
  readonly hold: HoldId;
  /** One of Art. 17(3), as contract.md §1 names them. */
  readonly ground: string;
  /** Collection.id; null: a person. */
  readonly collection: string | null;
  /** How many identifiers tell the person; 0 of a collection. */
  readonly identifiers: number;
  readonly operator: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** The same; null: it still holds. */
  readonly released: string | null;
  readonly releasedBy: string | null;
}

export interface NewHold {
  readonly ground: string;
  readonly collection: string | null;
  /** Of strong identifiers; none of a collection. */
  readonly subject: readonly SubjectTag[];
  readonly operator: string;
  /** RFC 3339. */
  readonly at: string;
  /** The highest number taken elsewhere: the ledger outlives this file. Asked under the lock. */
  readonly above: () => number;
}

export interface Release {
  readonly operator: string;
  /** RFC 3339. */
  readonly at: string;
  /** The civil day from which what it kept may go. */
  readonly today: string;
}

/** Obligations without an end; there is no later day in a column of dates. */
export const WITHOUT_END = '9999-12-31';

/** Numbers the hold and stores it; `record` runs before the commit, as in openRequest. */
export function addHold(store: Store, input: NewHold, record: (hold: HoldId) => void): HoldId {
  return store.transaction(() => {
    const here = store.get<{ readonly highest: number | null }>('select max(number) as highest from holds');
    const number = Math.max(here?.highest ?? 0, input.above()) + 1;
    const id: HoldId = `H${number}`;
    store.run(
      'insert into holds (number, id, ground, collection, operator, since) values (?, ?, ?, ?, ?, ?)',
      ...[number, id, input.ground, input.collection, input.operator, input.at],
    );
    widenHold(store, id, input.subject);
    record(id);
    return id;
  });
}

/** Tells the person by these, too. */
export function widenHold(store: Store, hold: HoldId, subject: readonly SubjectTag[]): void {
  store.transaction(() => {
    for (const { type, tag } of subject) {
      store.run('insert or ignore into hold_subjects (tag, type, hold) values (?, ?, ?)', tag, type, hold);
    }
  });
}

/**
 * From then on what it kept is due, and so is what was only masked under the same requests: whether
 * anything else keeps it, the next plan says.
 *
 * @returns how many records these are.
 * @throws DsrError usage: there is no such hold, or it was released before.
 */
export function releaseHold(
  store: Store,
  hold: string,
  { operator, at, today }: Release,
  record: (released: Hold) => void,
): number {
  return store.transaction(() => {
    const found = holdOf(store, hold);
    if (found.released !== null) {
      throw new DsrError('usage', `${found.hold} was released already, ${found.released.slice(0, 10)}`, {
        hint: '`dsr hold list` shows those that still hold',
      });
    }
    store.run('update holds set released = ?, released_by = ? where id = ?', ...[at, operator, found.hold]);
    // Before those that tell which requests these are.
    const masked = store.run(
      `update obligations set until = ?, hold = null
        where role = 'husk' and request in (select request from obligations where hold = ?)`,
      ...[today, found.hold],
    );
    const kept = store.run(
      'update obligations set until = ?, hold = null where hold = ?',
      ...[today, found.hold],
    );
    record(found);
    return masked + kept;
  });
}

/** @throws DsrError usage: there is no such hold. */
export function holdOf(store: Store, hold: string): Hold {
  const [found] = select(store, 'where id = ?', hold);
  if (found !== undefined) return found;
  throw new DsrError('usage', 'there is no hold of that number in this workspace', {
    hint: '`dsr hold list` shows them; a number is written H1',
  });
}

/** By number; unless `all`, only those that still hold. */
export function holds(store: Store, all: boolean): readonly Hold[] {
  return select(store, all ? '' : 'where released is null');
}

/** Those that still hold somebody who bears one of the tags. */
export function holdsOn(store: Store, tags: readonly string[]): readonly Hold[] {
  return select(
    store,
    `where released is null and id in (
       select hold from hold_subjects where tag in (select value from json_each(?)))`,
    JSON.stringify(tags),
  );
}

export function holdSubject(store: Store, hold: HoldId): readonly SubjectTag[] {
  return store.all<SubjectTag>('select type, tag from hold_subjects where hold = ? order by type, tag', hold);
}

/** For which holds the erasure of a request waits, from now on these alone; none: it was carried out. */
export function block(store: Store, request: RequestId, by: readonly HoldId[]): void {
  store.transaction(() => {
    store.run('delete from blocked where request = ?', request);
    for (const hold of by) store.run('insert into blocked (request, hold) values (?, ?)', request, hold);
  });
}

/** What stopped an erasure that was not carried out since, released or not. */
export interface Blocked {
  readonly request: RequestId;
  readonly hold: HoldId;
  /** Whether the hold was released. */
  readonly released: boolean;
}

/** Of one request, or all. */
export function blocked(store: Store, request: RequestId | null): readonly Blocked[] {
  const where = request === null ? '' : 'where b.request = ?';
  return store
    .all<{ readonly request: RequestId; readonly hold: HoldId; readonly released: string | null }>(
      `select b.request, b.hold, h.released from blocked b join holds h on h.id = b.hold ${where}
        order by b.request, h.number`,
      ...(request === null ? [] : [request]),
    )
    .map(({ released, ...one }) => ({ ...one, released: released !== null }));
}

/** Requests under which a hold kept something. */
export function requestsKeptBy(store: Store, hold: HoldId): readonly RequestId[] {
  return store
    .all<{ readonly request: RequestId }>(
      'select distinct request from obligations where hold = ? order by request',
      hold,
    )
    .map(({ request }) => request);
}

function select(store: Store, where: string, ...bound: readonly string[]): readonly Hold[] {
  return store.all<Hold>(
    `select id as hold, ground, collection, operator, since, released, released_by as releasedBy,
        (select count(*) from hold_subjects s where s.hold = holds.id) as identifiers
      from holds ${where} order by number`,
    ...bound,
  );
}
