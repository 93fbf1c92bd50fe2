import type { Graph } from './graph.js';

/**
 * Values that cannot tell two people apart. A value that is own, directly or by `of`, in two roots of
 * one collection is a conflict, unless those roots share a value of a `single` type: it leads nowhere.
 * Given identifiers that reach different roots of one collection are a conflict for that person.
 */
const HOLDERS = [
  'delete from holder',
  `insert or ignore into holder (val, root, place)
    select h.val, h.node, n.place from hit h join mark m on m.id = h.mark and m.bearing = 'own'
    join node n on n.id = h.node and n.root = 1 where h.near = 0`,
  `with recursive lead(val, node, root) as (
    select h.val, l.target, l.troot from hit h join mark m on m.id = h.mark and m.bearing = 'of'
      join link l on l.node = h.node and l.edge = m.edge where h.near = 0
    union
    select c.val, d.target, n.root from lead c join deciding d on d.node = c.node
      join node n on n.id = d.target where c.root = 0)
    insert or ignore into holder (val, root, place)
    select c.val, c.node, n.place from lead c join node n on n.id = c.node where c.root = 1`,
  // Where the reference is null or dangling, the record itself is the person's.
  `insert or ignore into holder (val, root, place)
    select h.val, h.node, n.place from hit h join mark m on m.id = h.mark and m.bearing = 'of'
    join node n on n.id = h.node and n.root = 1
    where h.near = 0 and not exists (select 1 from link l where l.node = h.node and l.edge = m.edge)
      and not exists (select 1 from deciding d where d.node = h.node)`,
  'delete from single',
  `insert or ignore into single (root, val)
    select h.root, k.val from (select distinct root from holder) h join carry k on k.node = h.root
    join mark m on m.id = k.mark and m.bearing = 'own' and m.single = 1`,
  `insert or ignore into single (root, val)
    select h.root, k.val from (select distinct root from holder) h
    cross join mark m on m.bearing = 'of' and m.single = 1
    join link l on l.target = h.root and l.kind = m.kind and l.edge = m.edge
    join carry k on k.node = l.node and k.mark = m.id`,
];

const CONFLICTS = `insert or ignore into conflict (val)
  select g.val from (select val, place, count(*) as n from holder group by val, place having n > 1) g
  where not exists (select 1 from single s join holder h on h.root = s.root and h.val = g.val and h.place = g.place
    group by s.val having count(distinct s.root) = g.n)`;

/** Judges every value that was searched, on all that was read. */
export function judgeConflicts(graph: Graph): void {
  for (const sql of HOLDERS) graph.run(sql);
  graph.run('delete from conflict');
  graph.run(CONFLICTS);
}

/**
 * While reading goes on: a shared mailbox must not pull in everybody who has it. Holds off values that
 * are surely in conflict, in collections whose roots carry all their `single` values themselves.
 */
export function holdOffConflicts(graph: Graph, judgedLate: readonly number[]): void {
  graph.run(
    `insert or ignore into conflict (val)
     select g.val from (
       select h.val, n.place, count(*) as n from (select distinct val from fresh_hit) f
       join hit h on h.val = f.val and h.near = 0
       join mark m on m.id = h.mark and m.bearing = 'own'
       join node n on n.id = h.node and n.root = 1
       where n.place not in (select value from json_each(?))
       group by h.val, n.place having count(distinct h.node) > 1) g
     where not exists (
       select 1 from hit h join mark m on m.id = h.mark and m.bearing = 'own'
       join node n on n.id = h.node and n.root = 1 and n.place = g.place
       join carry k on k.node = h.node join mark s on s.id = k.mark and s.bearing = 'own' and s.single = 1
       where h.val = g.val and h.near = 0
       group by k.val having count(distinct h.node) >= g.n)`,
    JSON.stringify(judgedLate),
  );
}

/** A value that a rejected root holds is somebody else's. */
export function barRejected(graph: Graph): void {
  graph.run(
    'insert or ignore into barred (person, val) select b.person, h.val from banned b join holder h on h.root = b.node',
  );
}

/** A conflict is over for a person once all that hold the value are theirs, one by the operator's word. */
export function excuseAccepted(graph: Graph): number {
  return graph.run(`insert or ignore into excused (person, val)
    select p.person, p.val from pval p join conflict x on x.val = p.val
    where not exists (select 1 from holder h where h.val = p.val
        and not exists (select 1 from inc i where i.person = p.person and i.node = h.root and i.own = 1))
      and exists (select 1 from holder h join accepted a on a.person = p.person and a.node = h.root where h.val = p.val)
      and not exists (select 1 from barred b where b.person = p.person and b.val = p.val)`);
}

/** People whose given identifiers might be two people's: two own roots of one collection that share no single value. */
export function doubtfulPeople(graph: Graph): readonly number[] {
  return graph
    .all<{ readonly person: number }>(
      `select distinct i.person from inc i join node n on n.id = i.node and n.root = 1 and i.own = 1 and n.place >= 0
       where (select count(*) from pval g join val v on v.id = g.val and v.strong = 1
              where g.person = i.person and g.given = 1) > 1
       group by i.person, n.place having count(*) > 1`,
    )
    .map((row) => row.person);
}

/**
 * Bars for a person the given values that reach different roots of one collection. `shadows` are
 * stand-ins for the person, each settled with one of the given values alone.
 */
export function barGiven(
  graph: Graph,
  person: number,
  shadows: ReadonlyMap<number, number>,
  sameSingle: (a: number, b: number) => boolean,
): number {
  const reached = [...shadows].map(([shadow, val]) => ({
    val,
    roots: graph.all<{ readonly node: number; readonly place: number }>(
      'select i.node, n.place from inc i join node n on n.id = i.node and n.root = 1 where i.person = ? and i.own = 1',
      shadow,
    ),
  }));
  const accepted = new Set(
    graph
      .all<{ readonly node: number }>('select node from accepted where person = ?', person)
      .map((row) => row.node),
  );
  let barred = 0;
  for (const one of reached) {
    for (const other of reached) {
      if (
        one.val >= other.val ||
        one.roots.some((root) => other.roots.some((each) => each.node === root.node))
      )
        continue;
      const differ = one.roots.some((root) =>
        other.roots.some(
          (each) =>
            each.place === root.place &&
            !(accepted.has(each.node) && accepted.has(root.node)) &&
            !sameSingle(root.node, each.node),
        ),
      );
      if (!differ) continue;
      for (const val of [one.val, other.val]) {
        barred += graph.run('insert or ignore into barred (person, val) values (?, ?)', person, val);
      }
    }
  }
  return barred;
}
