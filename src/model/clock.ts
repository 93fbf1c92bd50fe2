/** The time, and whether it was set for a rehearsal (`DSR_NOW`). */
export interface Clock {
  now(): Date;
  readonly rehearsed: boolean;
}
