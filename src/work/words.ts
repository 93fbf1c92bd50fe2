/** What a person may ask for (contract.md §4). */
export const requestTypes = ['export', 'rectify', 'erase', 'restrict', 'object', 'withdraw'] as const;
export type RequestType = (typeof requestTypes)[number];

export type RequestStatus =
  | 'open'
  | 'identifying'
  | 'in-progress'
  | 'answered'
  | 'closed'
  | 'refused'
  | 'withdrawn'
  | 'expired';

/** What can happen to a request. Stored; status and dates are told from them anew each time. */
export const requestEvents = [
  'opened',
  'identifying',
  'identified',
  'started',
  'extended',
  'paused',
  'resumed',
  'answered',
  'closed',
  /** Closed, since the command that had opened it died before it did anything. */
  'abandoned',
  'refused',
  'withdrawn',
  'expired',
] as const;
export type RequestEvent = (typeof requestEvents)[number];
