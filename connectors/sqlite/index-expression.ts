import type { FieldPath } from '../../src/model/catalog.js';
import type { MatchMode } from '../../src/model/map.js';
import { type Affinity, isNumeric } from './declared-type.js';

/** A name as SQLite quotes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What stands in the index of digits for a text that plain separators do not explain. */
export const ODD = '?';
const SEPARATORS = [' ', '-', '(', ')', '/', '.', '+'];

/**
 * The digits of a text as an expression that SQLite can index, without a function of ours: the usual
 * separators taken out. Where anything else is left (a no-break space, `tel:`), ODD, so that those few
 * are found together and looked at one by one.
 */
export function digitsExpression(column: string): string {
  const stripped = SEPARATORS.reduce((inner, mark) => `replace(${inner}, ${literal(mark)}, '')`, column);
  return `case when ${stripped} glob '*[^0-9]*' then '${ODD}' else ${stripped} end`;
}

/**
 * Conditions that together hold for every row that a key of `k` may match in that mode, and that an
 * index can serve; each inner list offers ways of which one will do.
 */
export function indexed(
  column: string,
  mode: MatchMode,
  affinity: Affinity,
  key: string,
): readonly (readonly string[])[] {
  if (mode === 'exact') return [[`${column} = ${key}`]];
  // A whole number has no case and no separators; the few texts in such a column sort behind all numbers.
  if (isNumeric(affinity)) return [[`${column} = ${key}`], [`${column} >= ''`]];
  if (mode === 'digits') return [[`${digitsExpression(column)} = ${key}`]];
  return [
    [`lower(${column}) = ${key}`, ...(affinity === 'text' ? [`${column} = ${key} collate nocase`] : [])],
  ];
}

/** The index that a match would use, ready to paste; null: none would help. */
export function indexStatement(
  table: string,
  fields: readonly FieldPath[],
  mode: MatchMode,
  affinities: readonly Affinity[],
): string | null {
  if (fields.some(({ path }) => path.length > 0)) return null;
  // The digits of several columns together are not looked up.
  if (fields.length > 1 && mode === 'digits') return null;
  const parts = fields.map(({ column }, index) => {
    const name = quoted(column);
    if (mode === 'exact' || isNumeric(affinities[index] ?? 'none')) return name;
    return mode === 'folded' ? `lower(${name})` : digitsExpression(name);
  });
  const suffix = mode === 'exact' ? '' : `_${mode}`;
  const name = `dsr_${table}_${fields.map(({ column }) => column).join('_')}${suffix}`;
  return `create index ${quoted(name)} on ${quoted(table)} (${parts.join(', ')});`;
}
