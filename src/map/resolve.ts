import type { Catalog } from '../model/catalog.js';
import type { DataMap, Reference, SourceEntry } from '../model/map.js';
import { assignmentRules } from './assignment-rules.js';
import { type Gap, gapsOf } from './gaps.js';
import type { LoadedMap } from './loaded.js';
import { maskedLinkRules } from './masked-link-rules.js';
import { placeCollections } from './place.js';
import { type Placed, type Resolving, tableName } from './placed.js';
import { inOrder, type Problem } from './problem.js';
import { type Reporter, reporter } from './reporter.js';
import { resolveCollection } from './resolve-collection.js';
import { resolveReferences } from './resolve-references.js';
import { standingRules } from './standing-rules.js';
import { unmappedTables } from './unmapped-tables.js';
import { verdictRules } from './verdict-rules.js';

export interface Resolution {
  readonly map: DataMap;
  /** Those of loading (warnings) and of the schema, in the file's order. With an error among them nothing may run on the map. */
  readonly problems: readonly Problem[];
  /** What the map does not speak of, or the connection may not see. */
  readonly gaps: readonly Gap[];
}

/**
 * Holds the map against what the sources say of themselves. A source without a catalog (it did not
 * answer) takes its collections with it; references into them stay, leading to no collection of
 * the map, so that the rest can still be searched.
 *
 * @param catalogs by source name.
 */
export function resolveMap(loaded: LoadedMap, catalogs: ReadonlyMap<string, Catalog>): Resolution {
  const report = reporter(loaded.place, loaded.scrub);
  const placed = placeCollections(loaded, catalogs, report);
  const unreadable = new Set(loaded.sources.map(({ name }) => name).filter((name) => !catalogs.has(name)));
  const resolving: Resolving = { loaded, placed, unreadable, report };
  const references = resolveReferences(resolving);
  const referred = referredColumns(references);
  const collections = [...placed.values()].map((one) =>
    resolveCollection(one, references.get(one.id) ?? [], referred.get(one.id) ?? new Set(), report),
  );
  if (unreadable.size === 0) verdictRules(collections, placed, report);
  assignmentRules(collections, placed, report);
  standingRules(collections, placed, report);
  maskedLinkRules(collections, placed, report);
  hiddenRule(placed, report);
  const sources = loaded.sources.map(({ name }) =>
    sourceEntry(loaded, name, catalogs.get(name), placed, report),
  );
  const map: DataMap = {
    controller: loaded.controller,
    policy: loaded.policy,
    identifiers: loaded.identifiers,
    sources,
    collections,
    hash: loaded.hash,
  };
  return {
    map,
    problems: inOrder([...loaded.warnings, ...report.problems]),
    gaps: gapsOf(sources, collections, catalogs),
  };
}

/** Columns that a reference leads to, by Collection.id: they count as mapped. */
function referredColumns(
  all: ReadonlyMap<string, readonly Reference[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const columns = new Map<string, Set<string>>();
  for (const { to, on } of [...all.values()].flat()) {
    const names = columns.get(to) ?? new Set();
    for (const field of on) names.add(field.column);
    columns.set(to, names);
  }
  return columns;
}

function hiddenRule(placed: ReadonlyMap<string, Placed>, report: Reporter): void {
  for (const { info, path } of placed.values()) {
    if (info.hidden === null) continue;
    report.warning(
      path,
      `not all of ${tableName(info)} can be read over this connection: ${info.hidden}`,
      'give the connection the right to read all of it; until then every result is incomplete',
    );
  }
}

function sourceEntry(
  loaded: LoadedMap,
  name: string,
  catalog: Catalog | undefined,
  placed: ReadonlyMap<string, Placed>,
  report: Reporter,
): SourceEntry {
  const written = loaded.written.sources[name];
  const mapped = new Set([...placed.values()].filter((one) => one.source === name).map((one) => one.info.id));
  return {
    name,
    connector: written?.connector ?? '',
    label: written?.label ?? null,
    timezone: written?.timezone ?? loaded.controller.timezone,
    unmappedTables:
      catalog === undefined
        ? []
        : unmappedTables(
            catalog,
            mapped,
            written?.nonpersonal ?? [],
            ['sources', name, 'nonpersonal'],
            report,
          ),
  };
}
