import type { Graph } from './graph.js';

/**
 * Whose is it? The rules of architecture.md ("How a person is located") as one least fixpoint over the
 * graph, for all people at once:
 *
 * - a record is a person's when a value of theirs matches it, when a deciding reference of it leads to
 *   a record of theirs, or, where none decides, when a record of theirs owns it;
 * - it is *own* when it was matched, or when all that decides leads to records of theirs and at least
 *   one of those is own; else it is *shared*;
 * - own roots carry their values on.
 *
 * Every rule only ever adds, so the order in which they are applied does not matter.
 */

/** SQL: a value `p` may be followed for its person: it is in no conflict, or excused, and not barred. */
export const FOLLOWED = `
  (not exists (select 1 from conflict x where x.val = p.val)
    or exists (select 1 from excused e where e.person = p.person and e.val = p.val))
  and not exists (select 1 from barred b where b.person = p.person and b.val = p.val)`;

const NOT_BANNED = (person: string, node: string) =>
  `not exists (select 1 from banned z where z.person = ${person} and z.node = ${node})`;

/** Matches by a value just learnt, and, while reading goes on, new matches of a value already known. */
const MATCHES = `matches(person, val, carrier, mark, node) as (
  select p.person, p.val, p.carrier, h.mark, h.node
    from fresh_pval f join pval p on p.person = f.person and p.val = f.val
    join val v on v.id = p.val and v.strong = 1
    join hit h on h.val = p.val and h.near = 0 where ${FOLLOWED}
  union
  select p.person, p.val, p.carrier, h.mark, h.node
    from fresh_hit h join pval p on p.val = h.val
    join val v on v.id = p.val and v.strong = 1 where ${FOLLOWED})`;

/**
 * SQL: a match of mark `m` on a record only names the person there: it says so, or it is `of` a reference
 * that is null or dangling while other references decide whose the record is.
 */
export const NAMES_ONLY = (node: string) => `(m.bearing = 'mention' or (m.bearing = 'of'
  and not exists (select 1 from link l where l.node = ${node} and l.edge = m.edge)
  and exists (select 1 from deciding d where d.node = ${node})))`;

const DIRECT = `with ${MATCHES}
  insert or ignore into stage (person, node, own, val, edge, parent)
  select t.person, t.node, 1, t.val, null, t.carrier from matches t join mark m on m.id = t.mark
  where (m.bearing = 'own' or (m.bearing = 'of'
      and not exists (select 1 from link l where l.node = t.node and l.edge = m.edge)
      and not exists (select 1 from open_ref r where r.node = t.node and (+r.edge = m.edge or r.kind = 0))
      and not exists (select 1 from deciding d where d.node = t.node)))
    and ${NOT_BANNED('t.person', 't.node')}`;

/** A match of an identifier that is `of` a reference leads to the root referenced, upward if need be. */
const LED = `with recursive ${MATCHES},
  lead(person, val, carrier, node, root) as (
    select t.person, t.val, t.carrier, l.target, l.troot
      from matches t join mark m on m.id = t.mark and m.bearing = 'of'
      join link l on l.node = t.node and l.edge = m.edge
    union
    select c.person, c.val, c.carrier, d.target, n.root
      from lead c join deciding d on d.node = c.node join node n on n.id = d.target where c.root = 0)
  insert or ignore into stage (person, node, own, val, edge, parent)
  select c.person, c.node, 1, c.val, null, c.carrier from lead c
  where (c.root = 1 or not exists (select 1 from deciding d where d.node = c.node))
    and ${NOT_BANNED('c.person', 'c.node')}`;

const ACCEPTED = `insert or ignore into stage (person, node, own, val, edge, parent)
  select a.person, a.node, 1,
    (select h.val from hit h join pval p on p.person = a.person and p.val = h.val where h.node = a.node limit 1), null, null
  from accepted a left join inc i on i.person = a.person and i.node = a.node
  where coalesce(i.own, 0) = 0 and ${NOT_BANNED('a.person', 'a.node')}`;

/** The condition for own, of a record `$.person, $.node` that is included by reference. */
const IS_OWN = `case when exists (select 1 from deciding d where d.node = $.node) then
    not exists (select 1 from deciding d where d.node = $.node
      and not exists (select 1 from inc j where j.person = $.person and j.node = d.target))
    and exists (select 1 from deciding d join inc j on j.person = $.person and j.node = d.target
      where d.node = $.node and j.own = 1)
  else
    not exists (select 1 from link o where o.target = $.node and o.kind = 1
      and not exists (select 1 from inc j where j.person = $.person and j.node = o.node))
    and exists (select 1 from link o join inc j on j.person = $.person and j.node = o.node
      where o.target = $.node and o.kind = 1 and j.own = 1)
  end`;

const BY_OWNED_BY = `insert or ignore into stage (person, node, own, val, edge, parent)
  select $.person, $.node, ${IS_OWN}, null, d.edge, d.target
  from dirty $ join deciding d on d.node = $.node
  join inc i on i.person = $.person and i.node = d.target
  where not exists (select 1 from inc k where k.person = $.person and k.node = $.node)
    and not exists (select 1 from open_ref r where r.node = $.node and r.kind = 0 and r.wanted = 1)
    and ${NOT_BANNED('$.person', '$.node')}`;

const BY_OWNS = `insert or ignore into stage (person, node, own, val, edge, parent)
  select $.person, $.node, ${IS_OWN}, null, o.edge, o.node
  from dirty $ join link o on o.target = $.node and o.kind = 1
  join inc i on i.person = $.person and i.node = o.node
  where not exists (select 1 from inc k where k.person = $.person and k.node = $.node)
    and not exists (select 1 from deciding d where d.node = $.node)
    and not exists (select 1 from open_ref r where r.node = $.node and r.kind = 0 and r.wanted = 1)
    and ${NOT_BANNED('$.person', '$.node')}`;

const BECOME_OWN = `insert or ignore into owned (person, node)
  select $.person, $.node from dirty c join inc $ on $.person = c.person and $.node = c.node
  where $.own = 0 and ${IS_OWN}`;

/** What others may depend on: leaves lead nowhere and carry nothing. */
const CHANGED = [
  `insert or ignore into changed (person, node, own)
    select o.person, o.node, 1 from owned o join node n on n.id = o.node
    where n.place not in (select place from leaf)`,
  `insert or ignore into changed (person, node, own)
    select s.person, s.node, s.own from stage s join node n on n.id = s.node
    where n.place not in (select place from leaf)`,
];

/** A match whose `of` is not looked up yet, or leads to a record that is no root, is tried again. */
const FRESH_DONE = `delete from fresh_hit where mark in (select id from mark where bearing <> 'of')
  or not exists (select 1 from mark m where m.id = fresh_hit.mark and (
    exists (select 1 from open_ref r where r.node = fresh_hit.node and (+r.edge = m.edge or r.kind = 0))
    or exists (select 1 from link l where l.node = fresh_hit.node and l.edge = m.edge and l.troot = 0)))`;

const VALUES_OF_ROOTS = `insert or ignore into fresh_pval (person, val)
  select person, val from carried`;

/** What the records that just became own carry on; \`carried\` keeps who carried it. */
const CARRIED = [
  `insert or ignore into carried (person, val, carrier)
    select o.person, k.val, o.node from changed o join node n on n.id = o.node and n.root = 1
    join carry k on k.node = o.node join mark m on m.id = k.mark and m.bearing = 'own' where o.own = 1`,
  `insert or ignore into carried (person, val, carrier)
    select o.person, k.val, o.node from changed o cross join mark m on m.bearing = 'of'
    join link l on l.target = o.node and l.kind = m.kind and l.edge = m.edge
    join carry k on k.node = l.node and k.mark = m.id where o.own = 1`,
  `insert or ignore into carried (person, val, carrier)
    select i.person, k.val, i.node from fresh_carry k cross join mark m on m.id = k.mark and m.bearing = 'own'
    cross join inc i on i.node = k.node and i.own = 1 cross join node n on n.id = i.node and n.root = 1`,
  `insert or ignore into carried (person, val, carrier)
    select i.person, k.val, i.node from fresh_carry k cross join mark m on m.id = k.mark and m.bearing = 'of'
    cross join link l on l.node = k.node and l.kind = m.kind and l.edge = m.edge
    cross join inc i on i.node = l.target and i.own = 1`,
  'delete from carried where exists (select 1 from pval p where p.person = carried.person and p.val = carried.val)',
];

const NEIGHBOURS = [
  `insert or ignore into dirty (person, node)
    select c.person, l.node from changed c join link l on l.target = c.node and l.kind = 0`,
  `insert or ignore into dirty (person, node)
    select c.person, l.target from changed c join link l on l.node = c.node and l.kind = 1`,
];

/** Applies the rules until nothing changes. Starts from what fresh_pval, fresh_hit, accepted and dirty hold. */
export function settle(graph: Graph, onRound?: () => void): void {
  for (;;) {
    if (round(graph) === 0) return;
    onRound?.();
  }
}

function round(graph: Graph): number {
  for (const table of ['stage', 'owned', 'carried', 'changed']) graph.run(`delete from ${table}`);
  graph.run(DIRECT);
  graph.run(LED);
  graph.run(ACCEPTED);
  graph.run(BY_OWNED_BY.replaceAll('$', 'q'));
  graph.run(BY_OWNS.replaceAll('$', 'q'));
  graph.run(BECOME_OWN.replaceAll('$', 'q'));
  graph.run(
    'delete from stage where exists (select 1 from inc i where i.person = stage.person and i.node = stage.node and i.own >= stage.own)',
  );
  graph.run(`insert into inc (person, node, own, val, edge, parent) select person, node, own, val, edge, parent from stage where true
    on conflict (person, node) do update set own = excluded.own, val = excluded.val, edge = excluded.edge, parent = excluded.parent`);
  graph.run('update inc set own = 1 where (person, node) in (select person, node from owned)');
  for (const sql of CHANGED) graph.run(sql);
  for (const sql of CARRIED) graph.run(sql);
  graph.run('delete from fresh_pval');
  graph.run('delete from dirty');
  graph.run(FRESH_DONE);
  graph.run('delete from fresh_carry');
  const learnt = graph.run(
    'insert or ignore into pval (person, val, given, carrier) select person, val, 0, carrier from carried',
  );
  graph.run(VALUES_OF_ROOTS);
  for (const sql of NEIGHBOURS) graph.run(sql);
  const changed = graph.get<{ readonly n: number }>('select count(*) as n from changed');
  return learnt + (changed?.n ?? 0);
}
