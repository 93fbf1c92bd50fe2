import type { Decision } from '../model/subject.js';
import type { Atlas } from './atlas.js';
import { FOLLOWED } from './belong.js';
import type { Graph } from './graph.js';
import { decodeKey } from './key-code.js';
import type { LocatedDecision } from './located.js';
import { ROLE_CODE } from './roles.js';

const OPEN = `not exists (select 1 from banned z where z.person = c.person and z.node = c.node)
  and not exists (select 1 from inc i where i.person = c.person and i.node = c.node and i.own < ${ROLE_CODE.mention})
  and not exists (select 1 from accepted_mention a where a.person = c.person and a.node = c.node)`;

/**
 * Writes down what only a human can answer: roots that only a value in conflict reaches, and records
 * that only a weak value, or one that is spelt almost like the given, matches.
 */
export function markCandidates(graph: Graph): void {
  graph.run(
    `insert or ignore into question (person, node, kind, val, near)
     select c.person, c.node, 'identity-conflict', min(c.val), 0 from (
       select p.person, p.val, h.root as node from pval p join val v on v.id = p.val and v.strong = 1
       join holder h on h.val = p.val where not (${FOLLOWED})) c
     where ${OPEN} group by c.person, c.node`,
  );
  graph.run(
    `insert or ignore into question (person, node, kind, val, near)
     with recursive weak(person, val, mark, node, near) as (
       select p.person, p.val, h.mark, h.node, h.near from pval p join val v on v.id = p.val
       join hit h on h.val = p.val where p.given = 1 and (v.strong = 0 or h.near = 1)),
     lead(person, val, near, node, root) as (
       select w.person, w.val, w.near, l.target, l.troot from weak w join mark m on m.id = w.mark and m.bearing = 'of'
         join link l on l.node = w.node and l.edge = m.edge
       union
       select e.person, e.val, e.near, d.target, n.root from lead e join deciding d on d.node = e.node
         join node n on n.id = d.target where e.root = 0),
     c(person, val, near, node) as (
       select w.person, w.val, w.near, w.node from weak w join mark m on m.id = w.mark
       where m.bearing <> 'of' or not exists (select 1 from link l where l.node = w.node and l.edge = m.edge)
       union
       select e.person, e.val, e.near, e.node from lead e
       where e.root = 1 or not exists (select 1 from deciding d where d.node = e.node))
     select c.person, c.node, 'candidate', min(c.val), min(c.near) from c join node n on n.id = c.node and n.place >= 0
     where ${OPEN} group by c.person, c.node`,
  );
  graph.run(
    `insert into inc (person, node, own, val, edge, parent)
     select q.person, q.node, ${ROLE_CODE.candidate}, q.val, null, null from question q where true
     on conflict (person, node) do update set own = excluded.own, val = excluded.val, edge = null, parent = null`,
  );
}

interface QuestionRow {
  readonly place: number;
  readonly key: string;
  readonly kind: Decision['kind'];
  readonly type: string;
  readonly near: number;
}

/** A person's open decisions, in the map's order and then by key. Their ids are the caller's to give. */
export function decisionsOf(graph: Graph, atlas: Atlas, person: number): readonly LocatedDecision[] {
  return graph
    .all<QuestionRow>(
      `select n.place, n.key, q.kind, v.type, q.near from question q join node n on n.id = q.node
       join val v on v.id = q.val where q.person = ? and n.place >= 0 order by n.place, n.key`,
      person,
    )
    .flatMap((row) => {
      const place = atlas.places[row.place];
      if (place === undefined) return [];
      const { collection } = place;
      return [
        {
          kind: row.kind,
          collection: collection.id,
          recordKey: row.key,
          key: decodeKey(row.key),
          why: whyOf(row, collection.id),
        },
      ];
    });
}

function whyOf(row: QuestionRow, collection: string): string {
  if (row.kind === 'identity-conflict') {
    return `the ${row.type} belongs to more than one person in ${collection}, or the identifiers given are of different people there`;
  }
  return row.near === 1
    ? `the ${row.type} given is almost, but not quite, what this record holds`
    : `only the ${row.type} matches, and that alone proves nobody`;
}
