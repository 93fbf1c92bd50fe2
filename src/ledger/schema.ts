import type { Store } from '../store/database.js';

/**
 * The triggers make the table append-only for whoever does not go out of their way. `insert or
 * replace` fires no delete trigger, hence the third: an entry's number is the next one, or none.
 * Requests have an index of what stands in the body, for `ledger list --request` and for new
 * request numbers; a body that is no JSON (somebody meddled) is left out of it.
 */
const TABLES = `
create table entries (
  seq integer primary key,
  body text not null,
  hash text not null
) strict;
create trigger entries_are_not_changed before update on entries
begin select raise(abort, 'the ledger is append-only'); end;
create trigger entries_are_not_removed before delete on entries
begin select raise(abort, 'the ledger is append-only'); end;
create trigger entries_are_not_replaced before insert on entries
when new.seq is not (select coalesce(max(seq), 0) + 1 from entries)
begin select raise(abort, 'the ledger is append-only'); end;
create index entries_request
  on entries (case when json_valid(body) then json_extract(body, '$.request') end);
`;

/** The expression of the index, word for word, or it is not used. */
export const REQUEST = `case when json_valid(body) then json_extract(body, '$.request') end`;

export const TRIGGERS: readonly string[] = [
  'entries_are_not_changed',
  'entries_are_not_removed',
  'entries_are_not_replaced',
];

export const ledgerSteps: readonly ((store: Store) => void)[] = [(store) => store.exec(TABLES)];

/** Whether the file holds the table at all. */
export function hasEntries(store: Store): boolean {
  const sql = `select 1 from sqlite_schema where type = 'table' and name = 'entries'`;
  return store.get(sql) !== undefined;
}
