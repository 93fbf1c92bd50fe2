import type { Scalar } from '../../src/model/value.js';
import type { Coerce } from './coerce.js';

export interface TimeRule {
  readonly lastYear: number;
  /** PostgreSQL's `infinity`, `-infinity` and years BC. */
  readonly unbounded: boolean;
}

/** PostgreSQL's calendar begins in November of 4714 BC. */
const FIRST_YEAR_BC = 4_713;

const DATE = String.raw`(\d{4,6})-(\d\d)-(\d\d)`;
const TIME = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?`;
const OFFSET = String.raw`(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)`;

/** `YYYY-MM-DD` of a day that exists. */
export function toDate(rule: TimeRule): Coerce {
  return bounded(rule, new RegExp(`^${DATE}$`), (parts) => dateOf(parts, rule));
}

/** Without zone; a space or T between; fractions to the microsecond. */
export function toTimestamp(rule: TimeRule): Coerce {
  return bounded(rule, new RegExp(`^${DATE}[ T]${TIME}$`), (parts) => {
    const [date, time] = [dateOf(parts, rule), timeOf(parts.slice(3))];
    return date === null || time === null ? null : `${date} ${time}`;
  });
}

/** With its offset, RFC 3339 or as a database prints it; canonical in UTC. `zone` ends the text. */
export function toInstant(rule: TimeRule, zone: '' | '+00'): Coerce {
  const named = new RegExp(`^${DATE}[ T]${TIME} ?${OFFSET}$`, 'i');
  return bounded(
    rule,
    named,
    (parts) => {
      const [date, time, offset] = [dateOf(parts, rule), timeOf(parts.slice(3)), offsetOf(parts[7] ?? '')];
      if (date === null || time === null || offset === null) return null;
      const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      const moment = new Date(0);
      moment.setUTCFullYear(year, month - 1, day);
      moment.setUTCHours(hours, minutes - Math.trunc(offset / 60), -(offset % 60));
      const inUtc = moment.getUTCFullYear();
      if (Number.isNaN(inUtc) || inUtc < 1 || inUtc > rule.lastYear) return null;
      // Offsets are whole seconds, so the given fraction stands; whole seconds shift by theirs.
      const seconds = moment.getUTCSeconds() + Number(time.slice(6, 8));
      moment.setUTCSeconds(seconds);
      const [head = '', rest = ''] = moment.toISOString().replace(/^\+0*/, '').split('T');
      return `${head.padStart(10, '0')} ${rest.slice(0, 8)}${time.slice(8)}${zone}`;
    },
    zone,
  );
}

/** Within a day, `24:00:00` too. */
export const toTime: Coerce = (part) => {
  const parts = new RegExp(`^${TIME}$`).exec(String(part));
  if (parts === null) return null;
  return /^24:00(:00(\.0+)?)?$/.test(String(part)) ? '24:00:00' : timeOf(parts.slice(1));
};

/** A span from -838:59:59 to 838:59:59. */
export const toSpan: Coerce = (part) => {
  const parts = /^(-?)(\d{2,3}):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(String(part));
  if (parts === null) return null;
  const [, sign = '', hours = '', minutes = '', seconds = '', fraction = ''] = parts;
  if (Number(hours) > 838 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return `${sign}${String(Number(hours)).padStart(2, '0')}:${minutes}:${seconds}${fractionOf(fraction)}`;
};

function bounded(
  rule: TimeRule,
  shape: RegExp,
  read: (parts: readonly string[]) => string | null,
  zone = '',
): Coerce {
  return (part: Scalar) => {
    const text = String(part);
    if (rule.unbounded && /^-?infinity$/.test(text)) return text;
    const era = rule.unbounded && text.endsWith(' BC');
    const parts = shape.exec(era ? text.slice(0, -3) : text);
    if (parts === null) return null;
    const found = read(parts.slice(1).map((one) => one ?? ''));
    // An instant BC may not cross a day by its offset here: only UTC is taken.
    if (era && zone !== '' && !/(?:Z|[+-]00(?::?00)?)$/i.test(text.slice(0, -3))) return null;
    if (found === null || !era) return found;
    return Number.parseInt(found, 10) > FIRST_YEAR_BC ? null : `${found} BC`;
  };
}

function dateOf([years = '', months = '', days = '']: readonly string[], rule: TimeRule): string | null {
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  if (year < 1 || year > rule.lastYear || month < 1 || month > 12 || day < 1) return null;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day > length ? null : `${String(year).padStart(4, '0')}-${months}-${days}`;
}

function timeOf([hours = '', minutes = '', seconds = '', fraction = '']: readonly string[]): string | null {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return `${hours}:${minutes}:${seconds === '' ? '00' : seconds}${fractionOf(fraction)}`;
}

function fractionOf(digits: string | undefined): string {
  const kept = (digits ?? '').replace(/0+$/, '');
  return kept === '' ? '' : `.${kept}`;
}

/** Seconds east of UTC. */
function offsetOf(text: string): number | null {
  if (text.toUpperCase() === 'Z') return 0;
  const [, sign = '+', hours = '', minutes = '0', seconds = '0'] =
    /^([+-])(\d\d):?(\d\d)?:?(\d\d)?$/.exec(text) ?? [];
  if (hours === '' || Number(hours) > 15 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0));
}
