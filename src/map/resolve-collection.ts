import type { Collection, Information, Reference, Retention, Until, Verdict } from '../model/map.js';
import { resolveAssignments, resolveConditions } from './conditions.js';
import { tellsDay } from './fits.js';
import type { MapPath } from './loaded.js';
import { minimiseRules } from './mask-rules.js';
import { columnOf, type Placed, tableName } from './placed.js';
import type { Reporter } from './reporter.js';
import { maskScope, resolveFields } from './resolve-fields.js';
import type { WrittenRetention, WrittenUntil } from './schema.js';

/**
 * One collection with every default filled in.
 *
 * @param references of this collection.
 * @param referred its columns that any reference leads to.
 */
export function resolveCollection(
  placed: Placed,
  references: readonly Reference[],
  referred: ReadonlySet<string>,
  report: Reporter,
): Collection {
  const { entry, info, path } = placed;
  const subject = typeof entry.subject === 'string' ? { is: entry.subject } : (entry.subject ?? null);
  const fields = resolveFields(placed, references, referred, report);
  const shared = {
    when:
      subject === null ? [] : resolveConditions(placed, subject.when, [...path, 'subject', 'when'], report),
    disable: resolveAssignments(placed, entry.disable, [...path, 'disable'], report),
    restrict: resolveAssignments(placed, entry.restrict, [...path, 'restrict'], report),
    retain: retentionsOf(placed, report),
    erase: verdictOf(placed, report),
  };
  const scope = maskScope(placed, references, referred, report);
  eachRetention(placed, ({ mask = [] }, at) => minimiseRules(mask, fields, [...at, 'mask'], scope));
  const columns = columnsOf(
    placed,
    fields.map((field) => field.at.column),
    references,
    referred,
    report,
  );
  return {
    id: placed.id,
    source: placed.source,
    name: placed.name,
    table: info.id,
    label: entry.label ?? null,
    ...keyOf(placed, report),
    subject: subject === null ? null : { is: subject.is, when: shared.when },
    fields,
    references,
    information: informationOf(placed),
    ...columns,
    erase: shared.erase,
    retain: shared.retain,
    disable: shared.disable,
    restrict: shared.restrict,
    unsearchable: entry.unsearchable ?? null,
  };
}

function keyOf(placed: Placed, report: Reporter): Pick<Collection, 'key' | 'keyKind'> {
  const { entry, info, path } = placed;
  if (entry.key === undefined) {
    if (info.key.fields.length === 0) {
      report.error(
        path,
        `${tableName(info)} has no key by which its records are told apart`,
        'key: [the columns that make a record unique]',
      );
    }
    return { key: info.key.fields, keyKind: info.key.kind };
  }
  entry.key.forEach((name, index) => {
    const column = columnOf(placed, name, [...path, 'key', index], report);
    // SQLite lets a text primary key be null; the source's own key is not the map's to doubt.
    if (column?.nullable && !info.key.fields.includes(name)) {
      report.warning(
        [...path, 'key', index],
        `${name} may be null, and a record without a key cannot be told apart`,
      );
    }
  });
  const named = new Set(entry.key);
  const declared = [...(info.key.kind === 'declared' ? [info.key.fields] : []), ...info.unique];
  const isUnique = declared.some(
    (columns) => columns.length > 0 && columns.every((column) => named.has(column)),
  );
  if (!isUnique && entry.key.every((name) => placed.columns.has(name))) {
    const wrong = `nothing in ${tableName(info)} says that ${entry.key.join(', ')} is unique`;
    // Where the source declares a key, another one that it does not vouch for is a mistake.
    if (info.key.kind === 'declared' && info.key.fields.length > 0) {
      report.error([...path, 'key'], wrong, `key: [${info.key.fields.join(', ')}]`);
    } else {
      report.warning([...path, 'key'], wrong, 'records with the same key would be taken for one');
    }
  }
  return { key: entry.key, keyKind: 'declared' };
}

type Columns = Pick<Collection, 'systemColumns' | 'ignoredColumns' | 'unmappedColumns'>;

/** Every column of the table once: a field's, system, ignored or unmapped (contract.md §1, Fields). */
function columnsOf(
  placed: Placed,
  ofFields: readonly string[],
  references: readonly Reference[],
  referred: ReadonlySet<string>,
  report: Reporter,
): Columns {
  const { entry, path } = placed;
  for (const key of ['system', 'ignore'] as const) {
    (entry[key] ?? []).forEach((name, index) => {
      columnOf(placed, name, [...path, key, index], report);
    });
  }
  const retentions = [entry.retain ?? []].flat();
  const untils = [entry.until, ...retentions.map((retention) => retention.until)];
  const named = new Set([
    ...(entry.system ?? []),
    ...(entry.key ?? []),
    ...Object.keys(entry.disable ?? {}),
    ...Object.keys(entry.restrict ?? {}),
    ...(typeof entry.subject === 'object' ? Object.keys(entry.subject.when ?? {}) : []),
    ...references.flatMap((reference) => reference.when.map((condition) => condition.field)),
    ...retentions.flatMap((retention) => Object.keys(retention.when ?? {})),
    ...untils.flatMap((until) => (until === undefined ? [] : [until.field])),
    ...Object.values(entry.fields ?? {}).flatMap((field) =>
      typeof field === 'object' && field.notice !== undefined ? [field.notice] : [],
    ),
    ...referred,
  ]);
  const fields = new Set(ofFields);
  const ignored = new Set(entry.ignore ?? []);
  const rest = [...placed.columns.keys()].filter((column) => !fields.has(column));
  return {
    systemColumns: rest.filter((column) => named.has(column) && !ignored.has(column)),
    ignoredColumns: rest.filter((column) => ignored.has(column)),
    unmappedColumns: rest.filter((column) => !named.has(column) && !ignored.has(column)),
  };
}

function verdictOf(placed: Placed, report: Reporter): Verdict | null {
  const { erase, ground, law, until } = placed.entry;
  if (erase === undefined) return null;
  return {
    kind: erase,
    ground: ground ?? null,
    law: law ?? null,
    until: until === undefined ? null : untilOf(placed, until, [...placed.path, 'until'], report),
  };
}

function retentionsOf(placed: Placed, report: Reporter): readonly Retention[] {
  return eachRetention(placed, (retention, path) => retentionOf(placed, retention, path, report));
}

function eachRetention<Made>(
  { entry, path }: Placed,
  make: (retention: WrittenRetention, path: MapPath) => Made,
): readonly Made[] {
  const { retain } = entry;
  if (retain === undefined) return [];
  if (!Array.isArray(retain)) return [make(retain, [...path, 'retain'])];
  return retain.map((retention, index) => make(retention, [...path, 'retain', index]));
}

function retentionOf(placed: Placed, written: WrittenRetention, path: MapPath, report: Reporter): Retention {
  return {
    ground: written.ground,
    law: written.law ?? null,
    when: resolveConditions(placed, written.when, [...path, 'when'], report),
    until: untilOf(placed, written.until, [...path, 'until'], report),
    mask: written.mask ?? [],
  };
}

function untilOf(placed: Placed, written: WrittenUntil, path: MapPath, report: Reporter): Until {
  const column = columnOf(placed, written.field, [...path, 'field'], report);
  if (column !== null && !tellsDay(column.type)) {
    report.error(
      [...path, 'field'],
      `${column.name} is ${column.type.native}, which tells no day`,
      'the date from which the time runs',
    );
  }
  const { field, calendarYearsAfterFiscalYear, plus } = written;
  if (calendarYearsAfterFiscalYear !== undefined) return { field, calendarYearsAfterFiscalYear };
  return { field, plus: plus ?? {} };
}

/** The collection's facts before its source's (GDPR Art. 15(1)). */
function informationOf({ entry, from }: Placed): Information {
  const facts = { ...from.information, ...entry.information };
  return {
    purposes: facts.purposes ?? null,
    legalBasis: facts.legalBasis ?? null,
    recipients: facts.recipients ?? null,
    retention: facts.retention ?? null,
    origin: facts.origin ?? null,
    transfers: facts.transfers ?? null,
    automated: facts.automated ?? 'none',
  };
}
