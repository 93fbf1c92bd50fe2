import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { SoughtIdentifier } from '../model/subject.js';
import { FOLLOWED, NAMES_ONLY, settle } from './belong.js';
import { barGiven, barRejected, doubtfulPeople, excuseAccepted, judgeConflicts } from './conflict.js';
import type { Graph } from './graph.js';

interface Person {
  readonly identifiers: readonly SoughtIdentifier[];
}

/** `own` as inc holds it. */
export const ROLE_CODE = { shared: 0, own: 1, mention: 2, candidate: 3 } as const;

/**
 * Judges, on all that was read, what is whose: conflicts first, then every person from the roots
 * outward, then mentions. Whoever was asked for by values of two people is settled again without them.
 */
export function judgeRoles(graph: Graph, types: IdentifierTypes, people: readonly Person[]): void {
  judgeConflicts(graph);
  barRejected(graph);
  for (const table of ['inc', 'pval', 'fresh_pval', 'fresh_hit', 'fresh_carry', 'dirty', 'excused']) {
    graph.run(`delete from ${table}`);
  }
  // Person 0 was only for reading.
  graph.run('delete from accepted where person = 0');
  people.forEach((person, index) => {
    give(graph, index + 1, person.identifiers);
  });
  settle(graph);
  let next = people.length + 1;
  for (const person of doubtfulPeople(graph)) {
    const given = people[person - 1]?.identifiers ?? [];
    const strong = given.filter(
      ({ type, learnt }) => learnt !== true && types.get(type).strength === 'strong',
    );
    const shadows = new Map(strong.map((identifier) => [next++, identifier]));
    if (judgeGiven(graph, person, shadows) > 0) resettle(graph, person, given);
  }
  while (excuseAccepted(graph) > 0) {
    people.forEach((person, index) => {
      resettle(graph, index + 1, person.identifiers);
    });
  }
  mention(graph);
}

function give(graph: Graph, person: number, identifiers: readonly SoughtIdentifier[]): void {
  for (const { type, value, learnt } of identifiers) {
    for (const into of ['pval (person, val, given)', 'fresh_pval (person, val)']) {
      const values = into.startsWith('pval') ? `?, id, ${learnt === true ? 0 : 1}` : '?, id';
      graph.run(
        `insert or ignore into ${into} select ${values} from val where type = ? and value = ?`,
        person,
        type,
        value,
      );
    }
  }
}

function resettle(graph: Graph, person: number, identifiers: readonly SoughtIdentifier[]): void {
  graph.run('delete from inc where person = ?', person);
  graph.run('delete from pval where person = ?', person);
  give(graph, person, identifiers);
  settle(graph);
}

/** Settles a stand-in with each given value alone, and bars values that reach different people. */
function judgeGiven(graph: Graph, person: number, shadows: ReadonlyMap<number, SoughtIdentifier>): number {
  const valued = new Map<number, number>();
  for (const [shadow, identifier] of shadows) {
    for (const table of ['banned', 'barred', 'excused']) {
      const other = table === 'banned' ? 'node' : 'val';
      graph.run(
        `insert into ${table} (person, ${other}) select ?, ${other} from ${table} where person = ?`,
        shadow,
        person,
      );
    }
    give(graph, shadow, [identifier]);
    const val = graph.get<{ readonly val: number }>(
      'select val from pval where person = ? and given = 1',
      shadow,
    );
    if (val !== undefined) valued.set(shadow, val.val);
  }
  settle(graph);
  const barred = barGiven(graph, person, valued, (a, b) => sharesSingle(graph, a, b));
  for (const shadow of shadows.keys()) {
    for (const table of ['inc', 'pval', 'banned', 'barred', 'excused']) {
      graph.run(`delete from ${table} where person = ?`, shadow);
    }
  }
  return barred;
}

function sharesSingle(graph: Graph, a: number, b: number): boolean {
  const carried = (node: number) =>
    graph
      .all<{ readonly val: number }>(
        `select k.val from carry k join mark m on m.id = k.mark and m.bearing = 'own' and m.single = 1 where k.node = ?
         union select k.val from mark m join link l on l.target = ? and l.kind = m.kind and l.edge = m.edge
           join carry k on k.node = l.node and k.mark = m.id where m.bearing = 'of' and m.single = 1`,
        node,
        node,
      )
      .map((row) => row.val);
  const ofB = new Set(carried(b));
  return carried(a).some((val) => ofB.has(val));
}

/** Records that only name the person: by an identifier, or by a reference. Leaves. */
function mention(graph: Graph): void {
  const { mention: code } = ROLE_CODE;
  graph.run(
    `insert or ignore into inc (person, node, own, val, edge, parent)
     select l.person, l.node, ${code}, null, l.edge, l.target from (
       select i.person, k.node, k.edge, k.target from inc i join link k on k.target = i.node and k.kind = 2 where i.own = 1) l
     where not exists (select 1 from banned z where z.person = l.person and z.node = l.node)`,
  );
  graph.run(
    `insert or ignore into inc (person, node, own, val, edge, parent)
     select p.person, h.node, ${code}, p.val, null, p.carrier from pval p
     join val v on v.id = p.val and v.strong = 1
     join hit h on h.val = p.val and h.near = 0 join mark m on m.id = h.mark and ${NAMES_ONLY('h.node')}
     where ${FOLLOWED} and not exists (select 1 from banned z where z.person = p.person and z.node = h.node)`,
  );
  graph.run(
    `insert or ignore into inc (person, node, own, val, edge, parent)
     select a.person, a.node, ${code}, min(h.val), null, null from accepted_mention a
     join hit h on h.node = a.node join pval p on p.person = a.person and p.val = h.val group by a.person, a.node`,
  );
}
