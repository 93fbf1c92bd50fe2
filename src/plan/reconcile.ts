import { encodeKey } from '../locate/key-code.js';
import type { LocatedPerson } from '../locate/located.js';
import { DsrError } from '../model/error.js';
import type { Scratch } from '../store/scratch.js';
import type { PlanGroup } from './plan.js';

/** The person's records as the search tells them, to everybody who asks: what an extract holds, too. */
export type Found = Pick<LocatedPerson, 'collections' | 'records'>;

/** all: every record found has an action (erase) · some: only what a setting concerns has one (rectify). */
export type Reach = 'all' | 'some';

/** Of the builder: how its rows (plan-store.ts, `plan_row`) are numbered. */
export interface Numbering {
  /** By grp, which begins at 1. */
  readonly groups: readonly Pick<PlanGroup, 'collection' | 'role'>[];
  readonly placeOf: (collection: string) => number;
}

/**
 * - found: what the search tells, apart from what the planner read of it.
 * - said: the role that a group gives its records.
 */
const SCHEMA = `
create table found (place int not null, key text not null, role text not null, times int not null default 1,
  primary key (place, key)) without rowid;
create table said (grp integer primary key, role text not null);
`;

/** Each record's one action; what stands beside it (`disable`, `open`) has a turn of its own. */
const ENDS = `(select r.place, r.key, count(*) as times, min(s.role) as role from plan_row r join said s on s.grp = r.grp
  where r.once = 0 group by r.place, r.key)`;

/** By what is wrong: how many of a place's records are. */
const WRONG = {
  'found twice': 'select place, sum(times > 1) as n from found group by place',
  'without an action': `select f.place, count(*) as n from found f
    where not exists (select 1 from plan_row r where r.place = f.place and r.key = f.key and r.once = 0) group by f.place`,
  'with more than one action': `select place, sum(times > 1) as n from ${ENDS} group by place`,
  'in another role': `select e.place, count(*) as n from ${ENDS} e join found f on f.place = e.place and f.key = e.key
    where e.role <> f.role group by e.place`,
  'planned but not found': `select r.place, count(distinct r.key) as n from plan_row r
    where not exists (select 1 from found f where f.place = r.place and f.key = r.key) group by r.place`,
} as const;

/**
 * Holds what was collected for a plan against the person's records, set by set: every one of them (own,
 * shared, mention) stands there with one action in its own role, and nothing else does. So an erasure
 * reaches what an export of the same moment hands out, whatever the planner made of it on the way.
 *
 * @throws DsrError internal, by collection and how many; nothing is planned then.
 */
export function reconcile(
  { db, guard }: Scratch,
  { groups, placeOf }: Numbering,
  found: Found,
  reach: Reach,
) {
  guard(() => db.exec(SCHEMA));
  const say = db.prepare('insert into said (grp, role) values (?, ?)');
  guard(() => groups.forEach(({ role }, at) => void say.run(at + 1, role)));
  const names = new Map(groups.map(({ collection }) => [placeOf(collection), collection]));
  const wrong: string[] = [];
  const put = db.prepare(`insert into found (place, key, role) values (?, ?, ?)
    on conflict do update set times = times + 1`);
  for (const { collection, own, shared, mentions } of found.collections) {
    const place = placeOf(collection);
    names.set(place, collection);
    let listed = 0;
    for (const { key, role } of found.records(collection, ['own', 'shared', 'mention'])) {
      guard(() => put.run(place, encodeKey(key), role));
      listed += 1;
    }
    const counted = own + shared + mentions;
    if (listed !== counted) wrong.push(`${collection}: ${counted} records counted, ${listed} listed`);
  }
  for (const [what, sql] of Object.entries(WRONG)) {
    if (what === 'without an action' && reach === 'some') continue;
    const rows = guard(() => db.prepare(sql).all() as { readonly place: number; readonly n: number }[]);
    for (const { place, n } of rows) {
      if (n > 0) wrong.push(`${names.get(place) ?? place}: ${n} ${what}`);
    }
  }
  const [first] = wrong;
  if (first !== undefined) throw unreconciled(wrong);
  guard(() => db.exec('drop table found; drop table said'));
}

function unreconciled(wrong: readonly string[]): DsrError {
  return new DsrError(
    'internal',
    `the plan does not say of every record that was found what becomes of it (${wrong.join('; ')})`,
    { hint: 'nothing was planned; this is a bug: please report it' },
  );
}
