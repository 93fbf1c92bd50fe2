import type { CheckInfo } from '../../src/model/catalog.js';
import { type Sql, sql } from '../sql/fragment.js';
import { text } from '../sql/rows.js';
import type { Row } from '../sql/session.js';
import type { InScope } from './scope.js';

/** MySQL keeps a check's table apart; in MariaDB names are unique in a table alone. */
export function checksQuery(mariadb: boolean, inScope: InScope): Sql {
  if (mariadb) {
    return sql`select constraint_schema, table_name, constraint_name, check_clause
      from information_schema.check_constraints where ${inScope('constraint_schema', 'table_name')}
      order by constraint_schema, table_name, constraint_name`;
  }
  return sql`select t.table_schema, t.table_name, t.constraint_name, c.check_clause
    from information_schema.table_constraints t
      join information_schema.check_constraints c on c.constraint_schema = t.constraint_schema
        and c.constraint_name = t.constraint_name
    where t.constraint_type = 'CHECK' and ${inScope('t.table_schema', 't.table_name')}
    order by t.table_schema, t.table_name, t.constraint_name`;
}

/** MariaDB keeps JSON as longtext with a check: the columns that have one. */
export function jsonColumns(rows: readonly Row[]): ReadonlySet<string | undefined> {
  return new Set(rows.map((row) => /^json_valid\(`([^`]+)`\)/i.exec(text(row[3]))?.[1]));
}

const JSON_CHECK = /^json_valid\(`[^`]+`\)$/i;

/** Without those that make a column JSON: its type says so. */
export function checksOf(rows: readonly Row[], columns: readonly string[]): readonly CheckInfo[] {
  return rows
    .filter((row) => !JSON_CHECK.test(text(row[3])))
    .map((row) => {
      const expression = text(row[3]);
      const spoken = new Set(namesIn(expression));
      return { name: text(row[2]), fields: columns.filter((name) => spoken.has(name)), expression };
    });
}

/** Both print every column in backticks; texts may hold some too. */
function namesIn(expression: string): readonly string[] {
  const parts = expression.matchAll(/'(?:[^'\\]|\\.|'')*'|`((?:[^`]|``)+)`/gs);
  return [...parts].flatMap(([, name]) => (name === undefined ? [] : [name.replaceAll('``', '`')]));
}
