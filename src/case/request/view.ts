import type { RequestId } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import type { StoredEvent, StoredRequest } from '../../work/request.js';
import type { RequestStatus, RequestType } from '../../work/words.js';
import { civilDate, daysLeft, deadlines } from './deadline.js';
import { stateOf } from './state.js';

/** A request as `request open|list` tell it (contract.md §4). Dates are civil, in the controller's zone. */
export interface RequestView {
  readonly request: RequestId;
  readonly type: RequestType;
  readonly status: RequestStatus;
  readonly received: string;
  readonly promiseDue: string;
  readonly legalDue: string;
  readonly extended: boolean;
  readonly paused: boolean;
  /** Until legalDue, from today, or from the day on which it ended; negative: overdue. */
  readonly daysLeft: number;
}

/** As `request show` tells it. */
export interface RequestDetails extends RequestView {
  /** None once the request was closed: they are purged. */
  readonly identifiers: readonly Identifier[];
  readonly events: readonly StoredEvent[];
}

/** What of the map the dates of a request depend on. */
export interface RequestRules {
  readonly timezone: string;
  readonly country: string;
  readonly promiseMonths: number;
}

export function viewOf(request: StoredRequest, rules: RequestRules, now: Date): RequestView {
  const today = civilDate(now, rules.timezone);
  const state = stateOf(request.events, today, rules.timezone);
  const { promiseDue, legalDue } = deadlines({
    received: request.received,
    promiseMonths: rules.promiseMonths,
    extended: state.extended,
    pausedDays: state.pausedDays,
    country: rules.country,
  });
  return {
    request: request.request,
    type: request.type,
    status: state.status,
    received: request.received,
    promiseDue,
    legalDue,
    extended: state.extended,
    paused: state.paused,
    daysLeft: daysLeft(state.ended ?? today, legalDue),
  };
}
