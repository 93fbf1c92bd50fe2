import type { Catalog, CollectionInfo } from '../model/catalog.js';
import { didYouMean } from './did-you-mean.js';
import type { MapPath } from './loaded.js';
import { tableName } from './placed.js';
import type { Reporter } from './reporter.js';

/**
 * Tables that the map does not speak of, by name and in order. Views show rows of tables and are never
 * among them, nor are tables out of scope. A pattern without a star that fits no table is reported: it may be a table's old name.
 *
 * @param mapped ids of the tables that are in a collection.
 * @param nonpersonal `country`, `lookup_*`, `audit.*`: with a dot the schema counts.
 */
export function unmappedTables(
  catalog: Catalog,
  mapped: ReadonlySet<string>,
  nonpersonal: readonly string[],
  path: MapPath,
  report: Reporter,
): readonly string[] {
  const tables = catalog.collections.filter((info) => info.kind === 'table' && info.outOfScope === undefined);
  const patterns = nonpersonal.map((pattern) => ({ pattern, fits: glob(pattern) }));
  patterns.forEach(({ pattern, fits }, index) => {
    const covered = catalog.collections.filter((info) => namesOf(info).some(fits));
    if (covered.length === 0) {
      const near = didYouMean(pattern, tables.flatMap(namesOf));
      report.warning(
        [...path, index],
        `no table is called '${pattern}'`,
        near ?? 'take it away, or mend the name',
      );
    }
    const also = covered.find((info) => mapped.has(info.id));
    if (also !== undefined && !pattern.includes('*')) {
      report.error(
        [...path, index],
        `${tableName(also)} is a collection too`,
        'a table either holds people or nobody',
      );
    }
  });
  return tables
    .filter((info) => !mapped.has(info.id) && !patterns.some(({ fits }) => namesOf(info).some(fits)))
    .map(tableName)
    .sort();
}

function namesOf(info: CollectionInfo): readonly string[] {
  return info.schema === null ? [info.name] : [info.name, `${info.schema}.${info.name}`];
}

/** Case counts: two tables may differ in nothing else, and only one of them hold nobody. */
function glob(pattern: string): (name: string) => boolean {
  const pieces = pattern.split(/\*+/).map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  const fits = new RegExp(`^${pieces.join('.*')}$`, 's');
  return (name) => fits.test(name);
}
