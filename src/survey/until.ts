import { TZDate } from '@date-fns/tz';
import { add } from 'date-fns/add';
import { format } from 'date-fns/format';
import type { Until } from '../model/map.js';
import type { Value } from '../model/value.js';

/**
 * The first civil day on which a record may go. Bokföringslag (1999:1078) 7 kap. 2 §: kept until and
 * including the seventh year after the end of the calendar year in which the financial year ended, so
 * a year ending 2026-12-31 or 2026-04-30 may go from 2034-01-01.
 *
 * @param day the civil date that the field holds.
 * @param fiscalYearEnd `MM-DD`.
 * @returns null: no financial year's end is known.
 */
export function untilOf(until: Until, day: string, fiscalYearEnd: string | null): string | null {
  if ('plus' in until) return format(add(`${day}T00:00:00`, until.plus), 'yyyy-MM-dd');
  if (fiscalYearEnd === null) return null;
  const year = Number(day.slice(0, 4));
  // February's last day is the last in a leap year, too.
  const end = fiscalYearEnd.startsWith('02-2') && fiscalYearEnd >= '02-28' ? '02-29' : fiscalYearEnd;
  const ended = day.slice(5) <= end ? year : year + 1;
  return `${String(ended + until.calendarYearsAfterFiscalYear + 1).padStart(4, '0')}-01-01`;
}

/**
 * The civil date, in the controller's zone, that a value tells; null: none. Text may begin with a date;
 * a whole number is YYYYMMDD, or seconds or milliseconds since 1970 (SQLite knows no dates).
 */
export function civilDay(value: Value, timezone: string): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return dayOfNumber(Number(value), timezone);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return dayOfNumber(Number(text), timezone);
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text);
  if (zoned)
    return dayOfInstant(Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')), timezone);
  return calendarDay(text.slice(0, 10));
}

function dayOfNumber(number: number, timezone: string): string | null {
  const digits = String(Math.trunc(number));
  if (/^(?:1[89]|2\d)\d{6}$/.test(digits)) {
    const day = calendarDay(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`);
    if (day !== null) return day;
  }
  if (number <= 0) return null;
  return dayOfInstant(number < 1e11 ? number * 1000 : number, timezone);
}

function dayOfInstant(milliseconds: number, timezone: string): string | null {
  if (!Number.isFinite(milliseconds)) return null;
  return format(new TZDate(milliseconds, timezone), 'yyyy-MM-dd');
}

/** 0000-00-00 (MariaDB), 2026-02-30: no days. */
function calendarDay(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? null : text;
}
