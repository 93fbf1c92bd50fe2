import { type Sql, sql } from '../sql/fragment.js';
import type { InScope } from './scope.js';

/** Tables of which this user was granted single columns only: the others are not even told. */
export function grantedByColumn(inScope: InScope): Sql {
  return sql`select distinct c.table_schema, c.table_name
    from information_schema.column_privileges c
    where c.privilege_type = 'SELECT' and ${inScope('c.table_schema', 'c.table_name')}
      and c.grantee = concat('''', replace(current_user(), '@', '''@'''), '''')
      and not exists (select 1 from information_schema.table_privileges t
        where t.grantee = c.grantee and t.table_schema = c.table_schema
          and t.table_name = c.table_name and t.privilege_type = 'SELECT')
      and not exists (select 1 from information_schema.schema_privileges s
        where s.grantee = c.grantee and c.table_schema like s.table_schema and s.privilege_type = 'SELECT')
      and not exists (select 1 from information_schema.user_privileges u
        where u.grantee = c.grantee and u.privilege_type = 'SELECT')`;
}
