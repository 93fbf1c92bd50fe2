import { heldRequests } from '../case/hold/release.js';
import type { Books } from '../case/ledger-work.js';
import { DsrError } from '../model/error.js';
import type { HoldId } from '../model/hold.js';
import type { RequestId } from '../model/request.js';
import type { SoughtRecord } from '../model/subject.js';
import type { Owing } from '../work/obligation.js';
import type { Owed } from './closed-world.js';
import { recordId } from './record-id.js';

/** What earlier erasures owe as it stands on a day, less what holds keep. */
export interface Dues {
  /** Requests with something due that no hold keeps. */
  readonly requests: readonly RequestId[];
  /** What is due of these, by record. */
  readonly due: readonly Owing[];
  /** How many records that are: one may be owed of several people. */
  readonly records: number;
  /** Requests with something due that a hold on their person keeps, and which. */
  readonly held: ReadonlyMap<RequestId, HoldId>;
}

/** `today`: civil date in the controller's zone. */
export function duesOn(books: Books, today: string): Dues {
  const owing = books.work.requestsOwing(today);
  const holds = owing.length === 0 ? new Map<RequestId, HoldId>() : heldRequests(books);
  const held = new Map<RequestId, HoldId>();
  for (const request of owing) {
    const hold = holds.get(request);
    if (hold !== undefined) held.set(request, hold);
  }
  const requests = owing.filter((request) => !held.has(request));
  const due = requests.length === 0 ? [] : books.work.owedUnder(requests, today);
  return { requests, due, records: eachOnce(due).length, held };
}

export function isOwn({ role }: Owing): boolean {
  return role === 'own' || role === 'husk';
}

/**
 * Where a sweep starts: what is due of people's own (`due`, by record), and where something is due that is
 * shared or only names them, all that is left of their own, since that leads there.
 */
export function seedsOf({ work }: Books, due: readonly Owing[]): readonly SoughtRecord[] {
  const led = new Set(due.filter((one) => !isOwn(one)).map(({ request }) => request));
  const own = eachOnce(due.filter(isOwn));
  if (led.size === 0) return own;
  const known = new Set(own.map(recordId));
  const leading = eachOnce(work.owedUnder(led, null).filter(isOwn));
  return [...own, ...leading.filter((one) => !known.has(recordId(one)))];
}

/**
 * How a record stands as holds are now; `today`: civil date in the controller's zone.
 *
 * @throws DsrError conflict: a hold was put on somebody of these requests since they were told to be due.
 */
export function standingNow(books: Books, requests: ReadonlySet<RequestId>, today: string): Owed['standing'] {
  const held = heldRequests(books);
  for (const request of requests) {
    const hold = held.get(request);
    if (hold === undefined) continue;
    throw new DsrError(
      'conflict',
      `the plan is stale: ${hold} was put on the person of ${request} meanwhile`,
      {
        hint: 'nothing was changed; call again, and what it holds is left out',
      },
    );
  }
  return ({ collection, key }) => {
    const owing = books.work.owedOf(collection, key);
    const free = owing.filter(({ request }) => !held.has(request));
    const roles = new Set(free.map(({ role }) => role));
    return {
      own: free.some(isOwn),
      husk: roles.has('husk'),
      // What a hold had kept whole is due the day that it is released.
      minimised: free.some(({ role, until, hold }) => role === 'own' && hold === null && until > today),
      named: !free.every(isOwn),
      underHold: free.length < owing.length,
    };
  };
}

/** Each record once, of what is ordered by record. */
function eachOnce(ordered: readonly Owing[]): readonly SoughtRecord[] {
  return ordered.filter((one, at) => {
    const before = ordered[at - 1];
    return before === undefined || before.key !== one.key || before.collection !== one.collection;
  });
}
