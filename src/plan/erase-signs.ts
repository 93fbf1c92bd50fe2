import { BEFORE, type Facts, ROLE } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import { noteCauses, withCause } from './erase-bend.js';
import { FATE, LETS_GO } from './erase-fates.js';

/**
 * - cut: links that are let go. leant: links of a masked record to a shared one that may not be.
 * - told: links that name the person: what is said of whom they name goes, also where the link must stay.
 * - bound: links of a masked record that stay.
 * - sig: what tells records of one place apart in the plan, beside their fate. husk: see erase-husks.ts.
 */
const SCHEMA = `
create table cut (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table leant (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table told (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table bound (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table sig (spot integer primary key, cuts text not null default '', names text not null default '',
  leans text not null default '', tells text not null default '', bound text not null default '', pointed int not null default 0, held int, husk int);
`;

const GOING = `${FATE.delete}, ${FATE.remove}`;
const BONDS = `from bond b join way w on w.edge = b.edge join spot s on s.id = b.spot join fate f on f.spot = s.id
  join spot t on t.id = b.target join fate g on g.spot = t.id`;
const TO_SHARED = `s.role = ${ROLE.own} and f.fate = ${FATE.mask} and t.role = ${ROLE.shared} and w.relation in ('owns', 'owned-by')`;

/** Notes for every record that stays which links it lets go of, and what points at it. */
export function signRecords(facts: Facts, rules: Rules): void {
  for (const sql of SCHEMA.split(';').filter((each) => each.trim() !== '')) facts.run(sql);
  facts.run(`insert or ignore into cut (spot, edge) select b.spot, b.edge ${BONDS}
    where f.fate not in (${GOING}) and f.fate <> ${FATE.manual} and (s.role <> ${ROLE.own} or f.fate = ${FATE.mask} or s.before = ${BEFORE.minimised}) and ${LETS_GO}
      and (g.fate in (${GOING}) or (${TO_SHARED})
        or (s.role in (${ROLE.shared}, ${ROLE.mention}) and w.relation = 'mentions' and t.role = ${ROLE.own}))`);
  facts.run(
    `insert or ignore into leant (spot, edge) select b.spot, b.edge ${BONDS} where ${TO_SHARED} and w.frees = 0`,
  );
  facts.run(`insert or ignore into told (spot, edge) select b.spot, b.edge ${BONDS}
    where f.kept = 0 and f.fate = ${FATE.stay} and w.keeps = 0 and t.role = ${ROLE.own}
      and ((s.role in (${ROLE.shared}, ${ROLE.mention}) and w.relation = 'mentions')
        or (s.role = ${ROLE.shared} and w.relation = 'owned-by'))`);
  facts.run(`insert or ignore into bound (spot, edge) select b.spot, b.edge ${BONDS}
    where s.role = ${ROLE.own} and f.fate = ${FATE.mask} and g.fate not in (${GOING})
      and not exists (select 1 from cut x where x.spot = b.spot and x.edge = b.edge)`);
  sign(facts, 'bound', 'edge', 'bound');
  sign(facts, 'tells', 'edge', 'told');
  sign(facts, 'cuts', 'edge', 'cut');
  sign(facts, 'leans', 'edge', 'leant');
  sign(
    facts,
    'names',
    'field',
    '(select n.spot, n.field from naming n join fate f on f.spot = n.spot where f.kept = 0)',
  );
  noteCauses(facts, rules, POINTING);
  // Of several that hold it, the one that does so longest; one that does not say until when, longest of all.
  facts.run(`insert into sig (spot, pointed, held) select spot, 1, held from (
      select t.id as spot, c.id as held, max(case when f.fate in (${FATE.stay}, ${FATE.manual})
        then 'b' || coalesce(json_extract(u.text, '$[2]'), '9999') else 'a' end || c.sort)
      ${withCause(POINTING).replace('where', 'join ruling u on u.rule = f.rule where')} group by t.id) where true
    on conflict (spot) do update set pointed = 1, held = excluded.held`);
}

/** What stays and points at a record that is written to. */
const POINTING = `${BONDS} where b.spot <> b.target and g.fate in (${FATE.mask}, ${FATE.stay}) and t.role = ${ROLE.own} and f.fate not in (${GOING})
  and not exists (select 1 from cut x where x.spot = b.spot and x.edge = b.edge)`;

function sign(facts: Facts, column: string, value: string, from: string): void {
  facts.run(`insert into sig (spot, ${column}) select spot, group_concat(${value}, ' ')
    from (select spot, ${value} from ${from} order by spot, ${value}) where true group by spot
    on conflict (spot) do update set ${column} = excluded.${column}`);
}
