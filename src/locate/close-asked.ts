import type { Edge } from './atlas.js';
import type { Graph } from './graph.js';

/** Of the answers to one key, those that hold the very same text, where there are any: collations fold. */
const ANSWERS = `answer a on a.edge = r.edge and a.tuple = r.tuple and (a.exact = 1
  or not exists (select 1 from answer e where e.edge = a.edge and e.tuple = a.tuple and e.exact = 1))`;

const ASKED = 'r.edge = ? and r.tuple in (select tuple from ask where match = ?)';

/**
 * What was asked is known now: answered references become links, an unanswered one is dangling and
 * owns nothing. Either way whose the referring records are can be judged.
 */
export function closeAsked(graph: Graph, edge: Edge, match: number): void {
  const asked = [edge.at, match];
  graph.run(
    'insert or ignore into asked_up (edge, tuple) select ?, tuple from ask where match = ?',
    ...asked,
  );
  graph.run(
    `insert or ignore into link (node, kind, edge, target, troot)
     select r.node, r.kind, r.edge, a.target, n.root
     from open_ref r join ${ANSWERS} join node n on n.id = a.target
     where ${ASKED} and r.node <> a.target`,
    ...asked,
  );
  graph.run(
    `insert or ignore into dirty (person, node) select 0, r.node from open_ref r where ${ASKED}`,
    ...asked,
  );
  if (edge.relation === 'owns') {
    graph.run(
      `insert or ignore into dirty (person, node) select 0, r.target from answer r where ${ASKED}`,
      ...asked,
    );
  }
  if (edge.carries) {
    graph.run(
      `insert or ignore into fresh_carry (node, mark, val)
       select c.node, c.mark, c.val from carry c where c.node in (select r.node from open_ref r where ${ASKED})`,
      ...asked,
    );
  }
  graph.run(
    'delete from open_ref where edge = ? and tuple in (select tuple from ask where match = ?)',
    ...asked,
  );
}
