import type { Finding } from '../../src/connector/contract.js';
import type { ServerOptions } from '../sql/connection.js';
import { bound, raw, sql } from '../sql/fragment.js';
import { changeFindings } from '../sql/privileges.js';
import type { Session } from '../sql/session.js';
import type { Table } from '../sql/table.js';
import { quote } from './quote.js';
import { unusableSchemas } from './unusable.js';

/** Generated columns and nondeterministic collations are told by catalogs since this version. */
const OLDEST = 120_000;

/** The server's version, and what the role may do that a search does not need. */
export async function examine(
  session: Session,
  tables: readonly Table[],
  { source, schemas }: ServerOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], about: string, message: string, hint: string | null) =>
    findings.push({ severity, about, message, hint });
  const [row] = await session.rows(
    raw(`select current_setting('server_version_num'), current_setting('server_version'), current_user,
      coalesce((select rolsuper from pg_catalog.pg_roles where rolname = current_user), false)`),
    signal,
  );
  const [number, version, role, isSuperuser] = (row ?? []).map(String);
  if (Number(number) < OLDEST) {
    add('error', source, `PostgreSQL ${version} is older than 12`, 'upgrade the server');
  } else add('info', source, `PostgreSQL ${version}, as ${role}`, null);
  if (isSuperuser === 't') {
    add(
      'warning',
      source,
      `${role} is a superuser: far more than a search needs`,
      'connect as a role that may SELECT, and for erasing UPDATE and DELETE',
    );
  } else {
    const ids = tables.filter(({ info }) => info.kind === 'table').map(({ from }) => from.text.join(''));
    const changeable = (await session.rows(changeableQuery(ids), signal)).map(([name]) => String(name));
    const grantee = quote(role ?? '');
    findings.push(...changeFindings(source, role ?? '', ids, new Set(changeable), grantee));
  }
  for (const name of await unusableSchemas(session, schemas, signal)) {
    add(
      'warning',
      `${source}: schema ${name}`,
      'it may not be used: nothing in it is searched, and every answer is incomplete',
      `grant usage on schema ${quote(name)} to ${quote(role ?? '')}; or name options.schemas`,
    );
  }
  return findings;
}

function changeableQuery(names: readonly string[]) {
  return sql`select name from unnest(${bound(names)}::text[]) name
    where has_table_privilege(to_regclass(name), 'update')
      and has_table_privilege(to_regclass(name), 'delete')`;
}
