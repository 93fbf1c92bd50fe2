import { clearedFields, type FieldMask, maskedFields, minimisedFields } from '../mask/masked-fields.js';
import { fieldPathText } from '../model/catalog.js';
import { heldBy } from '../model/hold.js';
import type { Collection, Field } from '../model/map.js';
import { BEFORE, ROLE } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import type { Edge, Place, Terrain } from '../survey/terrain.js';
import type { Cause } from './erase-bend.js';
import { FATE } from './erase-fates.js';
import { whyBent, whyKeyStays, whyLinkStays, whyMentionStays } from './erase-whys.js';
import type { FieldChange, PlanGroup } from './plan.js';

/** What tells records of one place apart that stay: their fate, and what erase-signs noted. */
export interface Row {
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
  /** The rule of what pins it the shortest; null: it is no husk. */
  readonly husk: number | null;
  /** How it is left as it is, see BEFORE. */
  readonly left: number;
}

export type Told = Pick<PlanGroup, 'action' | 'fields' | 'ground' | 'law' | 'until' | 'why' | 'again'>;

/**
 * When a group has its turn: what lets go of others comes before the deletions; what changes a key, or
 * what others refer to, after them, when those who referred to it are gone.
 */
export type Turn = 'before' | 'after' | 'untouched';

/** What the plan says of such records, and when it is their turn. */
export interface Turned extends Told {
  readonly turn: Turn;
}

export function tell(
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
    if (row.left === BEFORE.minimised) {
      const again = names.length === 0 ? null : 'it was minimised before and is left as it is';
      const whys = [why, again].filter((each) => each !== null);
      return { action: 'keep', ...letGo(row, terrain), ground, law, until, why: whys.join('; ') || null };
    }
    const written = writtenFields(row, place, minimisedFields(collection, place.info, names));
    const whys = [why, whyKeysStay(written, row, terrain, causes)].filter((each) => each !== null);
    return { action: 'keep', ...turned(written), ground, law, until, why: whys.join('; ') || null };
  }
  if (row.kept === 1 && (row.role === ROLE.mention || heldBy(why) !== null)) {
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
    const again = { until: row.kept === 1 ? until : null, ground: theirs.ground, law: null };
    return { action: 'keep', ...untouched, ...theirs, why: "it is somebody else's, too", again };
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
  const holder = row.held === null ? undefined : causes.get(row.held);
  const isKept = holder !== undefined && holder.fate !== FATE.mask;
  // What was only masked by its own verdict is done again once its key need not stay any more.
  if (row.left === BEFORE.husk || (row.left === BEFORE.minimised && isKept)) {
    return tellStillMasked(row, terrain, rules, isKept ? holder : undefined, bentWhy);
  }
  const referred = referredColumns(place);
  const { changes } = maskedFields(collection, place.info, (column) => referred.has(column));
  const written = writtenFields(row, place, changes);
  const fields = once([...written.fields, ...cleared(row.cuts, terrain)]);
  const staying = collection.fields
    .filter(({ identifier, at, name }) => {
      const isPointedAt = place.key.includes(at.column) || referred.has(at.column);
      return identifier !== null && isPointedAt && !fields.some(({ field }) => field === name);
    })
    .map(({ name }) => name);
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
    ...huskOf(row, rules),
  };
}

/** Only links to what goes now. */
function letGo({ cuts }: Row, terrain: Terrain): Pick<Turned, 'fields' | 'turn'> {
  const fields = once(cleared(cuts, terrain));
  return { fields, turn: fields.length === 0 ? 'untouched' : 'before' };
}

/** Its values were masked before. `holder`: what is kept and points at it. */
function tellStillMasked(
  row: Row,
  terrain: Terrain,
  rules: Rules,
  holder: Cause | undefined,
  bentWhy: string | null,
): Turned {
  const { fields, turn } = letGo(row, terrain);
  const { ground, law, until } = rules.at(holder?.rule ?? row.husk ?? 0);
  const whys = ['it was masked before and is left as it is', bentWhy].filter((each) => each !== null);
  return {
    ...{ action: fields.length === 0 ? 'keep' : 'mask', fields, turn },
    ...{ ground: ground ?? 'third-party-rights', law, until },
    why: whys.join('; '),
    ...huskOf(row, rules),
  };
}

function huskOf({ husk }: Row, rules: Rules): Pick<Told, 'again'> {
  if (husk === null) return {};
  const { until, ground, law } = rules.at(husk);
  return { again: { until, ground, law } };
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
