import type { StoredEvent } from '../../work/request.js';
import type { RequestEvent, RequestStatus } from '../../work/words.js';
import { civilDate, daysLeft } from './deadline.js';

/** How a request stands, told from its events. */
export interface RequestState {
  readonly status: RequestStatus;
  readonly extended: boolean;
  readonly paused: boolean;
  /** Somebody made sure who the person is, and it was not put in doubt since. */
  readonly identified: boolean;
  /** Days by which its pauses moved the deadline. */
  readonly pausedDays: number;
  /** Civil date on which it was answered, refused or ended otherwise; null: it is still running. */
  readonly ended: string | null;
}

const AFTER: Readonly<Partial<Record<RequestEvent, RequestStatus>>> = {
  opened: 'open',
  identifying: 'identifying',
  identified: 'open',
  started: 'in-progress',
  answered: 'answered',
  closed: 'closed',
  abandoned: 'closed',
  refused: 'refused',
  withdrawn: 'withdrawn',
  expired: 'expired',
};

const RUNNING: readonly RequestStatus[] = ['open', 'identifying', 'in-progress'];

/**
 * `today` is a civil date in `timezone`. A pause counts the civil days from its begin to its end, so
 * that as many are left on the day it ends as on the day it began; one that still lasts counts to today.
 */
export function stateOf(events: readonly StoredEvent[], today: string, timezone: string): RequestState {
  let status: RequestStatus = 'open';
  let extended = false;
  let identified = false;
  let since: string | null = null;
  let pausedDays = 0;
  let ended: string | null = null;
  const resume = (date: string) => {
    if (since !== null) pausedDays += Math.max(0, daysLeft(since, date));
    since = null;
  };
  for (const { event, at } of events) {
    const date = civilDate(new Date(at), timezone);
    status = AFTER[event] ?? status;
    if (event === 'extended') extended = true;
    if (event === 'identified' || event === 'identifying') identified = event === 'identified';
    if (event === 'paused' && since === null) since = date;
    if (event === 'resumed') resume(date);
    if (ended === null && !RUNNING.includes(status)) {
      resume(date);
      ended = date;
    }
  }
  const paused = since !== null;
  resume(today);
  return { status, extended, identified, paused, pausedDays, ended };
}

export function isRunning({ status }: Pick<RequestState, 'status'>): boolean {
  return RUNNING.includes(status);
}

/** Whether this may happen to a request that stands so. */
export function isAllowed(event: RequestEvent, state: RequestState): boolean {
  const running = RUNNING.includes(state.status);
  switch (event) {
    case 'opened':
      return false;
    case 'closed':
      return !running && state.status !== 'closed';
    case 'identifying':
      return state.status === 'open';
    case 'identified':
      return state.status === 'identifying';
    case 'started':
      return state.status === 'open' || state.status === 'identifying';
    case 'extended':
      return running && !state.extended;
    case 'paused':
      return running && !state.paused;
    case 'resumed':
      return running && state.paused;
    default:
      return running;
  }
}
