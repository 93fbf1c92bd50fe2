import type { Facts } from '../survey/facts.js';
import type { Edge, Terrain } from '../survey/terrain.js';
import { FATE } from './erase-fates.js';

/**
 * - going: what is deleted, in which turn: rank by tables, level within a ring of tables.
 * - todo: records of a ring that have no level yet. loose: edges that stand in nobody's way any more.
 * - opened: references set null before the deletions of their ring.
 */
const SCHEMA = `
create table going (spot integer primary key, place int not null, rank int not null, level int not null);
create index going_turn on going (rank, level);
create table todo (spot integer primary key, place int not null);
create table leaf (spot integer primary key);
create table loose (edge integer primary key);
create table opened (rank int not null, edge int not null, spot int not null, primary key (rank, edge, spot)) without rowid;
`;

/** A chain of replies may be as long as it likes; beyond so many turns a reference is cleared instead. */
const MOST_LEVELS = 50;

/**
 * Puts deletions in order: who refers before who is referred to, table by table; within a ring of tables
 * record by record. A ring of records is opened by a deferrable or self-acting constraint, or by a
 * reference that may be null.
 *
 * @returns the place of which the records left over must be masked for a ring that nothing opens, and
 *   the edges that make it; null: everything is in order.
 */
export function putInOrder(facts: Facts, terrain: Terrain): StuckRing | null {
  for (const table of ['going', 'todo', 'leaf', 'loose', 'opened'])
    facts.run(`drop table if exists ${table}`);
  for (const sql of SCHEMA.split(';').filter((each) => each.trim() !== '')) facts.run(sql);
  const links = facts.all<{ readonly from: number; readonly to: number }>(
    `select distinct s.place as "from", t.place as "to" from bond b join fate f on f.spot = b.spot and f.fate in (${GOING})
     join fate g on g.spot = b.target and g.fate in (${GOING}) join spot s on s.id = b.spot join spot t on t.id = b.target`,
  );
  const places = facts
    .all<{ readonly place: number }>(
      `select distinct s.place from fate f join spot s on s.id = f.spot where f.fate in (${GOING}) order by s.place`,
    )
    .map(({ place }) => place);
  const sameSource = (a: number, b: number) => terrain.places[a]?.source === terrain.places[b]?.source;
  const inner = links.filter(({ from, to }) => sameSource(from, to));
  for (const [rank, ring] of ringsInOrder(places, inner).entries()) {
    const within = JSON.stringify(ring);
    facts.run(
      `insert into todo (spot, place) select s.id, s.place from spot s join fate f on f.spot = s.id and f.fate in (${GOING})
       where s.place in (select value from json_each(?))`,
      within,
    );
    const isRing = inner.some(({ from, to }) => ring.includes(from) && ring.includes(to));
    if (!isRing) {
      facts.run('insert into going (spot, place, rank, level) select spot, place, ?, 0 from todo', rank);
      facts.run('delete from todo');
      continue;
    }
    const stuck = peel(facts, terrain, rank);
    if (stuck !== null) return stuck;
  }
  return null;
}

const GOING = `${FATE.delete}, ${FATE.remove}`;

export interface StuckRing {
  readonly spots: readonly number[];
  readonly edge: Edge | null;
}

/** A bond of the ring that still holds. */
const HELD = `select b.spot, b.target, b.edge from bond b join todo x on x.spot = b.spot join todo y on y.spot = b.target
  where b.edge not in (select edge from loose)`;

/** Takes away, turn by turn, the records that no other of the ring refers to. */
function peel(facts: Facts, terrain: Terrain, rank: number): StuckRing | null {
  facts.run('delete from loose');
  for (let level = 0; facts.count('select exists (select 1 from todo)') === 1; ) {
    facts.run('delete from leaf');
    const free = facts.run(`insert into leaf (spot) select t.spot from todo t where not exists (
      select 1 from bond b join todo x on x.spot = b.spot where b.target = t.spot and b.edge not in (select edge from loose))`);
    if (free > 0) {
      facts.run(
        'insert into going (spot, place, rank, level) select t.spot, t.place, ?, ? from leaf l join todo t on t.spot = l.spot',
        rank,
        level,
      );
      facts.run('delete from todo where spot in (select spot from leaf)');
      level += 1;
    }
    if (free > 0 && level % MOST_LEVELS !== 0) continue;
    if (loosen(facts, terrain, rank) || free > 0) continue;
    return stuckAt(facts, terrain);
  }
  return null;
}

/** One way at a time: first what the database lets pass by itself, then references that may be null. */
function loosen(facts: Facts, terrain: Terrain, rank: number): boolean {
  const held = facts
    .all<{ readonly edge: number }>(`select distinct edge from (${HELD}) order by edge`)
    .flatMap(({ edge }) => terrain.edges[edge] ?? []);
  const passing = held.filter(passes);
  for (const edge of passing) facts.run('insert into loose (edge) values (?)', edge.at);
  if (passing.length > 0) return true;
  const nullable = held.find((edge) => edge.clears.length > 0);
  if (nullable === undefined) return false;
  facts.run(
    `insert into opened (rank, edge, spot) select distinct ?, edge, spot from (${HELD}) where edge = ?`,
    rank,
    nullable.at,
  );
  facts.run('insert into loose (edge) values (?)', nullable.at);
  return true;
}

/** Whether the database minds a target that goes first: only the map knows the reference, or it acts by itself. */
function passes({ constraint, from }: Edge): boolean {
  if (constraint === null || constraint.onDelete === 'cascade') return true;
  // What it does by itself it does at once: only a check can be put off.
  if (constraint.onDelete === 'set-default') return false;
  if (constraint.onDelete !== 'set-null') return constraint.deferrable;
  return constraint.fields.every((name) =>
    from.info.fields.some((field) => field.name === name && field.nullable),
  );
}

/** What refers into the ring but is not of it is left out: peeled from the other side. */
function stuckAt(facts: Facts, terrain: Terrain): StuckRing {
  for (;;) {
    const ends = facts.run(`delete from todo where not exists (
      select 1 from bond b join todo y on y.spot = b.target where b.spot = todo.spot and b.edge not in (select edge from loose))`);
    if (ends === 0) break;
  }
  const spots = facts.all<{ readonly spot: number }>(
    'select spot from todo where place = (select min(place) from todo) order by spot',
  );
  const edge = facts.get<{ readonly edge: number }>(`select min(edge) as edge from (${HELD})`);
  return {
    spots: spots.map(({ spot }) => spot),
    edge: terrain.edges[edge?.edge ?? -1] ?? null,
  };
}

/** Tarjan's strongly connected components: each ring of tables after those that refer to it. */
function ringsInOrder(
  places: readonly number[],
  links: readonly { readonly from: number; readonly to: number }[],
): readonly (readonly number[])[] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const rings: number[][] = [];
  const visit = (place: number): void => {
    index.set(place, index.size);
    low.set(place, index.get(place) ?? 0);
    stack.push(place);
    for (const { to } of links.filter(({ from }) => from === place)) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(place, Math.min(low.get(place) ?? 0, low.get(to) ?? 0));
    }
    if (low.get(place) !== index.get(place)) return;
    rings.push(stack.splice(stack.indexOf(place)).sort((a, b) => a - b));
  };
  for (const place of places) if (!index.has(place)) visit(place);
  // Found after all that they lead to: the other way round, who refers comes first.
  return rings.reverse();
}
