import { bound, raw, sql } from '../sql/fragment.js';
import type { Session } from '../sql/session.js';

/** Tables on which a user has no privilege at all are not told of, unless it may SELECT in the whole database. */
export async function unseenTables(
  session: Session,
  database: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  const [row] = await session.rows(
    sql`select exists (select 1 from information_schema.user_privileges
        where privilege_type = 'SELECT'
          and grantee = concat('''', replace(current_user(), '@', '''@'''), ''''))
      or exists (select 1 from information_schema.schema_privileges
        where privilege_type = 'SELECT' and ${database === null ? raw('database()') : bound(database)} like table_schema
          and grantee = concat('''', replace(current_user(), '@', '''@'''), ''''))`,
    signal,
  );
  if (Number(row?.[0] ?? 0) === 1) return null;
  return 'GRANT SELECT on it: only tables that this user was granted something on are told of';
}
