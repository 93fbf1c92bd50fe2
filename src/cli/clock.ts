import type { Clock } from '../model/clock.js';
import { DsrError } from '../model/error.js';

/** RFC 3339 §5.6, with an upper or lower case T and Z. */
const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** The system's clock, or the moment that `DSR_NOW` sets. Throws DsrError('usage'). */
export function clockOf(env: Readonly<Record<string, string | undefined>>): Clock {
  const text = env.DSR_NOW;
  if (text === undefined || text === '') return { now: () => new Date(), rehearsed: false };
  const set = momentOf(text);
  if (set === null) {
    throw new DsrError('usage', 'DSR_NOW is not a time in RFC 3339', {
      hint: 'write it as 2026-03-03T09:00:00+01:00, or unset it',
    });
  }
  return { now: () => new Date(set), rehearsed: true };
}

function momentOf(text: string): number | null {
  const parts = rfc3339.exec(text);
  if (parts === null) return null;
  const [year, month, day] = parts.slice(1, 4).map(Number) as [number, number, number];
  // Date rolls 30 February over to March; it is refused instead
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const moment = Date.parse(text.toUpperCase().replace(':60', ':59'));
  return Number.isNaN(moment) ? null : moment;
}
