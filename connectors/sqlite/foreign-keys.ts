import type { Call } from '../../src/connector/contract.js';
import { raw, sql } from '../sql/fragment.js';
import { sqliteError } from './errors.js';
import { numberOf } from './picked.js';
import type { Session } from './session.js';

/**
 * Whether the commit would be refused because a foreign key leads nowhere; what led nowhere before is
 * not counted. `pragma foreign_key_check` would read whole tables and tell old ones as well, and the
 * number that SQLite keeps is not to be asked for; but where it is not 0, dropping a table that has a
 * foreign key empties the table first, and that shows.
 *
 * @throws DsrError data where it would.
 */
export async function refuseDangling(session: Session, call: Call): Promise<void> {
  const run = (statement: string) => session.run(call, raw(statement));
  const changed = () => numberOf(session, call, sql`select total_changes()`);
  await run(`create temp table if not exists dsr_target (id integer primary key);
             create temp table dsr_probe (id references dsr_target (id));
             insert into temp.dsr_probe values (null)`);
  const before = await changed();
  await run('drop table temp.dsr_probe');
  if ((await changed()) !== before) throw sqliteError('SQLITE_CONSTRAINT_FOREIGNKEY', session.place);
}
