import { addDays } from 'date-fns/addDays';
import { formatISO } from 'date-fns/formatISO';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilDate, type DeadlineFacts, daysLeft, deadlines } from '../../src/case/request/deadline.js';
import { easterSunday, holidaysOf, shifted, weekday } from '../../src/case/request/holidays.js';

const plain = {
  promiseMonths: 1,
  extended: false,
  pausedDays: 0,
  country: 'SE',
} satisfies Partial<DeadlineFacts>;
const due = (received: string, change: Partial<DeadlineFacts> = {}) =>
  deadlines({ ...plain, received, ...change });

describe('the month of Art. 12(3)', () => {
  it.each([
    ['2026-03-03', '2026-04-03', '2026-04-07', 'Good Friday'],
    ['2026-03-05', '2026-04-05', '2026-04-07', 'Easter Sunday'],
    ['2026-05-06', '2026-06-06', '2026-06-08', 'the national day, a Saturday'],
    ['2026-05-19', '2026-06-19', '2026-06-19', 'Midsummer Eve is no holiday'],
    ['2026-11-24', '2026-12-24', '2026-12-24', 'Christmas Eve is no holiday'],
    ['2026-11-25', '2026-12-25', '2026-12-28', 'Christmas, then a weekend'],
    ['2026-12-06', '2027-01-06', '2027-01-07', 'Epiphany'],
    ['2027-01-31', '2027-02-28', '2027-03-01', 'a month without a 31st, ending on a Sunday'],
    ['2027-02-26', '2027-03-26', '2027-03-30', 'Good Friday to Easter Monday'],
    ['2028-01-31', '2028-02-29', '2028-02-29', 'a leap year'],
  ])('received %s: promised %s, due by law %s (%s)', (received, promiseDue, legalDue) => {
    expect(due(received)).toEqual({ promiseDue, legalDue, restDays: 'holidays' });
  });

  it('extended, ends two months after the first month where that is earlier than three after receipt', () => {
    expect(due('2027-01-31', { extended: true })).toMatchObject({
      promiseDue: '2027-02-28',
      legalDue: '2027-04-28',
    });
    expect(due('2026-03-03', { extended: true })).toMatchObject({ legalDue: '2026-06-03' });
  });

  it('moves an extended end off a holiday too', () => {
    expect(due('2026-03-06', { extended: true }).legalDue).toBe('2026-06-08');
  });

  it('is longer by the whole days of a pause, before weekends and holidays are looked at', () => {
    expect(due('2026-05-19', { pausedDays: 1 })).toMatchObject({
      promiseDue: '2026-06-20',
      legalDue: '2026-06-22',
    });
    expect(due('2026-03-03', { pausedDays: 4 })).toMatchObject({
      promiseDue: '2026-04-07',
      legalDue: '2026-04-07',
    });
    expect(due('2027-01-31', { pausedDays: 3, extended: true }).legalDue).toBe('2027-05-03');
  });

  it('keeps the promise apart from the law', () => {
    expect(due('2026-01-15', { promiseMonths: 0 })).toMatchObject({
      promiseDue: '2026-01-15',
      legalDue: '2026-02-16',
    });
  });

  it('knows weekends only where the holidays of a country are not known, and says so', () => {
    expect(due('2026-03-03', { country: 'NO' })).toMatchObject({
      legalDue: '2026-04-03',
      restDays: 'weekends',
    });
    expect(due('2026-03-05', { country: 'NO' })).toMatchObject({
      legalDue: '2026-04-06',
      restDays: 'weekends',
    });
  });

  it('refuses a date that is none, without repeating it', () => {
    for (const received of ['2026-02-29', '2026-2-1', '', 'anna']) {
      expect(() => due(received)).toThrow(
        expect.objectContaining({ kind: 'usage', message: expect.not.stringContaining('anna') }),
      );
    }
  });
});

const days = fc.integer({ min: 0, max: 40_000 }).map((offset) => shifted('2000-01-01', offset));

describe('every receipt', () => {
  it('is due by law on a working day, never before the promised month, at most five days after it', () => {
    fc.assert(
      fc.property(days, (received) => {
        const { promiseDue, legalDue } = due(received);
        expect([0, 6]).not.toContain(weekday(legalDue));
        expect(holidaysOf('SE', Number(legalDue.slice(0, 4)))?.has(legalDue)).toBe(false);
        expect(daysLeft(promiseDue, legalDue)).toBeGreaterThanOrEqual(0);
        expect(daysLeft(promiseDue, legalDue)).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('is due 28 to 31 days later as promised', () => {
    fc.assert(
      fc.property(days, (received) =>
        [28, 29, 30, 31].includes(daysLeft(received, due(received).promiseDue)),
      ),
    );
  });
});

describe('days left', () => {
  it('counts whole days, none on the day itself, negative after it', () => {
    expect(daysLeft('2026-03-26', '2026-04-07')).toBe(12);
    expect(daysLeft('2026-04-07', '2026-04-07')).toBe(0);
    expect(daysLeft('2026-04-08', '2026-04-07')).toBe(-1);
  });

  it('agrees with the calendar over clock changes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2000, max: 2000 }), (offset) => {
        const other = formatISO(addDays(new Date(2026, 2, 3, 12), offset), { representation: 'date' });
        expect(daysLeft('2026-03-03', other)).toBe(offset);
      }),
    );
  });
});

describe('the civil date', () => {
  it.each([
    ['2026-03-03T22:59:59Z', '2026-03-03'],
    ['2026-03-03T23:00:00Z', '2026-03-04'],
    ['2026-07-03T22:00:00Z', '2026-07-04'],
    ['2026-12-31T23:00:00Z', '2027-01-01'],
  ])('of %s in Stockholm is %s', (instant, date) => {
    expect(civilDate(new Date(instant), 'Europe/Stockholm')).toBe(date);
  });

  it('of an unknown time zone is a configuration error', () => {
    expect(() => civilDate(new Date(0), 'Europe/Atlantis')).toThrow(
      expect.objectContaining({ kind: 'config' }),
    );
  });
});

describe('Swedish holidays', () => {
  it('of 2026 are those of the almanac', () => {
    expect([...(holidaysOf('SE', 2026) ?? [])].sort()).toEqual([
      '2026-01-01',
      '2026-01-06',
      '2026-04-03',
      '2026-04-05',
      '2026-04-06',
      '2026-05-01',
      '2026-05-14',
      '2026-05-24',
      '2026-06-06',
      '2026-06-20',
      '2026-10-31',
      '2026-12-25',
      '2026-12-26',
    ]);
  });

  it('put Midsummer Day between 20 and 26 June and All Saints between 31 October and 6 November, on Saturdays', () => {
    for (let year = 2000; year < 2100; year += 1) {
      const saturdays = [...(holidaysOf('SE', year) ?? [])].filter((date) => weekday(date) === 6);
      expect(saturdays.some((date) => date >= `${year}-06-20` && date <= `${year}-06-26`)).toBe(true);
      expect(saturdays.some((date) => date >= `${year}-10-31` && date <= `${year}-11-06`)).toBe(true);
    }
  });

  it.each([
    [1954, '1954-04-18'],
    [1981, '1981-04-19'],
    [2000, '2000-04-23'],
    [2008, '2008-03-23'],
    [2024, '2024-03-31'],
    [2038, '2038-04-25'],
    [2049, '2049-04-18'],
  ])('reckon Easter of %i as %s', (year, date) => {
    expect(easterSunday(year)).toBe(date);
  });
});
