import { DsrError } from '../../model/error.js';
import { civilDate, daysLeft } from './deadline.js';

const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * The civil date of receipt in the controller's time zone: from a date, from an instant (RFC 3339: a
 * mail that came at 23:30Z came the next day in Sweden), or today.
 *
 * @throws DsrError usage: no date, none of the calendar, or in the future.
 */
export function receiptDate(text: string | null, now: Date, timezone: string): string {
  const today = civilDate(now, timezone);
  if (text === null) return today;
  const date = INSTANT.test(text) ? dateOf(text, timezone) : text;
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) {
    throw new DsrError('usage', 'the date of receipt is no date', {
      hint: 'write --received YYYY-MM-DD, or a time with its offset: 2026-03-03T09:00:00+01:00',
    });
  }
  // Says no to what is none of the calendar.
  if (daysLeft(today, date) > 0) {
    throw new DsrError('usage', `the date of receipt, ${date}, lies in the future; today is ${today}`, {
      hint: 'the time to answer runs from the day on which the request came in',
    });
  }
  return date;
}

function dateOf(text: string, timezone: string): string {
  const instant = new Date(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(instant.getTime()) ? '' : civilDate(instant, timezone);
}
