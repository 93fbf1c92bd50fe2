import { describe, expect, it } from 'vitest';
import { civilDay, untilOf } from '../../src/survey/until.js';

const FISCAL = { field: 'invoice_date', calendarYearsAfterFiscalYear: 7 };

describe('the first day on which a record may go', () => {
  it.each([
    // Bokföringslag 7:2: both financial years end in 2026.
    ['2026-03-01', '12-31', '2034-01-01'],
    ['2026-12-31', '12-31', '2034-01-01'],
    ['2026-04-30', '04-30', '2034-01-01'],
    ['2025-05-01', '04-30', '2034-01-01'],
    ['2026-05-01', '04-30', '2035-01-01'],
    ['2026-01-01', '04-30', '2034-01-01'],
    // The last of February is a year's end in leap years, too.
    ['2028-02-29', '02-28', '2036-01-01'],
    ['2028-03-01', '02-28', '2037-01-01'],
  ])('of an invoice of %s, with financial years that end on %s, is %s', (day, end, until) => {
    expect(untilOf(FISCAL, day, end)).toBe(until);
  });

  it('is not known where the financial year’s end is not', () => {
    expect(untilOf(FISCAL, '2026-03-01', null)).toBeNull();
  });

  it.each([
    ['2026-01-31', { months: 1 }, '2026-02-28'],
    ['2024-02-29', { years: 1 }, '2025-02-28'],
    ['2026-11-26', { years: 5, months: 1, days: 5 }, '2031-12-31'],
    ['2026-03-28', { days: 1 }, '2026-03-29'],
  ])('of %s plus %j is %s', (day, plus, until) => {
    expect(untilOf({ field: 'day', plus }, day, null)).toBe(until);
  });
});

describe('the civil day that a value tells', () => {
  it.each([
    ['2026-11-26', '2026-11-26'],
    ['2026-11-26T23:30:00.123456', '2026-11-26'],
    ['2026-11-26 23:30:00', '2026-11-26'],
    // An instant is told in the controller's zone.
    ['2026-11-26T23:30:00.000000+00:00', '2026-11-27'],
    ['2026-11-26T23:30:00Z', '2026-11-27'],
    ['2026-06-30 22:30:00+00', '2026-07-01'],
    [20261126, '2026-11-26'],
    ['20261126', '2026-11-26'],
    [1795735800, '2026-11-27'],
    [1795735800000, '2026-11-27'],
    ['1795735800000', '2026-11-27'],
    ['2026-02-30', null],
    ['0000-00-00', null],
    ['soon', null],
    ['', null],
    [0, null],
    [null, null],
    [true, null],
  ])('of %o is %s', (value, day) => {
    expect(civilDay(value, 'Europe/Stockholm')).toBe(day);
  });
});
