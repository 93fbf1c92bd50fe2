import { TZDate } from '@date-fns/tz';
import { addMonths } from 'date-fns/addMonths';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { isValid } from 'date-fns/isValid';
import { DsrError } from '../../model/error.js';
import { holidaysOf, shifted, weekday } from './holidays.js';

/** All dates are civil dates in the controller's time zone, `YYYY-MM-DD`. */
export interface DeadlineFacts {
  readonly received: string;
  /** What the privacy policy promises. */
  readonly promiseMonths: number;
  /** Notice of two further months went out within the first one (GDPR Art. 12(3)). */
  readonly extended: boolean;
  /** Whole days in which the time stood still. */
  readonly pausedDays: number;
  /** ISO 3166; whose public holidays count. */
  readonly country: string;
}

export interface Deadlines {
  /** As promised; no weekend moves it. */
  readonly promiseDue: string;
  readonly legalDue: string;
  /** weekends: the country's public holidays are not known here, so only Saturdays and Sundays moved it. */
  readonly restDays: 'holidays' | 'weekends';
}

/**
 * GDPR Art. 12(3), counted by Regulation 1182/71 Art. 3: the day of receipt does not count, the period
 * ends on the day of the same number or the month's last, and an end on a Saturday, Sunday or public
 * holiday moves to the next working day. A pause moves both ends. Throws DsrError('usage') for a date
 * that is none.
 */
export function deadlines(facts: DeadlineFacts): Deadlines {
  const { received, promiseMonths, extended, pausedDays, country } = facts;
  const month = monthsAfter(received, 1);
  const end = extended ? earlier(monthsAfter(received, 3), monthsAfter(month, 2)) : month;
  return {
    promiseDue: shifted(monthsAfter(received, promiseMonths), pausedDays),
    legalDue: nextWorkingDay(shifted(end, pausedDays), country),
    restDays: isKnown(country) ? 'holidays' : 'weekends',
  };
}

/** Whole days until the due date; negative once it is over. */
export function daysLeft(today: string, due: string): number {
  return differenceInCalendarDays(utc(due), utc(today));
}

/** The date that the clock on the wall shows there. Throws DsrError('config') for an unknown time zone. */
export function civilDate(instant: Date, timezone: string): string {
  const local = new TZDate(instant, timezone);
  if (!isValid(local)) {
    throw new DsrError('config', `there is no time zone '${timezone}'`, {
      hint: 'controller.timezone in dsr.yaml takes an IANA name, such as Europe/Stockholm',
    });
  }
  return dateText(local);
}

function nextWorkingDay(date: string, country: string): string {
  let day = date;
  while (isRestDay(day, country)) day = shifted(day, 1);
  return day;
}

function isRestDay(date: string, country: string): boolean {
  const day = weekday(date);
  return day === 0 || day === 6 || (holidaysOf(country, Number(date.slice(0, 4)))?.has(date) ?? false);
}

function isKnown(country: string): boolean {
  return holidaysOf(country, 2000) !== null;
}

/** The same-numbered day, or the month's last where there is none. */
function monthsAfter(date: string, months: number): string {
  return dateText(addMonths(utc(date), months));
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

/** In UTC, so that the machine's own zone and its clock changes play no part. */
function utc(date: string): TZDate {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  const instant = new TZDate(Number(year), Number(month) - 1, Number(day), 'UTC');
  if (year === undefined || !isValid(instant) || dateText(instant) !== date) {
    throw new DsrError('usage', 'a date given is none of the calendar', { hint: 'write YYYY-MM-DD' });
  }
  return instant;
}

function dateText(date: Date): string {
  const parts = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return [String(date.getFullYear()).padStart(4, '0'), ...parts].join('-');
}
