import type { Expression } from './expression.js';
import type { Token } from './tokens.js';

/** The check is in a syntax that is not known here. */
export class NotUnderstood extends Error {}

/** Goes through the tokens of one check. */
export interface Reader {
  done(): boolean;
  /** The sign or bare word (in small letters) that comes next, if it is one of these. */
  take(...words: readonly string[]): string | null;
  expect(word: string): void;
  next(): Token;
  peek(): Token | undefined;
  isColumn(token: Token): boolean;
  /** Another column that the check speaks of. */
  isKnown(token: Token): boolean;
  /** A whole expression, as it stands within brackets. */
  whole(): Expression;
}

/** @param whole reads an expression from its loosest operator on. */
export function readerOf(
  tokens: readonly Token[],
  column: string,
  fields: readonly string[],
  whole: (reader: Reader) => Expression,
): Reader {
  let at = 0;
  let depth = 0;
  const take = (...words: readonly string[]) => {
    const next = word(tokens[at]);
    if (next === null || !words.includes(next)) return null;
    at += 1;
    return next;
  };
  const reader: Reader = {
    done: () => at >= tokens.length,
    take,
    expect(wanted) {
      if (take(wanted) === null) throw new NotUnderstood();
    },
    next() {
      const token = tokens[at];
      if (token === undefined) throw new NotUnderstood();
      at += 1;
      return token;
    },
    peek: () => tokens[at],
    isColumn: (token) => names(token, column),
    isKnown: (token) => fields.some((field) => names(token, field)),
    whole() {
      depth += 1;
      if (depth > DEEPEST) throw new NotUnderstood();
      const expression = whole(reader);
      depth -= 1;
      return expression;
    },
  };
  return reader;
}

const DEEPEST = 200;

function word(token: Token | undefined): string | null {
  if (token?.kind === 'sign') return token.text;
  return token?.kind === 'name' && token.quote === '' ? token.text.toLowerCase() : null;
}

/** In PostgreSQL, a name in double quotes is that name only; SQLite and MariaDB fold all. */
function names(token: Token, name: string): boolean {
  if (token.kind !== 'name') return false;
  return token.text === name || (token.quote !== '"' && token.text.toLowerCase() === name.toLowerCase());
}
