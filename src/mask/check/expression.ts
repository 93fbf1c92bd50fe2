import type { Scalar } from '../../model/value.js';
import type { Pattern } from './pattern.js';

/** What a check says of one column. What is not understood stands as `unknown`, which may be anything. */
export type Expression =
  | { readonly kind: 'column' }
  | { readonly kind: 'value'; readonly value: Scalar | null }
  /** The moment of the check: not known, but after `EARLIEST_NOW`. */
  | { readonly kind: 'now' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly Expression[] }
  | { readonly kind: 'cast'; readonly to: string; readonly part: Expression }
  | { readonly kind: 'arithmetic'; readonly by: string; readonly parts: readonly [Expression, Expression] }
  | { readonly kind: 'compare'; readonly by: Comparison; readonly parts: readonly [Expression, Expression] }
  /** `in`, `= any`; negated: `not in`, `<> all`. */
  | {
      readonly kind: 'among';
      readonly part: Expression;
      readonly list: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'matches';
      readonly part: Expression;
      readonly pattern: Pattern;
      readonly negated: boolean;
    }
  | { readonly kind: 'is-null'; readonly part: Expression }
  | { readonly kind: 'is'; readonly part: Expression; readonly value: boolean }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise: Expression;
    };

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=' | '<=>';

export const UNKNOWN: Expression = { kind: 'unknown' };

/** Every expression within, itself too. */
export function* withinExpression(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* withinExpression(part);
}

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return expression.parts;
    case 'among':
      return [expression.part, ...expression.list];
    case 'cast':
    case 'matches':
    case 'is-null':
    case 'is':
    case 'not':
      return [expression.part];
    case 'case':
      return [...expression.branches.flatMap(({ when, result }) => [when, result]), expression.otherwise];
    default:
      return [];
  }
}
