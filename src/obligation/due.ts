import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import type { Context } from '../case/context.js';
import { heldRequests, releasedErasures } from '../case/hold/release.js';
import { type Books, withBooks } from '../case/ledger-work.js';
import { civilDate, daysLeft } from '../case/request/deadline.js';
import { requestSettings } from '../case/request/rules.js';
import { type RequestView, viewOf } from '../case/request/view.js';
import type { HoldId } from '../model/hold.js';
import type { RequestId } from '../model/request.js';
import type { RequestStatus } from '../work/words.js';

/** How something stands to the day; held: it is over its day, and a hold keeps it. */
export type When = 'overdue' | 'today' | 'upcoming' | 'held';

/** Records whose time to be kept ends; what is alike is one line. */
export interface RetentionDue {
  readonly kind: 'retention';
  readonly when: When;
  /** The first civil day on which they may go. */
  readonly until: string;
  readonly daysLeft: number;
  readonly collection: string;
  readonly records: number;
  readonly ground: string | null;
  readonly law: string | null;
  /** The erasure that kept them; null: upcoming ones are told together. */
  readonly request: RequestId | null;
  readonly hold: HoldId | null;
}

/** A request that must be answered. */
export interface RequestDue
  extends Pick<RequestView, 'request' | 'type' | 'status' | 'legalDue' | 'daysLeft'> {
  readonly kind: 'request';
  readonly when: Exclude<When, 'held'>;
}

/** An erasure that a hold had stopped, and stops no more: the next sweep does it. */
export interface ErasureDue {
  readonly kind: 'released';
  readonly when: 'today';
  readonly request: RequestId;
}

export type DueLine = RetentionDue | RequestDue | ErasureDue;

export interface DueInput {
  /** Days ahead that are told, too. */
  readonly within: number;
}

const RUNNING: readonly RequestStatus[] = ['open', 'identifying', 'in-progress'];

/**
 * `dsr due`: what must be done, what is overdue first. Reads no source.
 *
 * @throws DsrError config: the map cannot be read.
 */
export async function listDue(context: Context, { within }: DueInput): Promise<readonly DueLine[]> {
  const settings = requestSettings(context);
  const now = context.clock.now();
  const today = civilDate(now, settings.timezone);
  const horizon = format(addDays(`${today}T12:00:00`, within), 'yyyy-MM-dd');
  return withBooks(context, (books) => {
    const requests: RequestDue[] = [];
    for (const request of books.work.requests()) {
      context.signal.throwIfAborted();
      const { type, status, legalDue, daysLeft: left, request: id } = viewOf(request, settings, now);
      if (!RUNNING.includes(status) || left > within) continue;
      const when = whenOf(legalDue, today);
      requests.push({ kind: 'request', when, request: id, type, status, legalDue, daysLeft: left });
    }
    const released = releasedErasures(books).map(
      (request): ErasureDue => ({ kind: 'released', when: 'today', request }),
    );
    const lines = [...retentionsDue(books, today, horizon), ...requests, ...released];
    return lines.toSorted((one, other) => ORDER.indexOf(one.when) - ORDER.indexOf(other.when));
  });
}

const ORDER: readonly When[] = ['overdue', 'today', 'held', 'upcoming'];

/** Whether a day has passed, is there, or comes. */
function whenOf(day: string, today: string): 'overdue' | 'today' | 'upcoming' {
  if (day < today) return 'overdue';
  return day === today ? 'today' : 'upcoming';
}

/** By date. */
function retentionsDue(books: Books, today: string, horizon: string): readonly RetentionDue[] {
  const retentions = books.work.retentions(today, horizon);
  const mayBeHeld = retentions.some(({ request }) => request !== null);
  const held = mayBeHeld ? heldRequests(books) : new Map<RequestId, HoldId>();
  return retentions.map(({ until, collection, ground, law, request, records }) => {
    const hold = request === null ? null : (held.get(request) ?? null);
    return {
      kind: 'retention',
      ...{ when: hold === null ? whenOf(until, today) : 'held', until, daysLeft: daysLeft(today, until) },
      ...{ collection, records, ground, law, request, hold },
    };
  });
}
