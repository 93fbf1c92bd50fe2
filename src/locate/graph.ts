import type { Scratch } from '../store/scratch.js';

/**
 * The search's memory: a graph of records in a scratch database. Only keys, links and identifier
 * values of roots are held; a record's contents never are.
 *
 * - node: a record seen. `root`: it is a person. `need`: it may turn out to be someone's, so whose it
 *   is must be known.
 * - link: a filled reference whose target exists. kind: 0 owned-by, 1 owns, 2 mentions. `troot`: the
 *   target is a root.
 * - open_ref: a filled reference not yet looked up. wanted: it shall be in the next wave.
 * - answer: where an asked reference led; asked and unanswered is dangling.
 * - on_val: what references to other fields than the key point at.
 * - fresh, expanded: records whose neighbours are asked for in this wave, or were.
 * - val: identifier values; hit: a record that holds one, found by searching; carry: a value that a
 *   record would carry on.
 * - pval: values known of a person; inc: records of a person, each with one way it was reached
 *   (via a value, or via an edge from another record).
 * - sought: records that are known to be a person's from the start; node: null until it was read.
 * - conflict, excused, barred, banned, accepted: see conflict.ts.
 *
 * Person 0 is everybody together, before conflicts are judged: what it includes is what is read.
 */
const SCHEMA = `
create table node (id integer primary key, place int not null, key text not null, root int not null,
  need int not null default 0, unique (place, key));
create table link (node int not null, kind int not null, edge int not null, target int not null, troot int not null,
  primary key (node, kind, edge, target)) without rowid;
create index link_target on link (target, kind, edge);
create table open_ref (edge int not null, tuple text not null, node int not null, kind int not null,
  wanted int not null, primary key (edge, tuple, node)) without rowid;
create index open_ref_node on open_ref (node, kind);
create table on_val (edge int not null, tuple text not null, node int not null,
  primary key (edge, tuple, node)) without rowid;
create index on_val_node on on_val (node, edge);
create table asked_up (edge int not null, tuple text not null, primary key (edge, tuple)) without rowid;
create table answer (edge int not null, tuple text not null, target int not null, exact int not null,
  primary key (edge, tuple, target)) without rowid;
create table expanded (node integer primary key);
create table fresh (node integer primary key, place int not null);
create table ask (match int not null, pos int not null, node int, tuple text not null,
  primary key (match, pos)) without rowid;

create table sought (person int not null, place int not null, key text not null, asked int not null default 0, node int,
  primary key (place, key, person)) without rowid;
create index sought_node on sought (node, person);
create table val (id integer primary key, type text not null, value text not null, strong int not null,
  searched int not null default 0, unique (type, value));
create table hit (val int not null, mark int not null, node int not null, near int not null,
  primary key (val, mark, node)) without rowid;
create index hit_node on hit (node);
create table fresh_hit (val int not null, mark int not null, node int not null,
  primary key (val, mark, node)) without rowid;
create table carry (node int not null, mark int not null, val int not null,
  primary key (node, mark, val)) without rowid;
create index carry_val on carry (val);
create table fresh_carry (node int not null, mark int not null, val int not null,
  primary key (node, mark, val)) without rowid;
create table mark (id integer primary key, place int not null, bearing text not null, edge int,
  kind int, single int not null);

create table pval (person int not null, val int not null, given int not null, carrier int,
  primary key (person, val)) without rowid;
create index pval_val on pval (val);
create table fresh_pval (person int not null, val int not null, primary key (person, val)) without rowid;
create table inc (person int not null, node int not null, own int not null, val int, edge int, parent int,
  primary key (person, node)) without rowid;
create index inc_node on inc (node);
create table dirty (person int not null, node int not null, primary key (person, node)) without rowid;
create table stage (person int not null, node int not null, own int not null, val int, edge int, parent int,
  primary key (person, node)) without rowid;
create table owned (person int not null, node int not null, primary key (person, node)) without rowid;
create table changed (person int not null, node int not null, own int not null, primary key (person, node)) without rowid;
create table leaf (place int primary key);
create table carried (person int not null, val int not null, carrier int, primary key (person, val)) without rowid;

create table holder (val int not null, root int not null, place int not null, primary key (val, root)) without rowid;
create index holder_root on holder (root);
create table single (root int not null, val int not null, primary key (root, val)) without rowid;
create table question (person int not null, node int not null, kind text not null, val int not null, near int not null,
  primary key (person, node)) without rowid;
create table conflict (val integer primary key);
create table excused (person int not null, val int not null, primary key (person, val)) without rowid;
create table barred (person int not null, val int not null, primary key (person, val)) without rowid;
create table accepted_mention (person int not null, node int not null, primary key (person, node)) without rowid;
create table banned (person int not null, node int not null, primary key (person, node)) without rowid;
create table accepted (person int not null, node int not null, primary key (person, node)) without rowid;

-- The references that decide whose a record is: those straight to a root, others only where there is none.
create view deciding as
  select l.node, l.edge, l.target from link l
  where l.kind = 0 and (l.troot = 1
    or not exists (select 1 from link r where r.node = l.node and r.kind = 0 and r.troot = 1));
`;

export interface Graph {
  /** Runs a statement, prepared once. */
  run(sql: string, ...values: readonly (string | number | null)[]): number;
  all<Row>(sql: string, ...values: readonly (string | number | null)[]): readonly Row[];
  get<Row>(sql: string, ...values: readonly (string | number | null)[]): Row | undefined;
  /** The id of the row inserted last. */
  lastId(): number;
}

interface Statement {
  run(...values: readonly (string | number | null)[]): {
    readonly changes: number;
    readonly lastInsertRowid: number | bigint;
  };
  all(...values: readonly (string | number | null)[]): unknown[];
  get(...values: readonly (string | number | null)[]): unknown;
}

export function makeGraph(scratch: Scratch): Graph {
  const { db, guard } = scratch;
  guard(() => db.exec(SCHEMA));
  const prepared = new Map<string, Statement>();
  const statement = (sql: string) => {
    let found = prepared.get(sql);
    if (found === undefined) {
      found = db.prepare(sql) as Statement;
      prepared.set(sql, found);
    }
    return found;
  };
  let lastId = 0;
  return {
    run: (sql, ...values) =>
      guard(() => {
        const done = statement(sql).run(...values);
        lastId = Number(done.lastInsertRowid);
        return done.changes;
      }),
    all: <Row>(sql: string, ...values: readonly (string | number | null)[]) =>
      guard(() => statement(sql).all(...values) as Row[]),
    get: <Row>(sql: string, ...values: readonly (string | number | null)[]) =>
      guard(() => statement(sql).get(...values) as Row | undefined),
    lastId: () => lastId,
  };
}
