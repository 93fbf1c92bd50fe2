import type { CheckInfo } from '../../src/model/catalog.js';
import { groupOf, text } from '../sql/rows.js';
import type { Row } from '../sql/session.js';
import type { PgColumn } from './column.js';
import { quote } from './quote.js';

/** A table's own checks, then those of its columns' domains. */
export function checksOf(
  rows: readonly Row[],
  columns: readonly PgColumn[],
  ofDomains: ReadonlyMap<string, readonly Row[]>,
): readonly CheckInfo[] {
  const own = rows.map((row) => ({
    name: text(row[1]),
    fields: row[3] === null ? [] : (JSON.parse(text(row[3])) as readonly string[]),
    expression: text(row[2]),
  }));
  const domains = columns.flatMap(({ name, domains }) =>
    domains
      .flatMap((oid) => groupOf(ofDomains, oid))
      .map((row) => ({ name: text(row[1]), fields: [name], expression: ofColumn(text(row[2]), name) })),
  );
  const seen = new Set<string>();
  return [...own, ...domains].filter(({ name, fields, expression }) => {
    // Each partition has its parent's again.
    const same = JSON.stringify([name, fields, expression]);
    return !seen.has(same) && seen.add(same) !== undefined;
  });
}

/** Outside of texts and quoted names. */
function ofColumn(expression: string, column: string): string {
  return expression.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\bVALUE\b/g, (part) =>
    part === 'VALUE' ? quote(column) : part,
  );
}
