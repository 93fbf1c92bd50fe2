import { TZDate } from '@date-fns/tz';
import { isValid } from 'date-fns/isValid';
import { DsrError } from '../../model/error.js';

const CIVIL = /^(\d{4})-(\d\d)-(\d\d)$/;
const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * The moment that `--since` names: RFC 3339, or a civil date, which begins at midnight in the zone.
 *
 * @throws DsrError usage: neither, or not yet.
 */
export function sinceOf(text: string, timezone: string, now: Date): Date {
  const since = momentOf(text.trim(), timezone);
  if (since === null || !isValid(since)) {
    throw new DsrError('usage', '--since is no time', {
      hint: 'give the time at which the backup was made: 2026-11-25, or 2026-11-25T03:00:00+01:00',
    });
  }
  if (since.getTime() > now.getTime()) {
    throw new DsrError('usage', '--since lies in the future: nothing was erased since', {
      hint: 'give the time at which the backup was made',
    });
  }
  return since;
}

function momentOf(text: string, timezone: string): Date | null {
  const [, year, month, day] = CIVIL.exec(text) ?? [];
  if (year === undefined)
    return INSTANT.test(text) && dayExists(text) ? new Date(text.replace(' ', 'T')) : null;
  if (!dayExists(text)) return null;
  const midnight = new TZDate(Number(year), Number(month) - 1, Number(day), 0, 0, 0, timezone);
  return new Date(midnight.getTime());
}

/** `2026-02-30` would be taken for March. */
function dayExists(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return isValid(date) && date.toISOString().startsWith(day);
}
