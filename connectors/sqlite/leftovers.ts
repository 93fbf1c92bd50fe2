import { stat } from 'node:fs/promises';
import type { Call, Leftover } from '../../src/connector/contract.js';
import { raw } from '../sql/fragment.js';
import type { Physical } from './options.js';
import type { Session } from './session.js';

/**
 * Free pages, the log or journal beside the file, and full-text indexes, as the file is and as the
 * source's options have it. Sources: sqlite.org/pragma.html#pragma_secure_delete, lang_vacuum.html,
 * wal.html, fts5.html.
 */
export async function sqliteLeftovers(
  session: Session,
  call: Call,
  { secureDelete, vacuum }: Physical,
): Promise<readonly Leftover[]> {
  const [mode] = await session.all(call, raw('pragma journal_mode'));
  const wal = mode?.[0] === 'wal';
  const left: Leftover[] = [];
  const byCompaction = vacuum ? ({ compacted: true } as const) : {};
  if (!secureDelete || wal) {
    left.push({
      what: secureDelete
        ? 'Deleted values stand in the file itself until the log is copied into it; then they are overwritten with zeros (secure_delete).'
        : 'Deleted values stay as unused bytes in free pages and in pages of the file.',
      until: vacuum
        ? "VACUUM has run since the change, as the source's options have dsr do after each."
        : secureDelete
          ? 'A checkpoint has copied the log into the file.'
          : 'The room is used again, or VACUUM is run.',
      remedy: vacuum
        ? null
        : secureDelete
          ? 'pragma wal_checkpoint(truncate), or options: { vacuum: true } at the source.'
          : 'VACUUM; options: { secure_delete: true, vacuum: true } at the source does it after each change.',
      ...byCompaction,
    });
  }
  if (wal) {
    left.push({
      what: 'The write-ahead log beside the file (-wal) holds pages as they were.',
      until: vacuum
        ? "It is cut off after VACUUM, which the source's options have dsr run after each change."
        : 'The last program closes the file, or the log is copied into it and written over.',
      remedy: vacuum ? null : 'pragma wal_checkpoint(truncate).',
      ...byCompaction,
    });
  } else if (await hasBytes(`${session.place.file}-journal`)) {
    left.push({
      what: 'A rollback journal stands beside the file (-journal) and holds pages as they were.',
      until: 'A program that changes the file deletes it or writes it over.',
      remedy: 'Let the application use journal_mode DELETE.',
    });
  }
  if (await hasFullText(session, call)) {
    left.push({
      what: 'A full-text index may keep words of what was deleted.',
      until: 'Its parts are merged.',
      remedy: "insert into <index>(<index>) values ('optimize').",
    });
  }
  left.push({
    what: 'Blocks of the disk that the file and its journal gave up hold what stood in them.',
    until: 'The file system and the disk use them again.',
    remedy: 'Keep the file on an encrypted disk.',
  });
  return left;
}

async function hasBytes(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size > 0;
  } catch {
    return false;
  }
}

async function hasFullText(session: Session, call: Call): Promise<boolean> {
  const rows = await session.all(
    call,
    raw("select 1 from sqlite_schema where sql like 'create virtual table%using fts%' limit 1"),
  );
  return rows.length > 0;
}
