import type { Leftover } from '../../src/connector/contract.js';
import { bound, raw, type Sql, sql } from '../sql/fragment.js';
import { text } from '../sql/rows.js';
import type { Session } from '../sql/session.js';

/** Settings that every user may see; what a version does not have is left out. */
const SETTINGS: Sql =
  raw(`show global variables where variable_name in ('log_bin', 'binlog_expire_logs_seconds',
  'expire_logs_days', 'general_log', 'slow_query_log', 'innodb_immediate_scrub_data_uncompressed')`);

const versioned = (schemas: readonly string[]): Sql =>
  sql`select concat(table_schema, '.', table_name) from information_schema.tables
    where table_type = 'SYSTEM VERSIONED' and table_schema in (${bound(schemas)}) order by 1`;

/**
 * Delete-marked rows, free pages and the logs, by the server's settings. Sources: MySQL manual, "InnoDB
 * Multi-Versioning", "Redo Log", "Binary Log"; MariaDB knowledge base, the same and "Data Scrubbing".
 *
 * @param schemas the databases of the source; empty: not known.
 */
export async function mysqlLeftovers(
  session: Session,
  schemas: readonly string[],
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const rows = await session.rows(SETTINGS, signal);
  const settings = new Map(rows.map(([name, value]) => [text(name), text(value)]));
  const on = (name: string) => /^(on|1)$/i.test(settings.get(name) ?? '');
  const history = schemas.length === 0 ? [] : await session.rows(versioned(schemas), signal);
  const left: Leftover[] = [
    {
      what: 'Deleted rows stay in the pages of tables and indexes, marked as deleted, and overwritten values in the undo log.',
      until: 'Purge has passed them, which it does within seconds where no older transaction is open.',
      remedy: null,
    },
    {
      what: on('innodb_immediate_scrub_data_uncompressed')
        ? 'What purge removed from a page that is still in use stays there as unused bytes; free pages are overwritten (innodb_immediate_scrub_data_uncompressed).'
        : 'What purge removed stays as unused bytes in pages, and in free pages of the tablespace.',
      until: 'The room is used again.',
      remedy: 'OPTIMIZE TABLE writes a table anew without it.',
    },
    {
      what: 'The redo log, and the doublewrite buffer, hold pages and changes as they were.',
      until: 'They are written over in their circle, the sooner the more is written.',
      remedy: null,
    },
  ];
  if (on('log_bin')) left.push(binaryLog(settings));
  if (history.length > 0) {
    const names = history.map(([name]) => text(name)).join(', ');
    left.push({
      what: `System-versioned tables keep deleted rows as their history: ${names}.`,
      until: 'The history is deleted.',
      remedy: 'DELETE HISTORY FROM the table BEFORE SYSTEM_TIME the time of the erasure.',
    });
  }
  const logs = ['general_log', 'slow_query_log'].filter(on);
  if (logs.length > 0) {
    left.push({
      what: `The server's logs may hold statements with values (${logs.join(', ')}).`,
      until: 'The log files or tables are rotated and deleted.',
      remedy: 'Keep them no longer than they are needed.',
    });
  }
  return left;
}

const DAY_S = 86_400;

function binaryLog(settings: ReadonlyMap<string, string>): Leftover {
  const seconds = Number(settings.get('binlog_expire_logs_seconds') ?? 0);
  const days = seconds > 0 ? seconds / DAY_S : Number(settings.get('expire_logs_days') ?? 0);
  return {
    what: 'The binary log holds the rows as they were, and its replicas do until they have followed.',
    until:
      days > 0
        ? `The log files are older than ${Number(days.toFixed(2))} days, and the server begins a new one.`
        : 'They are purged by hand: they do not expire on this server (binlog_expire_logs_seconds, expire_logs_days).',
    remedy: 'PURGE BINARY LOGS BEFORE the time of the erasure, when all replicas have followed.',
  };
}
