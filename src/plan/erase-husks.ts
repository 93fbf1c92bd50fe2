import { type Facts, ROLE, VERDICT } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import { noteRules } from './erase-bend.js';
import { FATE, LETS_GO } from './erase-fates.js';

/**
 * - husk: own records that are masked instead of deleted. sort: the day on which the first of what pins
 *   it may go, and its rule, by what they say; null: nothing that pins it has a day.
 * - pin: what stays and does not let go of a husk.
 */
const SCHEMA = `
create table husk (spot integer primary key, sort text);
create table pin (husk int not null, spot int not null, primary key (husk, spot)) without rowid;
create index pin_spot on pin (spot);
`;

const GOING = `${FATE.delete}, ${FATE.remove}`;

/** Of a pin that is kept until a day. */
const DATED = `select p.husk, min(json_extract(r.text, '$[2]') || char(10) || r.text) as sort from pin p
  join fate f on f.spot = p.spot and f.fate in (${FATE.stay}, ${FATE.manual}) join ruling r on r.rule = f.rule
  join spot s on s.id = p.spot and s.role <> ${ROLE.other}
  where json_extract(r.text, '$[2]') is not null group by p.husk`;

/** Of a pin that is a husk itself. */
const HANDED_ON = `select p.husk, min(q.sort) as sort from pin p join husk q on q.spot = p.spot
  where q.sort is not null group by p.husk`;

/**
 * Finds for every husk the earliest day of what pins it, through other husks, too: a husk that is let go of
 * lets go of what it refers to. It is only a day to look again: what stays then is planned anew.
 */
export function dateHusks(facts: Facts, rules: Rules): void {
  for (const sql of SCHEMA.split(';').filter((each) => each.trim() !== '')) facts.run(sql);
  noteRules(facts, rules);
  facts.run(`insert into husk (spot) select s.id from spot s join fate f on f.spot = s.id
    where s.role = ${ROLE.own} and s.verdict = ${VERDICT.delete} and f.fate = ${FATE.mask}`);
  facts.run(`insert or ignore into pin (husk, spot) select h.spot, b.spot from husk h
    join bond b on b.target = h.spot and b.spot <> h.spot join way w on w.edge = b.edge and w.mapped = 1
    join spot s on s.id = b.spot join fate f on f.spot = s.id and f.fate not in (${GOING})
    where not (${LETS_GO})`);
  facts.run(`update husk as h set sort = x.sort from (${DATED}) x where x.husk = h.spot`);
  const handOn = `update husk as h set sort = x.sort from (${HANDED_ON}) x
    where x.husk = h.spot and (h.sort is null or x.sort < h.sort)`;
  while (facts.run(handOn) > 0);
  facts.run(`insert into sig (spot, husk) select h.spot, coalesce(r.rule, 0) from husk h
    left join ruling r on r.text = substr(h.sort, 12) where true
    on conflict (spot) do update set husk = excluded.husk`);
}
