import type { Leftover } from '../../src/connector/contract.js';
import { raw, type Sql } from '../sql/fragment.js';
import { text } from '../sql/rows.js';
import type { Session } from '../sql/session.js';

/** All of it every role may ask; what a version does not have is NULL. */
const FACTS: Sql = raw(`
  select name, current_setting(name, true) from unnest(array['autovacuum', 'archive_mode', 'log_statement',
    'log_min_duration_statement', 'wal_keep_size']) name
  union all select 'slots', count(*)::text from pg_catalog.pg_replication_slots
  union all select 'receivers', count(*)::text from pg_catalog.pg_stat_replication
  union all select 'unvacuumed', string_agg(c.oid::regclass::text, ', ' order by c.oid::regclass::text collate "C")
    from pg_catalog.pg_class c where c.relkind in ('r', 'm', 't') and exists (
      select from unnest(c.reloptions) o where o ~ '^autovacuum_enabled=(f|of|n|0)')`);

/**
 * Dead row versions and the log of changes, by the server's settings. Sources: PostgreSQL documentation,
 * "Routine Vacuuming", "WAL Configuration", "Continuous Archiving".
 */
export async function postgresLeftovers(session: Session, signal: AbortSignal): Promise<readonly Leftover[]> {
  const rows = await session.rows(FACTS, signal);
  const facts = new Map(rows.map(([name, value]) => [text(name), value === null ? null : text(value)]));
  const fact = (name: string) => facts.get(name) ?? '';
  const left: Leftover[] = [deadRows(fact('autovacuum') === 'on', fact('unvacuumed')), writeAhead(fact)];
  if (fact('archive_mode') !== 'off') {
    left.push({
      what: 'Archived files of the write-ahead log hold the values as they were (archive_mode is on).',
      until: 'The archive deletes them, by its own rotation.',
      remedy: 'Let the archive expire what is older than the oldest backup that is kept.',
    });
  }
  if (Number(fact('receivers')) > 0) {
    left.push({
      what: `Standby servers and subscribers hold the values until they have followed (${fact('receivers')} connected now).`,
      until:
        'They have applied the change; what their own pages and logs hold goes as on this server. A subscriber that does not take deletions keeps the rows.',
      remedy: 'Compare replay_lsn in pg_stat_replication with pg_current_wal_lsn().',
    });
  }
  const logged = fact('log_statement') === 'mod' || fact('log_statement') === 'all';
  if (logged || Number(fact('log_min_duration_statement').replace(/[a-z]+$/i, '')) >= 0) {
    left.push({
      what: "The server's log may hold statements with values (log_statement, log_min_duration_statement).",
      until: 'The log files are rotated and deleted.',
      remedy: 'Keep log files no longer than they are needed.',
    });
  }
  return left;
}

function deadRows(autovacuum: boolean, unvacuumed: string): Leftover {
  const except = unvacuumed === '' ? '' : ` It is switched off for ${unvacuumed}: there VACUUM must be run.`;
  return {
    what: 'Deleted and overwritten rows stay as dead row versions in the pages of tables and indexes.',
    until: autovacuum
      ? `Autovacuum has passed the table, which it does when enough rows have changed and no older transaction is open; the freed bytes are overwritten when the room is used again.${except}`
      : 'VACUUM is run: autovacuum is off on this server; the freed bytes are overwritten when the room is used again.',
    remedy: 'VACUUM FULL of the tables writes them anew without it, and locks them meanwhile.',
  };
}

function writeAhead(fact: (name: string) => string): Leftover {
  const keep = fact('wal_keep_size');
  const held = [
    /^0\b/.test(keep) || keep === '' ? null : `wal_keep_size holds ${keep} of it back`,
    Number(fact('slots')) === 0 ? null : `replication slots hold it until they are read (${fact('slots')})`,
  ].filter((one) => one !== null);
  return {
    what: 'The write-ahead log holds pages and rows as they were.',
    until: `Its files are recycled after the next checkpoints, and overwritten when they are used again${held.length === 0 ? '' : `; ${held.join(', ')}`}.`,
    remedy: 'CHECKPOINT lets old files go earlier.',
  };
}
