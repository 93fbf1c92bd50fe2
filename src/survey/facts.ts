import type { KeySet } from '../connector/key-set.js';
import { decodeKey } from '../locate/key-code.js';
import type { Scratch } from '../store/scratch.js';

/**
 * What an erasure has to know, in a scratch database: keys, links and judgements, never contents.
 *
 * - spot: a record. role: see ROLE. valued: an identifier in it led to it. before: see BEFORE. tbl: its table's number. verdict: what the map says of it (see
 *   VERDICT), rule: the judgement's number (ground, until, why).
 * - bond: a record refers to another through an edge.
 * - naming: a field by which a record names the person.
 * - tuple: what references to other fields than the key point at.
 * - lean: references of own records that may lead to shared ones. up, seek: references to be followed
 *   upward from a record, and records whose referrers are asked for.
 * - ask: the keys of the question that is being asked.
 */
const SCHEMA = `
create table spot (id integer primary key, place int not null, tbl int not null, key text not null, role int not null, valued int not null default 0, before int not null default 0,
  verdict int not null default 0, rule int not null default 0, unique (place, key));
create index spot_row on spot (tbl, key);
create table bond (target int not null, edge int not null, spot int not null, primary key (target, edge, spot)) without rowid;
create index bond_spot on bond (spot, edge);
create table naming (spot int not null, field int not null, primary key (spot, field)) without rowid;
create table tuple (edge int not null, tuple text not null, spot int not null, primary key (edge, tuple, spot)) without rowid;
create table ask (match int not null, pos int not null, tuple text not null, primary key (match, pos)) without rowid;
create table lean (edge int not null, tuple text not null, spot int not null, primary key (edge, tuple, spot)) without rowid;
create table up (edge int not null, tuple text not null, spot int not null, primary key (edge, tuple, spot)) without rowid;
create table seek (edge int not null, tuple text not null, spot int not null, primary key (edge, tuple, spot)) without rowid;
`;

/** other: somebody else's, or outside the map. */
export const ROLE = { own: 0, shared: 1, mention: 2, other: 3 } as const;

export function roleOf(role: number): keyof typeof ROLE {
  return (['own', 'shared', 'mention', 'other'] as const)[role] ?? 'other';
}

export const VERDICT = {
  unjudged: 0,
  delete: 1,
  mask: 2,
  keep: 3,
  manual: 4,
  'as-owner': 5,
  undecided: 6,
} as const;

/**
 * What earlier erasures made of a record. husk: it was masked instead of deleted, and nothing of it is to be
 * masked again. minimised: it was kept, less what went at once, and is left so while it is kept.
 */
export const BEFORE = { untouched: 0, husk: 1, minimised: 2 } as const;

type Sql = string | number | null;

export interface Facts {
  run(sql: string, ...values: readonly Sql[]): number;
  all<Row>(sql: string, ...values: readonly Sql[]): readonly Row[];
  get<Row>(sql: string, ...values: readonly Sql[]): Row | undefined;
  /** The first column of the first row, as a number. */
  count(sql: string, ...values: readonly Sql[]): number;
  lastId(): number;
  /** What stands in `ask` for a match, as a key set. */
  asked(match: number, size: number, width: number): KeySet;
}

export function makeFacts({ db, guard }: Scratch): Facts {
  guard(() => db.exec(SCHEMA));
  const prepared = new Map<string, ReturnType<typeof db.prepare>>();
  const statement = (sql: string) => {
    const found = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, found);
    return found;
  };
  let last = 0;
  const all = <Row>(sql: string, ...values: readonly Sql[]) =>
    guard(() => statement(sql).all(...values) as Row[]);
  return {
    run: (sql, ...values) =>
      guard(() => {
        const done = statement(sql).run(...values);
        last = Number(done.lastInsertRowid);
        return done.changes;
      }),
    all,
    get: <Row>(sql: string, ...values: readonly Sql[]) =>
      guard(() => statement(sql).get(...values) as Row | undefined),
    count: (sql, ...values) =>
      Number(
        (guard(() =>
          statement(sql)
            .pluck()
            .get(...values),
        ) as number | undefined) ?? 0,
      ),
    lastId: () => last,
    asked: (match, size, width) => ({
      width,
      size,
      *chunks(most) {
        for (let start = 0; start < size; start += most) {
          const rows = all<{ readonly tuple: string }>(
            'select tuple from ask where match = ? and pos >= ? and pos < ? order by pos',
            match,
            start,
            start + most,
          );
          yield rows.map((row) => decodeKey(row.tuple));
        }
      },
    }),
  };
}
