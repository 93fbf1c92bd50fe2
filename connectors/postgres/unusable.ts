import { raw } from '../sql/fragment.js';
import type { Session } from '../sql/session.js';

/**
 * Schemas with tables or views, but without USAGE for this role: nothing in them is told or searched.
 * With `options.schemas` none: then the operator has said which ones count.
 */
export async function unusableSchemas(
  session: Session,
  schemas: readonly string[] | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (schemas !== null) return [];
  const rows = await session.rows(
    raw(`select n.nspname from pg_catalog.pg_namespace n
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not has_schema_privilege(n.oid, 'usage')
        and exists (select from pg_catalog.pg_class c
                    where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f'))
      order by n.nspname collate "C"`),
    signal,
  );
  return rows.map(([name]) => String(name));
}
