import type { Scalar } from '../../model/value.js';
import { type Expression, partsOf, withinExpression } from './expression.js';
import type { Pattern } from './pattern.js';

/**
 * What checks let guess of a column's values: only what is worth trying, since every value is held
 * against the checks afterwards.
 */
export interface Hints {
  /** The column's values that are written out, as in lists. */
  readonly values: readonly Scalar[];
  readonly patterns: readonly Pattern[];
  /** Lengths about which a check speaks, and their neighbours. */
  readonly lengths: readonly number[];
  /** Bounds of numbers and of days; null: none. */
  readonly numbers: Bounds<number>;
  readonly days: Bounds<string>;
}

export interface Bounds<Bound> {
  readonly least: Bound | null;
  readonly most: Bound | null;
}

const LENGTHS = new Set(['length', 'char_length', 'character_length', 'len', 'octet_length']);

export function hintsOf(checks: readonly Expression[]): Hints {
  const nodes = checks.flatMap((check) => [...withinExpression(check)]);
  const values = new Set<Scalar>();
  const lengths = new Set<number>();
  const [numbers, days] = [boundsOf<number>(), boundsOf<string>()];
  for (const node of nodes) {
    if (node.kind === 'among' && speaksOf(node.part))
      for (const one of node.list.flatMap(scalarsOf)) values.add(one);
    if (node.kind !== 'compare') continue;
    const [left, right] = node.parts;
    const [part, other] = speaksOf(left) ? [left, right] : [right, left];
    if (!speaksOf(part)) continue;
    for (const scalar of scalarsOf(other)) {
      if (lengthOf(part)) {
        for (const near of [-1, 0, 1]) if (Number(scalar) + near > 0) lengths.add(Number(scalar) + near);
        continue;
      }
      values.add(scalar);
      if (typeof scalar === 'number' || typeof scalar === 'bigint') {
        for (const near of [-1, 1]) values.add(Number(scalar) + near);
      }
      const from = part === left ? node.by.startsWith('>') : node.by.startsWith('<');
      const upTo =
        part === left
          ? node.by.startsWith('<') && node.by !== '<=>' && node.by !== '<>'
          : node.by.startsWith('>');
      if (typeof scalar === 'number' || typeof scalar === 'bigint') numbers.take(from, upTo, Number(scalar));
      else if (typeof scalar === 'string' && /^\d{4}-\d\d-\d\d/.test(scalar))
        days.take(from, upTo, scalar.slice(0, 10));
    }
  }
  return {
    values: [...values],
    lengths: [...lengths],
    patterns: nodes.flatMap((node) => (node.kind === 'matches' && !node.negated ? [node.pattern] : [])),
    numbers: numbers.bounds(),
    days: days.bounds(),
  };
}

function speaksOf(expression: Expression): boolean {
  return expression.kind === 'column' || partsOf(expression).some(speaksOf);
}

function lengthOf(expression: Expression): boolean {
  if (expression.kind === 'cast') return lengthOf(expression.part);
  return expression.kind === 'call' && LENGTHS.has(expression.name);
}

function scalarsOf(expression: Expression): readonly Scalar[] {
  if (expression.kind === 'value') return expression.value === null ? [] : [expression.value];
  if (expression.kind === 'cast') {
    return scalarsOf(expression.part).map((scalar) =>
      /^(?:int|smallint|bigint|numeric|dec|real|double|float)/.test(expression.to) &&
      /^-?\d+(?:\.\d+)?$/.test(String(scalar))
        ? Number(scalar)
        : scalar,
    );
  }
  const [left, right] = expression.kind === 'arithmetic' ? expression.parts : [];
  const negative =
    expression.kind === 'arithmetic' && expression.by === '-' && left?.kind === 'value' && left.value === 0;
  return negative && right !== undefined
    ? scalarsOf(right).flatMap((one) => (typeof one === 'number' ? [-one] : []))
    : [];
}

function boundsOf<Bound extends number | string>() {
  let least: Bound | null = null;
  let most: Bound | null = null;
  return {
    take(from: boolean, upTo: boolean, bound: Bound) {
      if (from && (least === null || bound > least)) least = bound;
      if (upTo && (most === null || bound < most)) most = bound;
    },
    bounds: (): Bounds<Bound> => ({ least, most }),
  };
}
