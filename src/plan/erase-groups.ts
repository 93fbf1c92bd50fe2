import { clearedFields, maskedFields, minimisedFields } from '../mask/masked-fields.js';
import { fieldPathText } from '../model/catalog.js';
import type { Collection } from '../model/map.js';
import { type Facts, ROLE } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import type { Edge, Place, Terrain } from '../survey/terrain.js';
import { type Cause, causesOf, FATE, LETS_GO } from './erase-fates.js';
import { whyBent, whyKeyStays, whyLinkStays, whyMentionStays } from './erase-whys.js';
import type { FieldChange, PlanGroup } from './plan.js';
import type { PlanBuilder } from './plan-store.js';

/**
 * - cut: links that are let go. leant: links of a masked record to a shared one that may not be.
 * - told: links that name the person: what is said of whom they name goes, also where the link must stay.
 * - sig: what tells records of one place apart in the plan, beside their fate.
 */
const SCHEMA = `
create table cut (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table leant (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table told (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table sig (spot integer primary key, cuts text not null default '', names text not null default '',
  leans text not null default '', tells text not null default '', pointed int not null default 0, held int);
`;

const GOING = `${FATE.delete}, ${FATE.remove}`;
const BONDS = `from bond b join way w on w.edge = b.edge join spot s on s.id = b.spot join fate f on f.spot = s.id
  join spot t on t.id = b.target join fate g on g.spot = t.id`;
const TO_SHARED = `s.role = ${ROLE.own} and f.fate = ${FATE.mask} and t.role = ${ROLE.shared} and w.relation in ('owns', 'owned-by')`;

/** Notes for every record that stays which links it lets go of, and what points at it. */
export function signRecords(facts: Facts): void {
  for (const sql of SCHEMA.split(';').filter((each) => each.trim() !== '')) facts.run(sql);
  facts.run(`insert or ignore into cut (spot, edge) select b.spot, b.edge ${BONDS}
    where f.fate not in (${GOING}) and f.fate <> ${FATE.manual} and (s.role <> ${ROLE.own} or f.fate = ${FATE.mask}) and ${LETS_GO}
      and (g.fate in (${GOING}) or (${TO_SHARED})
        or (s.role in (${ROLE.shared}, ${ROLE.mention}) and w.relation = 'mentions' and t.role = ${ROLE.own}))`);
  facts.run(
    `insert or ignore into leant (spot, edge) select b.spot, b.edge ${BONDS} where ${TO_SHARED} and w.frees = 0`,
  );
  facts.run(`insert or ignore into told (spot, edge) select b.spot, b.edge ${BONDS}
    where s.role in (${ROLE.shared}, ${ROLE.mention}) and f.kept = 0 and f.fate = ${FATE.stay} and w.keeps = 0
      and w.relation = 'mentions' and t.role = ${ROLE.own}`);
  sign(facts, 'tells', 'edge', 'told');
  sign(facts, 'cuts', 'edge', 'cut');
  sign(facts, 'leans', 'edge', 'leant');
  sign(
    facts,
    'names',
    'field',
    '(select n.spot, n.field from naming n join fate f on f.spot = n.spot where f.kept = 0)',
  );
  facts.run(
    `insert or ignore into cause (edge, role, kept, fate, rule) select distinct w.edge, s.role, f.kept, f.fate, f.rule ${POINTING}`,
  );
  facts.run(`insert into sig (spot, pointed, held)
    select t.id, 1, min(case when f.fate in (${FATE.stay}, ${FATE.manual}) then c.id end)
    ${POINTING.replace('where', 'join cause c on c.edge = w.edge and c.role = s.role and c.kept = f.kept and c.fate = f.fate and c.rule = f.rule where')}
    group by t.id on conflict (spot) do update set pointed = 1, held = excluded.held`);
}

/** What stays and points at a masked record. */
const POINTING = `${BONDS} where b.spot <> b.target and g.fate = ${FATE.mask} and t.role = ${ROLE.own} and f.fate not in (${GOING})
  and not exists (select 1 from cut x where x.spot = b.spot and x.edge = b.edge)`;

function sign(facts: Facts, column: string, value: string, from: string): void {
  facts.run(`insert into sig (spot, ${column}) select spot, group_concat(${value}, ' ')
    from (select spot, ${value} from ${from} order by spot, ${value}) where true group by spot
    on conflict (spot) do update set ${column} = excluded.${column}`);
}

interface Row {
  readonly role: number;
  readonly fate: number;
  readonly kept: number;
  readonly rule: number;
  readonly because: number | null;
  readonly cuts: string;
  readonly names: string;
  readonly leans: string;
  readonly tells: string;
  readonly pointed: number;
  readonly held: number | null;
}

const ROWS = `select s.role, f.fate, f.kept, f.rule, f.because, coalesce(x.cuts, '') as cuts, coalesce(x.names, '') as names,
    coalesce(x.leans, '') as leans, coalesce(x.tells, '') as tells, coalesce(x.pointed, 0) as pointed, x.held
  from spot s join fate f on f.spot = s.id left join sig x on x.spot = s.id`;
const SAME = `s.place = ? and s.role = ? and f.fate = ? and f.kept = ? and f.rule = ? and f.because is ?
  and coalesce(x.cuts, '') = ? and coalesce(x.names, '') = ? and coalesce(x.leans, '') = ? and coalesce(x.tells, '') = ? and coalesce(x.pointed, 0) = ? and x.held is ?`;

type Told = Pick<PlanGroup, 'action' | 'fields' | 'ground' | 'law' | 'until' | 'why'>;

export interface GroupInput {
  readonly terrain: Terrain;
  readonly facts: Facts;
  readonly rules: Rules;
  readonly builder: PlanBuilder;
}

/** Adds what becomes of the records that are not deleted, place by place: those that are written to, or the others. */
export function addStaying(
  { terrain, facts, rules, builder }: GroupInput,
  which: 'written' | 'untouched',
): void {
  const causes = causesOf(facts);
  for (const place of terrain.places) {
    const { collection } = place;
    if (collection === null) continue;
    const rows = facts.all<Row>(
      `select distinct * from (${ROWS} where s.place = ? and s.role <> ${ROLE.other} and f.fate not in (${GOING}))
       order by role, fate, kept, rule, because, cuts, names, leans, tells, pointed, held`,
      place.at,
    );
    for (const row of rows) {
      const told = tell(row, place, collection, terrain, rules, causes);
      if (told.fields.length > 0 !== (which === 'written')) continue;
      const role = ROLE_NAME[row.role] ?? 'own';
      const group = builder.add({ collection: collection.id, source: place.source, role, ...told });
      const { fate, kept, rule, because, cuts, names, leans, tells, pointed, held } = row;
      builder.rowsFrom(
        group,
        `select s.key from spot s join fate f on f.spot = s.id left join sig x on x.spot = s.id where ${SAME}`,
        ...[place.at, row.role, fate, kept, rule, because, cuts, names, leans, tells, pointed, held],
      );
    }
  }
}

const ROLE_NAME = ['own', 'shared', 'mention'] as const;

function tell(
  row: Row,
  place: Place,
  collection: Collection,
  terrain: Terrain,
  rules: Rules,
  causes: ReadonlyMap<number, Cause>,
): Told {
  const { ground, law, until, why, retention } = rules.at(row.rule);
  const bent = row.because === null ? null : causes.get(row.because);
  const bentWhy = bent === null || bent === undefined ? why : whyBent(bent, terrain, rules);
  if (row.fate === FATE.manual) return { action: 'manual', fields: [], ground, law, until, why };
  if (row.role === ROLE.own && row.fate === FATE.mask)
    return tellMasked(row, place, collection, terrain, rules, causes, bentWhy);
  if (row.role === ROLE.own) {
    const names = retention === null ? [] : (collection.retain[retention]?.mask ?? []);
    const fields = minimisedFields(collection, place.info, names).map(({ field, to }) => ({ field, to }));
    return { action: 'keep', fields, ground, law, until, why };
  }
  if (row.kept === 1 && row.role === ROLE.mention)
    return { action: 'keep', fields: [], ground, law, until, why };
  const fields = once([
    ...cleared(row.cuts, terrain),
    ...saidOf(row.tells, collection, place, terrain),
    ...namesCleared(row.names, collection, place),
  ]);
  const none = { ground: null, law: null, until: null };
  if (fields.length > 0) return { action: 'clear', fields, ...none, why: bentWhy };
  const theirs = { ...none, ground: 'third-party-rights' };
  if (row.role === ROLE.shared)
    return { action: 'keep', fields, ...theirs, why: "it is somebody else's, too" };
  return { action: 'keep', fields, ...theirs, why: bentWhy ?? whyMentionStays(place.out) };
}

function tellMasked(
  row: Row,
  place: Place,
  collection: Collection,
  terrain: Terrain,
  rules: Rules,
  causes: ReadonlyMap<number, Cause>,
  bentWhy: string | null,
): Told {
  const referred = new Set(place.into.flatMap(({ on }) => on.map(({ column }) => column)));
  const { changes } = maskedFields(collection, place.info, (column) => referred.has(column));
  const free = changes.filter((change) => row.pointed === 0 || !(change.touchesKey || change.isReferred));
  const fields = once([...free.map(({ field, to }) => ({ field, to })), ...cleared(row.cuts, terrain)]);
  const holder = row.held === null ? undefined : causes.get(row.held);
  const staying = collection.fields
    .filter(({ identifier, at, name }) => {
      const isPointedAt = place.key.includes(at.column) || referred.has(at.column);
      return identifier !== null && isPointedAt && !fields.some(({ field }) => field === name);
    })
    .map(({ name }) => name);
  const keyStays = staying.length > 0 && holder !== undefined;
  const under = keyStays ? rules.at(holder.rule) : null;
  const whys = [
    bentWhy,
    keyStays ? whyKeyStays(staying, holder, terrain) : null,
    row.leans === '' ? null : whyLinkStays(edgesOf(row.leans, terrain)),
  ].filter((each) => each !== null);
  return {
    action: 'mask',
    fields,
    ground: under === null ? null : (under.ground ?? 'third-party-rights'),
    law: under?.law ?? null,
    until: under?.until ?? null,
    why: whys.length === 0 ? null : whys.join('; '),
  };
}

function edgesOf(list: string, terrain: Terrain): readonly Edge[] {
  return list === '' ? [] : list.split(' ').flatMap((at) => terrain.edges[Number(at)] ?? []);
}

function cleared(cuts: string, terrain: Terrain): readonly FieldChange[] {
  return edgesOf(cuts, terrain).flatMap(({ clears }) =>
    clears.map((field) => ({ field, to: 'null' as const })),
  );
}

/** Fields `of` a reference that names the person; the reference itself goes only where it may. */
function saidOf(
  tells: string,
  collection: Collection,
  place: Place,
  terrain: Terrain,
): readonly FieldChange[] {
  return edgesOf(tells, terrain).flatMap(({ fields }) => {
    const named = fields.map(fieldPathText);
    return named
      .flatMap((name) => clearedFields(collection, place.info, name))
      .filter(({ field }) => !named.includes(field))
      .map(({ field, to }) => ({ field, to }));
  });
}

function namesCleared(names: string, collection: Collection, place: Place): readonly FieldChange[] {
  const fields = names === '' ? [] : names.split(' ').flatMap((at) => collection.fields[Number(at)] ?? []);
  return fields
    .filter(({ onErase }) => onErase !== 'keep')
    .flatMap((field) =>
      clearedFields(collection, place.info, field.name).map((change) => ({
        field: change.field,
        to: change.to,
      })),
    );
}

function once(changes: readonly FieldChange[]): readonly FieldChange[] {
  return [...new Map(changes.toReversed().map((change) => [change.field, change])).values()].toReversed();
}
