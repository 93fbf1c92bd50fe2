import type { CheckInfo } from '../../src/model/catalog.js';
import { sql } from '../sql/fragment.js';
import { nameIn, type Token, tokensOf } from './sql-tokens.js';

/** CHECK constraints stand nowhere but in the text of the table. */
export const STATEMENTS = sql`
  select name, sql from sqlite_schema where type = 'table' and sql is not null`;

const SPACE: Token = { kind: 'space', text: ' ' };

/**
 * The CHECK constraints of a table and of its columns, in their order.
 *
 * @param statement the CREATE TABLE statement.
 */
export function checksOf(statement: string, columns: readonly string[]): readonly CheckInfo[] {
  const tokens = tokensOf(statement).map((token) => (token.kind === 'comment' ? SPACE : token));
  const solid = tokens.filter(({ kind }) => kind !== 'space');
  const checks: CheckInfo[] = [];
  let depth = 0;
  for (const [at, token] of solid.entries()) {
    const next = solid[at + 1];
    if (depth === 1 && isWord(token, 'check') && next?.text === '(') {
      const inside = parenthesised(tokens, tokens.indexOf(next));
      checks.push({
        name: nameBefore(solid, at),
        fields: columnsIn(inside, columns),
        expression: inside
          .map(({ text }) => text)
          .join('')
          .trim(),
      });
    }
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
  }
  return checks;
}

function isWord({ kind, text }: Token, word: string): boolean {
  return kind === 'word' && text.toLowerCase() === word;
}

/** What stands between the parenthesis there and the one that closes it. */
function parenthesised(tokens: readonly Token[], from: number): readonly Token[] {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return tokens.slice(from + 1, at);
  }
  return tokens.slice(from + 1);
}

/** `constraint NAME check`. SQLite takes a string for a name as well. */
function nameBefore(tokens: readonly Token[], at: number): string | null {
  const [word, name] = [tokens[at - 2], tokens[at - 1]];
  if (word === undefined || name === undefined || !isWord(word, 'constraint')) return null;
  return name.kind === 'string' ? name.text.slice(1, -1).replaceAll("''", "'") : nameIn(name);
}

/** Columns that the expression names: not functions, nor the table before a dot. */
function columnsIn(expression: readonly Token[], columns: readonly string[]): readonly string[] {
  const solid = expression.filter(({ kind }) => kind !== 'space');
  const named = new Set(
    solid.flatMap((token, at) => {
      const name = nameIn(token);
      const next = solid[at + 1]?.text;
      return name === null || next === '(' || next === '.' ? [] : [name.toLowerCase()];
    }),
  );
  return columns.filter((column) => named.has(column.toLowerCase()));
}
