import type { Finding } from '../../src/connector/contract.js';
import { bound, raw, type Sql, sql } from '../sql/fragment.js';
import { changeFindings } from '../sql/privileges.js';
import { text } from '../sql/rows.js';
import type { Session } from '../sql/session.js';
import type { Table } from '../sql/table.js';
import { untoldKeys } from './outside.js';
import { literal } from './quote.js';

/** The server's version, and what the user may do that a search does not need. */
export async function examine(
  session: Session,
  tables: readonly Table[],
  source: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], message: string, hint: string | null) =>
    findings.push({ severity, about: source, message, hint });
  const [row] = await session.rows(raw('select version(), current_user()'), signal);
  const [version, user] = [text(row?.[0]), text(row?.[1])];
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (!/mariadb/i.test(version)) {
    add(
      'warning',
      `Oracle's MySQL ${version} is unverified: dsr is tested on MariaDB`,
      'try it on a copy first',
    );
    if (major < 8) add('error', `MySQL ${version} has no JSON_TABLE`, 'upgrade the server to 8 or later');
  } else if (major < 10 || (major === 10 && minor < 6)) {
    add('error', `MariaDB ${version} has no JSON_TABLE`, 'upgrade the server to 10.6 or later');
  } else add('info', `MariaDB ${version}, as ${user}`, null);

  const privileges = await session.rows(
    raw(`select privilege_type from information_schema.user_privileges
      where grantee = concat('''', replace(current_user(), '@', '''@'''), '''')`),
    signal,
  );
  const held = new Set(privileges.map(([name]) => text(name)));
  if (['SUPER', 'FILE', 'CREATE USER', 'SHUTDOWN'].some((name) => held.has(name))) {
    add(
      'warning',
      `${user} is an administrator: far more than a search needs`,
      'connect as a user that may SELECT, and for erasing UPDATE and DELETE',
    );
  } else findings.push(...(await changing(session, tables, source, user, signal)));
  const untold = await untoldKeys(session, signal);
  if (untold !== null) add('info', untold, `grant process on *.* to ${grantee(user)};`);
  if (tables.length === 0) {
    add('warning', 'no table can be seen', 'check the database in the connection, and GRANT SELECT on it');
  }
  return findings;
}

/** A role's privileges are not told under the user's name: with one nothing is said. */
async function changing(
  session: Session,
  tables: readonly Table[],
  source: string,
  user: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [role] = await session.rows(raw('select current_role()'), signal);
  if (role?.[0] !== null && role?.[0] !== 'NONE') return [];
  const own = tables.filter(({ info }) => info.kind === 'table');
  const rows = await session.rows(CHANGEABLE, signal);
  const changeable = new Set(rows.map(([schema, name]) => `${text(schema)}.${text(name)}`));
  const named = (some: readonly Table[]) => some.map(({ from }) => from.text.join(''));
  const may = new Set(named(own.filter(({ info }) => changeable.has(info.id))));
  return changeFindings(source, user, named(own), may, grantee(user));
}

/** `app@localhost` as a GRANT takes it; the user's name may hold an @, the host's not. */
function grantee(user: string): string {
  const at = user.lastIndexOf('@');
  return `${literal(user.slice(0, at))}@${literal(user.slice(at + 1))}`;
}

const MINE = raw("concat('''', replace(current_user(), '@', '''@'''), '''')");
const granted = (privilege: string): Sql =>
  sql`(exists (select 1 from information_schema.user_privileges p
      where p.grantee = ${MINE} and p.privilege_type = ${bound(privilege)})
    or exists (select 1 from information_schema.schema_privileges p
      where p.grantee = ${MINE} and p.privilege_type = ${bound(privilege)} and t.table_schema like p.table_schema)
    or exists (select 1 from information_schema.table_privileges p
      where p.grantee = ${MINE} and p.privilege_type = ${bound(privilege)}
        and p.table_schema = t.table_schema and p.table_name = t.table_name))`;
const CHANGEABLE = sql`select t.table_schema, t.table_name from information_schema.tables t
  where ${granted('UPDATE')} and ${granted('DELETE')}`;
