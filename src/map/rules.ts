import { collectionRules } from './collection-rules.js';
import type { MapPath } from './loaded.js';
import type { Problem } from './problem.js';
import type { Reporter } from './reporter.js';
import type { WrittenMap } from './schema.js';
import { collectionsOf } from './target.js';
import { UNSAID } from './unsaid.js';

/** What a map's rules need to know of the identifier types. */
export interface KnownTypes {
  readonly names: readonly string[];
  /** The data category a type most often stands under; null: none in particular. */
  category(type: string): string | null;
}

/** All rules of contract.md §1 that can be told without looking at a database. */
export function rules(map: WrittenMap, types: KnownTypes, report: Reporter): readonly Problem[] {
  controllerRules(map, report);
  for (const [name, source] of Object.entries(map.sources)) {
    const path = ['sources', name];
    if (source.timezone !== undefined) timezoneRule(source.timezone, [...path, 'timezone'], report);
    for (const [collection, entry] of collectionsOf(source)) {
      collectionRules({ map, source: name, name: collection, entry, types, report });
    }
  }
  fiscalYearRule(map, report);
  return report.problems;
}

function controllerRules(map: WrittenMap, report: Reporter): void {
  const { timezone, country, fiscalYearEnd } = map.controller;
  timezoneRule(timezone, ['controller', 'timezone'], report);
  for (const key of ['name', 'contact'] as const) {
    if (map.controller[key] === UNSAID[key]) {
      report.warning(
        ['controller', key],
        'is still what `dsr init` wrote',
        'it stands in every answer: say who you are',
      );
    }
  }
  const region = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }).of(country);
  if (region === undefined) {
    report.error(
      ['controller', 'country'],
      `'${country}' is no country`,
      'two capital letters (ISO 3166), such as SE',
    );
  }
  if (fiscalYearEnd !== undefined && !isDayOfYear(fiscalYearEnd)) {
    report.error(
      ['controller', 'fiscalYearEnd'],
      `'${fiscalYearEnd}' is no day of a year`,
      'MM-DD, such as "12-31"',
    );
  }
}

function timezoneRule(timezone: string, path: MapPath, report: Reporter): void {
  if (isTimezone(timezone)) return;
  report.error(
    path,
    `'${timezone}' is no time zone`,
    'a name of the IANA time zone database, such as Europe/Stockholm',
  );
}

function isTimezone(name: string): boolean {
  // An offset such as +01:00 is taken by Intl, but has no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isDayOfYear(monthDay: string): boolean {
  const date = new Date(`2024-${monthDay}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(5, 10) === monthDay;
}

/** Without it nobody can say when a calendar year of accounts ends (Bokföringslag 7:2): the tool asks. */
function fiscalYearRule(map: WrittenMap, report: Reporter): void {
  if (map.controller.fiscalYearEnd !== undefined) return;
  const counts = Object.values(map.sources)
    .flatMap(collectionsOf)
    .flatMap(([, entry]) => [
      entry.until,
      ...[entry.retain ?? []].flat().map((retention) => retention.until),
    ]);
  if (counts.some((until) => until?.calendarYearsAfterFiscalYear !== undefined)) {
    report.warning(
      ['controller'],
      'has no fiscalYearEnd, from which calendarYearsAfterFiscalYear counts: each such retention becomes a question',
      'fiscalYearEnd: "12-31"',
    );
  }
}
