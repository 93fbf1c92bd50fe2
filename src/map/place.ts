import type { Catalog, CollectionInfo } from '../model/catalog.js';
import { didYouMeanOf, listed } from './did-you-mean.js';
import type { LoadedMap } from './loaded.js';
import { columnsOf, type Placed, tableName } from './placed.js';
import type { Reporter } from './reporter.js';
import { sharedTableRules } from './shared-tables.js';
import { collectionsOf } from './target.js';

/** Finds the table of every collection whose source has a catalog; the rest is reported. By `source.name`. */
export function placeCollections(
  loaded: LoadedMap,
  catalogs: ReadonlyMap<string, Catalog>,
  report: Reporter,
): ReadonlyMap<string, Placed> {
  const placed = new Map<string, Placed>();
  for (const [source, from] of Object.entries(loaded.written.sources)) {
    const catalog = catalogs.get(source);
    if (catalog === undefined) continue;
    for (const [name, entry] of collectionsOf(from)) {
      const path = ['sources', source, 'collections', name];
      const found = findTable(catalog, entry.table ?? name);
      const unseen = 'wrong' in found ? whyUnseen(catalog, entry.table ?? name, found) : null;
      if ('wrong' in found && unseen !== null) {
        report.warning(path, `${found.wrong}, or this connection may not see it`, unseen);
      } else if ('wrong' in found) {
        report.error(entry.table === undefined ? path : [...path, 'table'], found.wrong, found.hint);
        continue;
      }
      const info = 'wrong' in found ? unseenTable(entry.table ?? name, entry.key ?? []) : found.info;
      placed.set(`${source}.${name}`, {
        id: `${source}.${name}`,
        source,
        name,
        entry,
        from,
        info,
        columns: columnsOf(info),
        path,
      });
    }
  }
  sharedTableRules([...placed.values()], report);
  return placed;
}

type FoundTable = { readonly info: CollectionInfo } | NotFound;

interface NotFound {
  readonly wrong: string;
  readonly hint: string | null;
  /** There is no table of that name in any schema. */
  readonly nowhere: boolean;
}

/** Why a table that is not told of may be there all the same; null: it can't be. */
function whyUnseen(catalog: Catalog, name: string, { nowhere, hint }: NotFound): string | null {
  if (catalog.unseen !== undefined) return catalog.unseen;
  const schemas = (catalog.hidden ?? []).filter(
    (schema) => !name.includes('.') || name.startsWith(`${schema}.`),
  );
  if (!nowhere || schemas.length === 0) return null;
  const right = `give the connection the right to use ${schemas.length === 1 ? 'the schema' : 'the schemas'} ${listed(schemas, 'and')}`;
  return hint === null ? right : `${right}; ${hint}`;
}

/**
 * By its full name `schema.name`, else by its bare name where the source itself would find it so. A table
 * out of scope has to be named in full.
 */
function findTable(catalog: Catalog, name: string): FoundTable {
  const all = catalog.collections.filter((info) => info.outOfScope === undefined);
  const full = catalog.collections.filter(
    (info) => info.schema !== null && `${info.schema}.${info.name}` === name,
  );
  const bare = all.filter((info) => info.name === name && (info.unqualified || info.schema === null));
  const [info, ...others] = full.length > 0 ? full : bare;
  if (info !== undefined && others.length === 0) return { info };
  const named = all.filter((candidate) => candidate.name === name);
  if (others.length > 0 || named.length > 0) {
    const names = (others.length > 0 ? [info, ...others] : named).map((one) =>
      fullName(one as CollectionInfo),
    );
    const wrong =
      names.length > 1
        ? `several tables are called '${name}'`
        : `there is no table '${name}' without its schema`;
    return { wrong, hint: `table: ${listed(names, 'or')}`, nowhere: false };
  }
  const known = all.flatMap((candidate) => [tableName(candidate), fullName(candidate)]);
  return {
    wrong: `there is no table '${name}' in the source`,
    hint: didYouMeanOf(name, new Set(known), 'tables'),
    nowhere: true,
  };
}

/** Stands in for a table that the source does not tell of, so that the rest can still be searched. */
function unseenTable(name: string, key: readonly string[]): CollectionInfo {
  return {
    id: name,
    schema: null,
    name,
    unqualified: true,
    kind: 'table',
    fields: [],
    // Never used: the collection is not searched.
    key: { fields: key.length > 0 ? key : ['id'], kind: 'declared' },
    unique: [],
    references: [],
    indexes: [],
    rows: null,
    comment: null,
    hidden: 'no privilege on it, or it is not there',
  };
}

function fullName(info: CollectionInfo): string {
  return info.schema === null ? info.name : `${info.schema}.${info.name}`;
}
