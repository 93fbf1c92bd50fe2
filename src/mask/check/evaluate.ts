import type { Value } from '../../model/value.js';
import type { Comparison, Expression } from './expression.js';
import { ANY, applied, calculated, castTo, NOW, type Operand } from './functions.js';

/** What a condition may come to: any of these, as bits. SQL's third is that it is not known. */
const [TRUE, FALSE, NULL] = [1, 2, 4] as const;
const ANYTHING = TRUE | FALSE | NULL;
type Truth = number;

/** Whether every row with this value in the column meets the check, whatever else it holds. */
export function surelyHolds(check: Expression, value: Value): boolean {
  return (truth(check, value) & FALSE) === 0;
}

/** Whether no row with this value meets it. */
export function surelyFails(check: Expression, value: Value): boolean {
  return truth(check, value) === FALSE;
}

function truth(expression: Expression, value: Value): Truth {
  switch (expression.kind) {
    case 'and':
      return expression.parts.map((part) => truth(part, value)).reduce((a, b) => joined(a, b, both));
    case 'or':
      return expression.parts.map((part) => truth(part, value)).reduce((a, b) => joined(a, b, either));
    case 'not':
      return not(truth(expression.part, value));
    case 'is-null': {
      const part = operand(expression.part, value);
      if (part === ANY) return TRUE | FALSE;
      return part === null ? TRUE : FALSE;
    }
    case 'is': {
      const part = truth(expression.part, value);
      const wanted = expression.value ? TRUE : FALSE;
      return ((part & wanted) === 0 ? 0 : TRUE) | ((part & ~wanted) === 0 ? 0 : FALSE);
    }
    case 'compare': {
      const [left, right] = expression.parts;
      return compared(expression.by, operand(left, value), operand(right, value));
    }
    case 'among': {
      const part = operand(expression.part, value);
      const found = expression.list
        .map((one) => compared('=', part, operand(one, value)))
        .reduce((a, b) => joined(a, b, either), FALSE);
      return expression.negated ? not(found) : found;
    }
    case 'matches': {
      const part = operand(expression.part, value);
      if (part === null) return NULL;
      const matches =
        typeof part === 'symbol' || typeof part === 'object' ? null : expression.pattern.test(String(part));
      if (matches === null) return part === ANY ? ANYTHING : TRUE | FALSE;
      return matches === expression.negated ? FALSE : TRUE;
    }
    case 'case': {
      let open: Truth = ANYTHING;
      let found: Truth = 0;
      for (const { when, result } of expression.branches) {
        const taken = truth(when, value);
        if ((taken & TRUE) !== 0) found |= truth(result, value);
        if ((taken & ~TRUE) === 0) open = 0;
        if (open === 0) return found;
      }
      return found | truth(expression.otherwise, value);
    }
    default:
      return truthOf(operand(expression, value));
  }
}

function operand(expression: Expression, value: Value): Operand {
  switch (expression.kind) {
    case 'column':
      return value;
    case 'value':
      return expression.value;
    case 'now':
      return NOW;
    case 'unknown':
      return ANY;
    case 'cast':
      return castTo(expression.to, operand(expression.part, value));
    case 'call':
      return applied(
        expression.name,
        expression.parts.map((part) => operand(part, value)),
      );
    case 'arithmetic':
      return calculated(
        expression.by,
        operand(expression.parts[0], value),
        operand(expression.parts[1], value),
      );
    default: {
      const is = truth(expression, value);
      return is === TRUE ? true : is === FALSE ? false : is === NULL ? null : ANY;
    }
  }
}

function truthOf(value: Operand): Truth {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) === 0 ? FALSE : TRUE;
  return ANYTHING;
}

function not(part: Truth): Truth {
  return (part & NULL) | ((part & TRUE) === 0 ? 0 : FALSE) | ((part & FALSE) === 0 ? 0 : TRUE);
}

/** All that two conditions can come to together. */
function joined(a: Truth, b: Truth, by: (a: Truth, b: Truth) => Truth): Truth {
  let result = 0;
  for (const one of [TRUE, FALSE, NULL]) {
    for (const other of [TRUE, FALSE, NULL]) {
      if ((a & one) !== 0 && (b & other) !== 0) result |= by(one, other);
    }
  }
  return result;
}

function both(a: Truth, b: Truth): Truth {
  if (a === FALSE || b === FALSE) return FALSE;
  return a === NULL || b === NULL ? NULL : TRUE;
}

function either(a: Truth, b: Truth): Truth {
  if (a === TRUE || b === TRUE) return TRUE;
  return a === NULL || b === NULL ? NULL : FALSE;
}

function compared(by: Comparison, left: Operand, right: Operand): Truth {
  if (by === '<=>') {
    if (left === null && right === null) return TRUE;
    if (left === ANY || right === ANY) return TRUE | FALSE;
    return left === null || right === null ? FALSE : compared('=', left, right);
  }
  if (left === null || right === null) return NULL;
  if (left === ANY || right === ANY) return ANYTHING;
  const order = orderOf(left, right);
  const wanted = WANTED[by];
  return ((order & wanted) === 0 ? 0 : TRUE) | ((order & ~wanted) === 0 ? 0 : FALSE);
}

/** How one may stand to the other, as bits. */
const [LESS, SAME, MORE] = [1, 2, 4] as const;
const ANY_ORDER = LESS | SAME | MORE;
const WANTED: Readonly<Record<Exclude<Comparison, '<=>'>, number>> = {
  ...{ '=': SAME, '<>': LESS | MORE, '<': LESS, '<=': LESS | SAME, '>': MORE, '>=': MORE | SAME },
};

/** The clock of a database that still runs is past this. */
const EARLIEST_NOW = '2020-01-01';

type Known = Exclude<Operand, null | typeof ANY>;

function orderOf(left: Known, right: Known): number {
  if (left === NOW || right === NOW) return orderToNow(left, right);
  const [first, second] = [plain(left), plain(right)];
  if (first === null || second === null) return ANY_ORDER;
  const [a, b] = [numberOf(first), numberOf(second)];
  if (typeof first !== 'string' || typeof second !== 'string') {
    if (a === null || b === null) return ANY_ORDER;
    return a < b ? LESS : a > b ? MORE : SAME;
  }
  if (first === second) return SAME;
  const [day, otherDay] = [dayOf(first), dayOf(second)];
  if (day !== null && otherDay !== null) return day < otherDay ? LESS : day > otherDay ? MORE : ANY_ORDER;
  // Collations fold, and some forget blanks at the end; how they sort is their own affair.
  return folded(first) === folded(second) ? ANY_ORDER : LESS | MORE;
}

function orderToNow(left: Known, right: Known): number {
  const other = left === NOW ? right : left;
  const day = typeof other === 'string' ? dayOf(other) : null;
  if (day === null || day >= EARLIEST_NOW) return ANY_ORDER;
  return left === NOW ? MORE : LESS;
}

function plain(value: Exclude<Known, typeof NOW>): string | number | bigint | null {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? null : value;
}

function numberOf(value: string | number | bigint): number | bigint | null {
  if (typeof value !== 'string') return value;
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : null;
}

function dayOf(text: string): string | null {
  return /^(\d{4}-\d\d-\d\d)(?:$|[ T])/.exec(text)?.[1] ?? null;
}

function folded(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '');
}
