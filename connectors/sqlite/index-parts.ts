import { tokensOf } from './sql-tokens.js';

/**
 * The parts of an index: column names, and for an expression its text in the CREATE INDEX statement.
 *
 * @param columns null where the part is an expression.
 */
export function indexParts(columns: readonly (string | null)[], statement: string | null): readonly string[] {
  if (!columns.includes(null)) return columns as readonly string[];
  const texts = statement === null ? [] : listed(statement);
  return columns.map((name, index) => name ?? texts[index] ?? '?');
}

/** What stands in the first parentheses after ON, split at the commas that are not inside others. */
function listed(statement: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const { kind, text: token } of tokensOf(statement)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0 && token === ')') return [...parts, part.trim()];
    if (depth === 1 && token === ',') {
      parts.push(part.trim());
      part = '';
    } else if (depth > 1 || (depth === 1 && token !== '(')) part += kind === 'comment' ? ' ' : token;
  }
  return parts;
}
