import type { Finding } from '../../src/connector/contract.js';
import { raw } from '../sql/fragment.js';
import { text } from '../sql/rows.js';
import type { Session } from '../sql/session.js';
import type { Table } from '../sql/table.js';

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
  } else if (['INSERT', 'UPDATE', 'DELETE'].some((name) => held.has(name))) {
    add('info', `${user} may write everywhere: needed to erase, not to find or export`, null);
  }
  if (tables.length === 0) {
    add('warning', 'no table can be seen', 'check the database in the connection, and GRANT SELECT on it');
  }
  return findings;
}
