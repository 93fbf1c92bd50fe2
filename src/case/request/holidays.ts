/** Public holidays as data: one rule each. Days are civil dates, `YYYY-MM-DD`. */
export type HolidayRule =
  /** The same day each year, `MM-DD`. */
  | { readonly name: string; readonly on: string }
  /** Days after Easter Sunday. */
  | { readonly name: string; readonly easter: number }
  /** The Saturday among the seven days from `MM-DD`. */
  | { readonly name: string; readonly saturdayFrom: string };

/**
 * By country (ISO 3166). Sundays are rest days everywhere and not listed. SE: lag (1989:253) om
 * allmänna helgdagar; midsommarafton, julafton and nyårsafton are not among them.
 */
export const HOLIDAYS: Readonly<Record<string, readonly HolidayRule[]>> = {
  SE: [
    { name: 'nyårsdagen', on: '01-01' },
    { name: 'trettondedag jul', on: '01-06' },
    { name: 'långfredagen', easter: -2 },
    { name: 'påskdagen', easter: 0 },
    { name: 'annandag påsk', easter: 1 },
    { name: 'första maj', on: '05-01' },
    { name: 'Kristi himmelsfärdsdag', easter: 39 },
    { name: 'pingstdagen', easter: 49 },
    { name: 'Sveriges nationaldag', on: '06-06' },
    { name: 'midsommardagen', saturdayFrom: '06-20' },
    { name: 'alla helgons dag', saturdayFrom: '10-31' },
    { name: 'juldagen', on: '12-25' },
    { name: 'annandag jul', on: '12-26' },
  ],
};

/** The public holidays of one year; null: those of the country are not known. */
export function holidaysOf(country: string, year: number): ReadonlySet<string> | null {
  const rules = HOLIDAYS[country.toUpperCase()];
  return rules === undefined ? null : new Set(rules.map((rule) => dateOf(rule, year)));
}

function dateOf(rule: HolidayRule, year: number): string {
  if ('on' in rule) return text(year, rule.on);
  if ('easter' in rule) return shifted(easterSunday(year), rule.easter);
  const from = text(year, rule.saturdayFrom);
  return shifted(from, 6 - weekday(from));
}

/** Gregorian Easter by the anonymous algorithm (Nature, 1876; Meeus, Astronomical Algorithms, ch. 8). */
export function easterSunday(year: number): string {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const lunar = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - lunar + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const sum = epact + toSunday - 7 * late + 114;
  const monthAndDay = `${String(Math.floor(sum / 31)).padStart(2, '0')}-${String((sum % 31) + 1).padStart(2, '0')}`;
  return text(year, monthAndDay);
}

/** 0 is Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** The civil date so many days later. */
export function shifted(date: string, days: number): string {
  const instant = new Date(`${date}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return instant.toISOString().slice(0, 10);
}

function text(year: number, monthAndDay: string): string {
  return `${String(year).padStart(4, '0')}-${monthAndDay}`;
}
