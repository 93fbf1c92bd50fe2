import type { LocatedRecord, Role, RoleCounts } from '../model/subject.js';
import type { Atlas } from './atlas.js';
import { FOLLOWED } from './belong.js';
import type { Graph } from './graph.js';
import { decodeKey } from './key-code.js';
import type { Leads, LocatedIdentifier } from './located.js';
import { ROLE_CODE } from './roles.js';

const ROLES: readonly Role[] = ['shared', 'own', 'mention', 'candidate'];
const PAGE = 5_000;

/** Every collection that was read, zero hits too. */
export function roleCounts(
  graph: Graph,
  atlas: Atlas,
  person: number,
  unread: (source: string) => boolean,
): readonly RoleCounts[] {
  const rows = graph.all<{ readonly place: number; readonly own: number; readonly n: number }>(
    'select n.place, i.own, count(*) as n from inc i join node n on n.id = i.node where i.person = ? group by n.place, i.own',
    person,
  );
  const count = (place: number, role: Role) =>
    rows.find((row) => row.place === place && row.own === ROLE_CODE[role])?.n ?? 0;
  return atlas.places
    .filter((place) => !unread(place.collection.source))
    .map((place) => ({
      collection: place.collection.id,
      own: count(place.at, 'own'),
      mentions: count(place.at, 'mention'),
      shared: count(place.at, 'shared'),
      candidates: count(place.at, 'candidate'),
    }));
}

interface RecordRow {
  readonly key: string;
  readonly own: number;
  readonly val: number | null;
  readonly edge: number | null;
  readonly parent: number | null;
  readonly sought: number;
  readonly leads: string | null;
}

const SOUGHT = (inc: string) =>
  `exists (select 1 from sought s where s.node = ${inc}.node and s.person = ${inc}.person)`;

const COLUMNS = `n.key, i.own, i.val, i.edge, i.parent, ${SOUGHT('i')} as sought,
  (select group_concat(distinct l.edge) from link l join inc j on j.person = i.person and j.node = l.target and j.own < 2
   where l.node = i.node) as leads`;

/** For a few records: from the person's to their keys. */
const FEW = `select ${COLUMNS} from inc i cross join node n on n.id = i.node
  where i.person = ? and n.place = ? and n.key > ? and i.own in (select value from json_each(?)) order by n.key`;

/** For many: a page at a time in the order of the key index, nothing is sorted. */
const MANY = `select ${COLUMNS} from node n cross join inc i on i.person = ? and i.node = n.id
  where n.place = ? and n.key > ? and i.own in (select value from json_each(?)) order by n.key limit ${PAGE}`;

/** One collection's records, ordered by key, a page at a time. */
export function* recordsOf(
  graph: Graph,
  atlas: Atlas,
  person: number,
  collection: string,
  roles: readonly Role[],
): Generator<LocatedRecord & Leads> {
  const place = atlas.placeOf.get(collection);
  if (place === undefined) return;
  const codes = JSON.stringify(roles.map((role) => ROLE_CODE[role]));
  const via = viaOf(graph, atlas, person);
  const held = graph.all('select 1 from inc where person = ? limit ?', person, PAGE + 1).length;
  const sql = held <= PAGE ? FEW : MANY;
  let after = '';
  for (;;) {
    const rows = graph.all<RecordRow>(sql, person, place.at, after, codes);
    for (const row of rows) {
      yield {
        collection,
        key: decodeKey(row.key),
        role: ROLES[row.own] ?? 'own',
        via: via(row),
        leads: leadsOf(row.leads, atlas),
      };
    }
    const last = rows.at(-1);
    if (last === undefined || sql === FEW || rows.length < PAGE) return;
    after = last.key;
  }
}

function leadsOf(leads: string | null, atlas: Atlas): readonly string[] {
  if (leads === null) return [];
  return leads.split(',').flatMap((at) => atlas.edges[Number(at)]?.reference.id ?? []);
}

interface Step {
  readonly sought: number;
  readonly val: number | null;
  readonly edge: number | null;
  readonly parent: number | null;
}

/** The path that led to a record: identifier types and references, from what the operator gave onward. */
function viaOf(graph: Graph, atlas: Atlas, person: number): (step: Step) => readonly string[] {
  const known = new Map<number, readonly string[]>();
  const ofNode = (node: number, depth: number): readonly string[] => {
    const kept = known.get(node);
    if (kept !== undefined) return kept;
    const step = graph.get<Step>(
      `select val, edge, parent, ${SOUGHT('inc')} as sought from inc where person = ? and node = ?`,
      person,
      node,
    );
    const path = step === undefined || depth > 100 ? [] : of(step, depth + 1);
    if (known.size > 10_000) known.clear();
    known.set(node, path);
    return path;
  };
  const of = (step: Step, depth: number): readonly string[] => {
    const before = step.parent === null ? [] : ofNode(step.parent, depth);
    if (step.edge !== null) return [...before, atlas.edges[step.edge]?.reference.id ?? ''];
    if (step.val === null) return step.sought === 1 ? [...before, 'record'] : before;
    const type =
      graph.get<{ readonly type: string }>('select type from val where id = ?', step.val)?.type ?? '';
    return [...before, type];
  };
  return (step) => of(step, 0);
}

/** What is known of the person: the operator's identifiers first, then those learnt from own roots. */
export function identifiersOf(graph: Graph, atlas: Atlas, person: number): readonly LocatedIdentifier[] {
  return graph
    .all<{
      readonly type: string;
      readonly value: string;
      readonly strong: number;
      readonly given: number;
      readonly followed: number;
      readonly mark: number | null;
    }>(
      `select v.type, v.value, v.strong, p.given, ${FOLLOWED} as followed,
         (select k.mark from carry k join mark m on m.id = k.mark where k.val = v.id
            and (k.node = p.carrier or exists (select 1 from link l where l.node = k.node and l.edge = m.edge and l.target = p.carrier))
            limit 1) as mark
       from pval p join val v on v.id = p.val where p.person = ? order by p.given desc, v.id`,
      person,
    )
    .map((row) => ({
      type: row.type,
      value: row.value,
      strength: row.strong === 1 ? 'strong' : 'weak',
      from: row.given === 1 ? 'operator' : (atlas.marks[row.mark ?? -1]?.name ?? 'a record'),
      followed: row.followed === 1,
    }));
}

/** Values that were not followed; names none of them. */
export function warningsOf(graph: Graph, atlas: Atlas, person: number): readonly string[] {
  const rows = graph.all<{ readonly type: string; readonly elsewhere: string | null }>(
    `select v.type, (select group_concat(distinct m.place) from hit h join mark m on m.id = h.mark
        where h.val = p.val and h.near = 0 and not exists (select 1 from holder r where r.val = h.val and r.root = h.node)) as elsewhere
     from pval p join val v on v.id = p.val and v.strong = 1
     where p.person = ? and ((exists (select 1 from conflict x where x.val = p.val)
         and not exists (select 1 from excused e where e.person = p.person and e.val = p.val))
       or exists (select 1 from barred b where b.person = p.person and b.val = p.val))`,
    person,
  );
  return rows.map(({ type, elsewhere }) => {
    const places = (elsewhere ?? '')
      .split(',')
      .flatMap((at) => (at === '' ? [] : [atlas.places[Number(at)]?.collection.id ?? '']));
    const found = places.length === 0 ? '' : `; records that hold it in ${places.join(', ')} were left out`;
    return `one ${type} of this person is also somebody else's and was not followed${found}`;
  });
}
