import type { Store } from '../store/database.js';

/**
 * What open requests need. `identifiers`, `decisions` and `extracts.file` are personal and purged as a
 * request closes, and so are `learnt`, `names`, `seeds` and `plans`; what stays names a person by tags only, as the ledger does.
 */
const TABLES = `
create table requests (
  seq integer primary key,
  id text not null unique,
  year integer not null,
  number integer not null,
  type text not null,
  received text not null,
  operator text not null,
  rehearsed integer not null,
  unique (year, number)
) strict;
create table events (
  seq integer primary key,
  request text not null references requests (id),
  event text not null,
  at text not null,
  operator text not null
) strict;
create index events_request on events (request);
create table identifiers (
  request text not null references requests (id),
  position integer not null,
  type text not null,
  value text not null,
  primary key (request, position)
) strict, without rowid;
create table subjects (
  tag text not null,
  type text not null,
  request text not null references requests (id),
  primary key (tag, type, request)
) strict, without rowid;
create table decisions (
  scope text not null,
  number integer not null,
  fingerprint text not null,
  seen text not null,
  answer text,
  operator text,
  answered text,
  primary key (scope, number),
  unique (scope, fingerprint)
) strict, without rowid;
create table extracts (
  id integer primary key,
  request text not null references requests (id),
  at text not null,
  file text,
  sha256 text not null,
  bytes integer not null
) strict;
create index extracts_request on extracts (request);
create table extract_subjects (
  tag text not null,
  type text not null,
  extract integer not null references extracts (id),
  primary key (tag, type, extract)
) strict, without rowid;
create table chores (name text primary key) strict, without rowid;
`;

/**
 * What changes need. `learnt`: identifiers found on the way, so that a person is searched for again by
 * all of them; `names`: what they were called, to see that no text names them. `seeds`: what a request's pseudonyms are derived from; gone once nothing needs them any
 * more, for who has the seed can tell whose a pseudonym is. `plans.applied`: null until a source was
 * changed by it, or nothing had to be. `obligations`: what was kept and until when (as they were before PLACES); these outlive the
 * request, since somebody must act on them. `key` is as `encodeKey` writes it.
 */
const CHANGES = `
create table learnt (
  request text not null references requests (id),
  type text not null,
  value text not null,
  source text not null,
  primary key (request, type, value)
) strict, without rowid;
create table names (
  request text not null references requests (id),
  name text not null,
  primary key (request, name)
) strict, without rowid;
create table seeds (
  request text primary key references requests (id),
  seed blob not null
) strict;
create table plans (
  seq integer primary key,
  request text not null references requests (id),
  hash text not null,
  file text not null,
  action text not null,
  applied text,
  unique (request, hash)
) strict;
create table obligations (
  collection text not null,
  key text not null,
  until text not null,
  ground text,
  law text,
  request text not null references requests (id),
  primary key (collection, key)
) strict, without rowid;
create index obligations_until on obligations (until);
`;

/**
 * An obligation is one a record and request: what one person is owed of a record says nothing of what
 * another is. `role` is the record's to the request's person. `plans.places`: JSON, where a plan's records
 * stand, so that a map that was changed since is not taken for the one of the plan.
 */
const PLACES = `
alter table obligations rename to obligations_before;
drop index obligations_until;
create table obligations (
  collection text not null,
  key text not null,
  request text not null references requests (id),
  role text not null,
  until text not null,
  ground text,
  law text,
  primary key (collection, key, request)
) strict, without rowid;
insert into obligations (collection, key, request, role, until, ground, law)
  select collection, key, request, 'own', until, ground, law from obligations_before;
drop table obligations_before;
create index obligations_until on obligations (until);
alter table plans add column places text;
`;

/**
 * What may not be erased yet. `hold_subjects`: whom a hold keeps, by tags alone. `blocked`: erasures that a
 * hold stopped, or of which it kept what no obligation brings back. `obligations.hold`: the hold that keeps
 * the record, which is not due before it is released; null: none.
 */
const HOLDS = `
create table holds (
  number integer primary key,
  id text not null unique,
  ground text not null,
  collection text,
  operator text not null,
  since text not null,
  released text,
  released_by text
) strict;
create table hold_subjects (
  tag text not null,
  type text not null,
  hold text not null references holds (id),
  primary key (tag, type, hold)
) strict, without rowid;
create index hold_subjects_hold on hold_subjects (hold);
create table blocked (
  request text not null references requests (id),
  hold text not null references holds (id),
  primary key (request, hold)
) strict, without rowid;
alter table obligations add column hold text references holds (id);
create index obligations_hold on obligations (hold) where hold is not null;
`;

/** What a source looks like if a commit landed: told apart from one that did not, after a crash. Purged with the plans. */
const COMMITS = `
create table commits (
  request text not null references requests (id),
  hash text not null,
  source text not null,
  phase text not null,
  digest text not null,
  primary key (request, hash, source, phase)
) strict, without rowid;
`;

export const workSteps: readonly ((store: Store) => void)[] = [
  (store) => store.exec(TABLES),
  (store) => store.exec(CHANGES),
  (store) => store.exec(PLACES),
  (store) => store.exec(HOLDS),
  (store) => store.exec(COMMITS),
];
