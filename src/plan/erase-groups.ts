import { clearedFields, type FieldMask, maskedFields, minimisedFields } from '../mask/masked-fields.js';
import { fieldPathText } from '../model/catalog.js';
import type { Collection, Field } from '../model/map.js';
import { type Facts, ROLE } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import type { Edge, Place, Terrain } from '../survey/terrain.js';
import { type Cause, causesOf, FATE, LETS_GO, noteCauses, withCause } from './erase-fates.js';
import { whyBent, whyKeyStays, whyLinkStays, whyMentionStays } from './erase-whys.js';
import type { FieldChange, PlanGroup } from './plan.js';
import type { PlanBuilder } from './plan-store.js';

/**
 * - cut: links that are let go. leant: links of a masked record to a shared one that may not be.
 * - told: links that name the person: what is said of whom they name goes, also where the link must stay.
 * - bound: links of a masked record that stay.
 * - sig: what tells records of one place apart in the plan, beside their fate.
 */
const SCHEMA = `
create table cut (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table leant (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table told (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table bound (spot int not null, edge int not null, primary key (spot, edge)) without rowid;
create table sig (spot integer primary key, cuts text not null default '', names text not null default '',
  leans text not null default '', tells text not null default '', bound text not null default '', pointed int not null default 0, held int);
`;

const GOING = `${FATE.delete}, ${FATE.remove}`;
const BONDS = `from bond b join way w on w.edge = b.edge join spot s on s.id = b.spot join fate f on f.spot = s.id
  join spot t on t.id = b.target join fate g on g.spot = t.id`;
const TO_SHARED = `s.role = ${ROLE.own} and f.fate = ${FATE.mask} and t.role = ${ROLE.shared} and w.relation in ('owns', 'owned-by')`;

/** Notes for every record that stays which links it lets go of, and what points at it. */
export function signRecords(facts: Facts, rules: Rules): void {
  for (const sql of SCHEMA.split(';').filter((each) => each.trim() !== '')) facts.run(sql);
  facts.run(`insert or ignore into cut (spot, edge) select b.spot, b.edge ${BONDS}
    where f.fate not in (${GOING}) and f.fate <> ${FATE.manual} and (s.role <> ${ROLE.own} or f.fate = ${FATE.mask}) and ${LETS_GO}
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
  readonly bound: string;
  readonly pointed: number;
  readonly held: number | null;
}

const ROWS = `select s.role, f.fate, f.kept, f.rule, f.because, coalesce(x.cuts, '') as cuts, coalesce(x.names, '') as names,
    coalesce(x.leans, '') as leans, coalesce(x.tells, '') as tells, coalesce(x.bound, '') as bound, coalesce(x.pointed, 0) as pointed, x.held
  from spot s join fate f on f.spot = s.id left join sig x on x.spot = s.id`;
const SAME = `s.place = ? and s.role = ? and f.fate = ? and f.kept = ? and f.rule = ? and f.because is ?
  and coalesce(x.cuts, '') = ? and coalesce(x.names, '') = ? and coalesce(x.leans, '') = ? and coalesce(x.tells, '') = ? and coalesce(x.bound, '') = ? and coalesce(x.pointed, 0) = ? and x.held is ?`;

type Told = Pick<PlanGroup, 'action' | 'fields' | 'ground' | 'law' | 'until' | 'why'>;

export interface GroupInput {
  readonly terrain: Terrain;
  readonly facts: Facts;
  readonly rules: Rules;
  readonly builder: PlanBuilder;
}

/**
 * When a group has its turn: what lets go of others comes before the deletions; what changes a key, or
 * what others refer to, after them, when those who referred to it are gone.
 */
export type Turn = 'before' | 'after' | 'untouched';

/** Adds what becomes of the records that are not deleted, place by place: those whose turn it is. */
export function addStaying({ terrain, facts, rules, builder }: GroupInput, turn: Turn): void {
  const causes = causesOf(facts);
  for (const place of terrain.places) {
    const { collection } = place;
    if (collection === null) continue;
    const rows = facts.all<Row>(
      `select distinct * from (${ROWS} where s.place = ? and s.role <> ${ROLE.other} and f.fate not in (${GOING}))`,
      place.at,
    );
    const alike = new Map<
      string,
      { readonly told: Told; readonly role: PlanGroup['role']; readonly rows: Row[] }
    >();
    for (const row of rows) {
      const { turn: own, ...told } = tell(row, place, collection, terrain, rules, causes);
      if (own !== turn) continue;
      const role = ROLE_NAME[row.role] ?? 'own';
      const text = JSON.stringify([role, told]);
      const group = alike.get(text) ?? { told, role, rows: [] };
      group.rows.push(row);
      alike.set(text, group);
    }
    for (const [, { told, role, rows: same }] of [...alike].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const group = builder.add({ collection: collection.id, source: place.source, role, ...told });
      for (const row of same) {
        const { fate, kept, rule, because, cuts, names, leans, tells, bound, pointed, held } = row;
        builder.rowsFrom(
          group,
          `select s.key from spot s join fate f on f.spot = s.id left join sig x on x.spot = s.id where ${SAME}`,
          ...[place.at, row.role, fate, kept, rule, because, cuts, names, leans, tells, bound, pointed, held],
        );
      }
    }
  }
}

const ROLE_NAME = ['own', 'shared', 'mention'] as const;

interface Turned extends Told {
  readonly turn: Turn;
}

function tell(
  row: Row,
  place: Place,
  collection: Collection,
  terrain: Terrain,
  rules: Rules,
  causes: ReadonlyMap<number, Cause>,
): Turned {
  const { ground, law, until, why, retention } = rules.at(row.rule);
  const bent = row.because === null ? undefined : causes.get(row.because);
  const bentWhy = bent === undefined ? why : whyBent(bent, terrain, rules);
  const untouched = { fields: [], turn: 'untouched' } as const;
  if (row.fate === FATE.manual) return { action: 'manual', ...untouched, ground, law, until, why };
  if (row.role === ROLE.own && row.fate === FATE.mask)
    return tellMasked(row, place, collection, terrain, rules, causes, bentWhy);
  if (row.role === ROLE.own) {
    const names = retention === null ? [] : (collection.retain[retention]?.mask ?? []);
    const written = writtenFields(row, place, minimisedFields(collection, place.info, names));
    const whys = [why, whyKeysStay(written, row, terrain, causes)].filter((each) => each !== null);
    return { action: 'keep', ...turned(written), ground, law, until, why: whys.join('; ') || null };
  }
  if (row.kept === 1 && row.role === ROLE.mention) {
    return { action: 'keep', ...untouched, ground, law, until, why };
  }
  const fields = once([
    ...cleared(row.cuts, terrain),
    ...saidOf(row.tells, collection, place, terrain),
    ...namesCleared(row.names, collection, place),
  ]);
  const none = { ground: null, law: null, until: null };
  if (fields.length > 0) return { action: 'clear', fields, turn: 'before', ...none, why: bentWhy };
  const theirs = { ...none, ground: 'third-party-rights' };
  if (row.role === ROLE.shared) {
    return { action: 'keep', ...untouched, ...theirs, why: "it is somebody else's, too" };
  }
  return { action: 'keep', ...untouched, ...theirs, why: bentWhy ?? whyMentionStays(place.out) };
}

function tellMasked(
  row: Row,
  place: Place,
  collection: Collection,
  terrain: Terrain,
  rules: Rules,
  causes: ReadonlyMap<number, Cause>,
  bentWhy: string | null,
): Turned {
  const referred = referredColumns(place);
  const { changes } = maskedFields(collection, place.info, (column) => referred.has(column));
  const written = writtenFields(row, place, changes);
  const fields = once([...written.fields, ...cleared(row.cuts, terrain)]);
  const holder = row.held === null ? undefined : causes.get(row.held);
  const staying = collection.fields
    .filter(({ identifier, at, name }) => {
      const isPointedAt = place.key.includes(at.column) || referred.has(at.column);
      return identifier !== null && isPointedAt && !fields.some(({ field }) => field === name);
    })
    .map(({ name }) => name);
  const isKept = holder !== undefined && holder.fate !== FATE.mask;
  const under = staying.length > 0 && isKept ? rules.at(holder.rule) : null;
  const whys = [
    bentWhy,
    staying.length > 0 && holder !== undefined ? whyKeyStays(staying, holder, terrain) : null,
    row.leans === '' ? null : whyLinkStays(edgesOf(row.leans, terrain)),
  ].filter((each) => each !== null);
  return {
    action: 'mask',
    fields,
    turn: fields.length === 0 ? 'untouched' : written.turn,
    ground: under === null ? null : (under.ground ?? 'third-party-rights'),
    law: under?.law ?? null,
    until: under?.until ?? null,
    why: whys.length === 0 ? null : whys.join('; '),
  };
}

interface Written {
  readonly fields: readonly FieldChange[];
  /** Fields that say how they are masked, and stay: something points at them. */
  readonly withheld: readonly string[];
  readonly turn: Turn;
}

/**
 * A key, and what others refer to, is written only where nothing that stays points at it, and then after
 * the deletions; a record that must let go of something before them keeps it.
 */
function writtenFields(row: Row, place: Place, changes: readonly FieldMask[]): Written {
  const links = new Set(
    place.out
      .filter(({ at }) => row.bound.split(' ').includes(String(at)))
      .flatMap(({ fields }) => fields.map(({ column }) => column)),
  );
  const referred = referredColumns(place);
  const fieldOf = (name: string) => place.collection?.fields.find((field) => field.name === name);
  const isBound = (change: FieldMask) =>
    change.touchesKey || change.isReferred || referred.has(fieldOf(change.field)?.at.column ?? '');
  const stays = row.pointed === 1 || row.cuts !== '';
  // A link that stays leads nowhere with another value in it.
  const isLink = (change: FieldMask) =>
    change.to !== 'null' && links.has(fieldOf(change.field)?.at.column ?? '');
  const isWithheld = (change: FieldMask) => (stays && isBound(change)) || isLink(change);
  const written = changes.filter((change) => !isWithheld(change));
  const fields = written.map(({ field, to }) => ({ field, to }));
  return {
    fields,
    withheld: changes.filter(isWithheld).map(({ field }) => field),
    turn: fields.length === 0 ? 'untouched' : written.some(isBound) ? 'after' : 'before',
  };
}

function whyKeysStay(
  { withheld }: Written,
  row: Row,
  terrain: Terrain,
  causes: ReadonlyMap<number, Cause>,
): string | null {
  const holder = row.held === null ? undefined : causes.get(row.held);
  return withheld.length === 0 || holder === undefined ? null : whyKeyStays(withheld, holder, terrain);
}

function turned({ fields, turn }: Written): Pick<Turned, 'fields' | 'turn'> {
  return { fields, turn };
}

function referredColumns(place: Place): ReadonlySet<string> {
  return new Set(place.into.flatMap(({ on }) => on.map(({ column }) => column)));
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

/** What is `of` the same reference as an identifier that names the person is theirs, too. */
function companions({ of, relation }: Field, collection: Collection): readonly Field[] {
  if (of === null || relation !== null) return [];
  return collection.fields.filter((field) => field.of === of);
}

function namesCleared(names: string, collection: Collection, place: Place): readonly FieldChange[] {
  const fields = names === '' ? [] : names.split(' ').flatMap((at) => collection.fields[Number(at)] ?? []);
  return fields
    .filter(({ onErase }) => onErase !== 'keep')
    .flatMap((field) => [field, ...companions(field, collection)])
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
