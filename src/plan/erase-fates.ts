import { type FieldPath, fieldPathText } from '../model/catalog.js';
import { NOT_COVERED } from '../model/ground.js';
import { type Facts, ROLE, VERDICT } from '../survey/facts.js';
import { PLAIN, type Rules } from '../survey/rules.js';
import type { Edge, Place, Terrain } from '../survey/terrain.js';
import { inheritVerdicts } from './erase-inherit.js';

/** What becomes of a record. stay: as it is, or with a link let go; manual: a task. */
export const FATE = { delete: 1, remove: 2, mask: 3, stay: 4, manual: 5 } as const;

/**
 * - fate: one a record. kept: neither it nor its links are touched. because: the number in `cause` of
 *   what bent its verdict.
 * - way: what an edge allows. frees: it may be null. keeps: onErase keep. mapped: not from outside the map.
 * - cause: what stood against a verdict: an edge, and how the record fares from which it leads. sort: of
 *   several the first is told, by what it says and not by when it was found.
 */
const SCHEMA = `
create table fate (spot integer primary key, fate int not null, kept int not null, rule int not null, because int);
create index fate_of on fate (fate);
create table way (edge integer primary key, relation text not null, frees int not null, keeps int not null, mapped int not null);
create table minimised (rule int not null, edge int not null, primary key (rule, edge)) without rowid;
create table ruling (rule integer primary key, text text not null);
create index ruling_text on ruling (text);
create table cause (id integer primary key, edge int not null, role int not null, kept int not null, fate int not null, rule int not null,
  sort text not null, unique (edge, role, kept, fate, rule));
create table doubt (spot integer primary key);
create table bent (spot integer primary key, cause int not null);
`;

/** Whether the link of bond b (edge w) from record s (fate f) may be let go. */
export const LETS_GO = `w.frees = 1 and w.keeps = 0 and (
  (f.kept = 0 and ((s.role = ${ROLE.mention} and w.relation = 'mentions')
    or (s.role = ${ROLE.shared} and w.relation in ('mentions', 'owned-by'))
    or (s.role = ${ROLE.own} and f.fate = ${FATE.mask})))
  or (s.role = ${ROLE.own} and exists (select 1 from minimised z where z.rule = f.rule and z.edge = w.edge)))`;

export interface FateInput {
  readonly terrain: Terrain;
  readonly facts: Facts;
  readonly rules: Rules;
  /** Why the records of a place cannot be changed; null: they can. */
  readonly fixed: (place: Place) => string | null;
}

/** Gives every record the fate that its map entry says. */
export function firstFates({ terrain, facts, rules, fixed }: FateInput): void {
  for (const sql of SCHEMA.split(';').filter((each) => each.trim() !== '')) facts.run(sql);
  for (const edge of terrain.edges) {
    facts.run(
      'insert into way (edge, relation, frees, keeps, mapped) values (?, ?, ?, ?, ?)',
      edge.at,
      edge.relation,
      edge.clears.length > 0 && fixed(edge.from) === null ? 1 : 0,
      edge.onErase === 'keep' ? 1 : 0,
      edge.from.collection === null ? 0 : 1,
    );
  }
  inheritVerdicts(facts, rules);
  const { own } = ROLE;
  facts.run(`insert into fate (spot, fate, kept, rule)
    select id, case when role = ${ROLE.mention} and verdict = ${VERDICT.manual} then ${FATE.manual} when role <> ${own} then ${FATE.stay}
        when verdict = ${VERDICT.delete} then ${FATE.delete} when verdict = ${VERDICT.mask} then ${FATE.mask}
        when verdict in (${VERDICT.keep}, ${VERDICT.undecided}) then ${FATE.stay} else ${FATE.manual} end,
      case when role = ${ROLE.other} or verdict in (${VERDICT.keep}, ${VERDICT.undecided}, ${VERDICT.manual})
        or (role = ${own} and verdict not in (${VERDICT.delete}, ${VERDICT.mask})) then 1 else 0 end, rule
    from spot`);
  removeMentions(terrain, facts);
  for (const place of terrain.places) {
    holdListed(place, facts, rules);
    holdFixed(place, facts, rules, fixed(place));
  }
  minimise(terrain, facts, rules);
}

/** `onErase: delete`: the record that only names the person goes, unless something keeps it. */
function removeMentions(terrain: Terrain, facts: Facts): void {
  const removing = (place: Place) => ({
    edges: place.out
      .filter((edge) => edge.relation === 'mentions' && edge.onErase === 'delete')
      .map(({ at }) => at),
    fields: (place.collection?.fields ?? []).flatMap((field, at) =>
      field.relation === 'mentions' && field.onErase === 'delete' ? [at] : [],
    ),
  });
  for (const place of terrain.places) {
    const { edges, fields } = removing(place);
    if (edges.length + fields.length === 0) continue;
    facts.run(
      `update fate set fate = ${FATE.remove} where kept = 0 and spot in (
         select s.id from spot s where s.place = ? and s.role = ${ROLE.mention} and (
           exists (select 1 from naming n where n.spot = s.id and n.field in (select value from json_each(?)))
           or exists (select 1 from bond b join spot t on t.id = b.target and t.role = ${ROLE.own}
             where b.spot = s.id and b.edge in (select value from json_each(?)))))`,
      place.at,
      JSON.stringify(fields),
      JSON.stringify(edges),
    );
  }
}

/**
 * A list in somebody else's record may name others beside the person, and a plan says what happens to a
 * field, not to one of its elements: taking the person out of it is left to a human.
 */
function holdListed(place: Place, facts: Facts, rules: Rules): void {
  const { collection } = place;
  if (collection === null) return;
  const isListed = ({ path }: FieldPath) => path.includes('[]');
  const fields = collection.fields.flatMap((field, at) =>
    isListed(field.at) && field.onErase !== 'keep' ? [at] : [],
  );
  const told = (edge: Edge) =>
    edge.fields.some(isListed) &&
    collection.fields.some(({ of }) => edge.fields.some((field) => fieldPathText(field) === of));
  const edges = place.out.filter(told).map(({ at }) => at);
  if (fields.length + edges.length === 0) return;
  leave(
    facts,
    place,
    rules.number({ ...PLAIN, why: 'it names the person in a list, out of which a human must take them' }),
    `s.role in (${ROLE.shared}, ${ROLE.mention}) and g.kept = 0 and (
       exists (select 1 from naming n where n.spot = s.id and n.field in (select value from json_each('${JSON.stringify(fields)}')))
       or exists (select 1 from bond b join spot t on t.id = b.target and t.role = ${ROLE.own}
         where b.spot = s.id and b.edge in (select value from json_each('${JSON.stringify(edges)}'))))`,
  );
}

/** What cannot be changed is a task, if it should be. */
function holdFixed(place: Place, facts: Facts, rules: Rules, why: string | null): void {
  if (why === null) return;
  leave(
    facts,
    place,
    rules.number({ ...PLAIN, why }),
    `g.fate in (${FATE.delete}, ${FATE.remove}, ${FATE.mask})`,
  );
  leave(facts, place, rules.number({ ...PLAIN, why }), `s.role = ${ROLE.mention} and g.kept = 0`);
  // A login that cannot be ended is a task, too.
  const logins = place.collection?.disable == null ? [] : coveredRules(place, facts, rules);
  for (const rule of logins) {
    const told = rules.number({ ...rules.at(rule), why, retention: null });
    leave(facts, place, told, `g.fate = ${FATE.stay} and g.rule = ${rule} and s.role = ${ROLE.own}`);
  }
  // What is kept may have fields that go at once.
  const loses = facts
    .all<{ readonly rule: number }>(
      `select distinct f.rule from fate f join spot s on s.id = f.spot where s.place = ? and s.role = ${ROLE.own} and f.fate = ${FATE.stay}`,
      place.at,
    )
    .filter(({ rule }) => {
      const { retention } = rules.at(rule);
      return retention !== null && (place.collection?.retain[retention]?.mask.length ?? 0) > 0;
    });
  for (const { rule } of loses) {
    const told = rules.number({ ...rules.at(rule), why, retention: null });
    leave(facts, place, told, `g.fate = ${FATE.stay} and g.rule = ${rule} and s.role = ${ROLE.own}`);
  }
}

function leave(facts: Facts, place: Place, rule: number, which: string): void {
  facts.run(
    `update fate set fate = ${FATE.manual}, kept = 1, rule = ? where spot in (
       select s.id from spot s join fate g on g.spot = s.id where s.place = ? and ${which})`,
    rule,
    place.at,
  );
}

/** The rules of a place's own records that the request covers: their logins end. */
export function coveredRules(place: Place, facts: Facts, rules: Rules): readonly number[] {
  return facts
    .all<{ readonly rule: number }>(
      `select distinct f.rule from spot s join fate f on f.spot = s.id
       where s.place = ? and s.role = ${ROLE.own} and f.fate <> ${FATE.manual}`,
      place.at,
    )
    .map(({ rule }) => rule)
    .filter((rule) => rules.at(rule).ground !== NOT_COVERED);
}

/** Links that a kept record loses by its retention's `mask`. */
function minimise(terrain: Terrain, facts: Facts, rules: Rules): void {
  for (const place of terrain.places) {
    const kept = facts.all<{ readonly rule: number }>(
      `select distinct f.rule from fate f join spot s on s.id = f.spot where s.place = ? and f.kept = 1 and f.fate = ${FATE.stay}`,
      place.at,
    );
    for (const { rule } of kept) {
      const { retention } = rules.at(rule);
      const names = retention === null ? [] : (place.collection?.retain[retention]?.mask ?? []);
      for (const edge of place.out.filter(
        (each) => each.clears.length > 0 && each.clears.every((name) => names.includes(name)),
      )) {
        facts.run('insert or ignore into minimised (rule, edge) values (?, ?)', rule, edge.at);
      }
    }
  }
}
