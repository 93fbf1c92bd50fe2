import { type Comparison, type Expression, UNKNOWN } from './expression.js';
import { arrayOf, listOf, sum, textOf } from './operand.js';
import { globPattern, likePattern, type Pattern, regexPattern } from './pattern.js';
import { NotUnderstood, type Reader, readerOf } from './reader.js';
import { tokensOf } from './tokens.js';

/** Longer checks are taken as not understood. */
const LONGEST = 20_000;

/**
 * A check as it stands in the catalog, read as what it says of one column. Never throws: a check in a
 * syntax that is not known here is `unknown`, other columns and functions are unknown parts of it.
 *
 * @param fields all columns that the check speaks of.
 */
export function parseCheck(sql: string, column: string, fields: readonly string[]): Expression {
  const tokens = sql.length > LONGEST ? null : tokensOf(sql);
  if (tokens === null) return UNKNOWN;
  const reader = readerOf(tokens, column, fields, disjunction);
  try {
    const expression = reader.whole();
    return reader.done() ? expression : UNKNOWN;
  } catch (error) {
    if (error instanceof NotUnderstood) return UNKNOWN;
    throw error;
  }
}

function disjunction(reader: Reader): Expression {
  const parts = [conjunction(reader)];
  while (reader.take('or') !== null) parts.push(conjunction(reader));
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'or', parts };
}

function conjunction(reader: Reader): Expression {
  const parts = [negation(reader)];
  while (reader.take('and') !== null) parts.push(negation(reader));
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'and', parts };
}

function negation(reader: Reader): Expression {
  return reader.take('not', '!') === null ? predicate(reader) : negated(negation(reader));
}

function negated(part: Expression): Expression {
  return { kind: 'not', part };
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  ...{ '=': '=', '==': '=', '<>': '<>', '!=': '<>' },
  ...{ '<': '<', '<=': '<=', '>': '>', '>=': '>=', '<=>': '<=>' },
};
const MATCHES = [
  '~',
  '~*',
  '!~',
  '!~*',
  '~~',
  '~~*',
  '!~~',
  '!~~*',
  'like',
  'ilike',
  'regexp',
  'rlike',
  'glob',
];

function predicate(reader: Reader): Expression {
  let left = sum(reader);
  for (;;) {
    const comparison = reader.take(...Object.keys(COMPARISONS));
    if (comparison !== null) {
      left = compared(reader, left, COMPARISONS[comparison] as Comparison);
      continue;
    }
    if (reader.take('is') !== null) {
      left = stateOf(reader, left);
      continue;
    }
    if (reader.take('isnull') !== null) {
      left = { kind: 'is-null', part: left };
      continue;
    }
    if (reader.take('notnull') !== null) {
      left = negated({ kind: 'is-null', part: left });
      continue;
    }
    const not = reader.take('not') !== null;
    if (not && reader.take('null') !== null) left = negated({ kind: 'is-null', part: left });
    else if (reader.take('in') !== null)
      left = { kind: 'among', part: left, list: listOf(reader), negated: not };
    else if (reader.take('between') !== null) left = between(reader, left, not);
    else {
      const match = reader.take(...MATCHES);
      if (match !== null) left = matched(reader, left, match, not);
      else if (not) throw new NotUnderstood();
      else return left;
    }
  }
}

function compared(reader: Reader, left: Expression, by: Comparison): Expression {
  const quantifier = reader.take('any', 'some', 'all');
  if (quantifier === null) return { kind: 'compare', by, parts: [left, sum(reader)] };
  const list = arrayOf(reader);
  const all = quantifier === 'all';
  if (by === (all ? '<>' : '=')) return { kind: 'among', part: left, list, negated: all };
  return {
    kind: all ? 'and' : 'or',
    parts: list.map((one) => ({ kind: 'compare', by, parts: [left, one] })),
  };
}

function stateOf(reader: Reader, part: Expression): Expression {
  const not = reader.take('not') !== null;
  const of = reader.take('null', 'unknown', 'true', 'false', 'distinct');
  if (of === null) throw new NotUnderstood();
  if (of === 'distinct') {
    reader.expect('from');
    const same: Expression = { kind: 'compare', by: '<=>', parts: [part, sum(reader)] };
    return not ? same : negated(same);
  }
  const is: Expression =
    of === 'null' || of === 'unknown'
      ? { kind: 'is-null', part }
      : { kind: 'is', part, value: of === 'true' };
  return not ? negated(is) : is;
}

function between(reader: Reader, part: Expression, not: boolean): Expression {
  const least = sum(reader);
  reader.expect('and');
  const most = sum(reader);
  const both: Expression = {
    kind: 'and',
    parts: [
      { kind: 'compare', by: '>=', parts: [part, least] },
      { kind: 'compare', by: '<=', parts: [part, most] },
    ],
  };
  return not ? negated(both) : both;
}

function matched(reader: Reader, part: Expression, by: string, not: boolean): Expression {
  const operand = sum(reader);
  const escaped = reader.take('escape') === null ? undefined : textOf(sum(reader));
  const text = textOf(operand);
  const pattern = text === null || escaped === null ? null : patternBy(by, text, escaped);
  if (pattern === null) return UNKNOWN;
  return { kind: 'matches', part, pattern, negated: not !== by.startsWith('!') };
}

function patternBy(by: string, text: string, escaped: string | undefined): Pattern | null {
  if (/like|~~/.test(by)) return likePattern(text, escaped);
  return by === 'glob' ? globPattern(text) : regexPattern(text);
}
