import type { Reader } from '../../connector/contract.js';
import type { LocatedKeys } from '../../deep/located-keys.js';
import type { DeepPlace, DeepRecords, Hit } from '../../deep/search.js';
import type { Located } from '../../locate/located.js';
import type { Collection, DataMap, Field } from '../../model/map.js';
import type { PlanGroup } from '../../plan/plan.js';
import { isEnd } from '../../verify/later.js';
import type { Residue } from '../change/change.js';
import { replacedIdentifiers } from '../change/replaced-identifiers.js';
import type { AppliedPlan } from '../change/verification.js';
import type { Context } from '../context.js';
import type { Landscape } from '../landscape.js';
import { type Deep, searchDeep } from './deep.js';
import { onlyPerson } from './search.js';

/** What a deep search adds to a verification. */
export interface DeepResidue {
  readonly found: Deep;
  readonly warnings: readonly string[];
  /** By column. */
  readonly places: Residue['places'];
  /** By collection, or table: a record counts once, however many of its columns tell. */
  readonly records: readonly Pick<Residue['places'][number], 'collection' | 'records'>[];
}

export interface DeepVerifying {
  readonly context: Context;
  readonly landscape: Landscape;
  /** A new search, and the snapshots that it was made in. */
  readonly located: Located;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly applied: readonly AppliedPlan[];
}

/**
 * Where an identifier of the person stands after an erasure, or after a rectification one that was
 * replaced, that no plan keeps and the ordinary verification does not tell of.
 */
export async function verifyDeep(verifying: DeepVerifying): Promise<DeepResidue> {
  const { context, landscape, located, readers, applied } = verifying;
  const { map, types, catalogs } = landscape;
  const person = onlyPerson(located);
  const isErased = applied.some(({ plan }) => plan.header.action === 'erase');
  const identifiers = isErased
    ? person.identifiers.filter(({ followed }) => followed)
    : replacedIdentifiers(
        applied.map(({ plan }) => plan),
        map.collections,
        types,
      );
  if (!isErased && identifiers.length === 0) return nothingReplaced();
  const pass = { person, map, types, catalogs, readers, identifiers, statuses: located.sources };
  const { warnings, ...found } = await searchDeep(context, pass, (hit, keys) =>
    isErased ? isToldOrKept(hit, keys, applied, map) : mayStay(hit, keys),
  );
  const records = found.records.map((each) => ({ collection: placeOf(each), records: each.records }));
  return { found, warnings, places: found.places.map(residueOf), records };
}

function nothingReplaced(): DeepResidue {
  const warning = 'no strong identifier was replaced, so there was nothing to look for in other places';
  const found = { complete: true, places: [], records: [], tables: 0, unsearched: [] };
  return { found, warnings: [warning], places: [], records: [] };
}

function residueOf(place: DeepPlace): Residue['places'][number] {
  const { records, column } = place;
  return { collection: placeOf(place), records, why: `${column} holds an identifier of the person` };
}

function placeOf({ source, table, collection }: DeepRecords): string {
  return collection ?? `${source}.${table}`;
}

/** Whether a plan keeps what was hit there, or the verification by key tells of it. */
function isToldOrKept(
  hit: Hit,
  located: LocatedKeys,
  applied: readonly AppliedPlan[],
  map: DataMap,
): boolean {
  const { source, table, key, collections } = hit;
  const isLocated = located.has(source, table, key);
  // A row address is another in each snapshot.
  if (collections.every(({ keyKind }) => keyKind === 'physical')) return isLocated;
  const said = collections.flatMap((collection) =>
    applied.flatMap(({ plan, goneBefore }) =>
      plan
        .groupsOf(collection.id, key)
        .flatMap((at) => plan.groups[at] ?? [])
        .filter(isEnd)
        .map((group) => ({ collection, group, isGone: goneBefore(source) })),
    ),
  );
  const last = said.at(-1);
  // What is found again, and no plan knows of, is told by the search.
  if (last === undefined) return isLocated;
  // Under its number there is another record by now.
  if (last.group.action === 'delete') return isLocated || !last.isGone;
  return isKept(last.group, last.collection, hit.column, map);
}

function isKept(group: PlanGroup, collection: Collection, column: string, map: DataMap): boolean {
  if (group.action === 'keep' || group.action === 'manual') return true;
  const fields = collection.fields.filter(({ at }) => at.column === column);
  const whole = fields.filter(({ at }) => at.path.length === 0);
  const isWritten = (name: string) => group.fields.some(({ field }) => field === name);
  // Read back, and told of by that.
  if (isWritten(column) || whole.some(({ name }) => isWritten(name))) return true;
  if (whole.some((field) => field.mask === 'keep' || field.onErase === 'keep' || isLeft(group, field)))
    return true;
  // What holds a masked record in its place is never masked by itself; nor what a ground keeps.
  if (group.action !== 'mask') return false;
  return isStructure(collection, column, map) || (group.ground !== null && fields.length > 0);
}

/** A key, a reference, or what another refers to. */
function isStructure({ id, key, references }: Collection, column: string, { collections }: DataMap): boolean {
  const referred = collections.flatMap((each) => each.references).filter(({ to }) => to === id);
  const fields = [...references.flatMap((each) => each.fields), ...referred.flatMap(({ on }) => on)];
  return key.includes(column) || fields.some((field) => field.column === column && field.path.length === 0);
}

/** What identifies in a masked record and is not written: the read-back tells of it. */
function isLeft({ action }: PlanGroup, { identifier, relation, of }: Field): boolean {
  return action === 'mask' && identifier !== null && relation === null && of === null;
}

/** History that must stand as it is; in the person's own identifiers the rectification itself looks. */
function mayStay({ source, table, key, collections, column }: Hit, located: LocatedKeys): boolean {
  const fields = collections.flatMap((each) => each.fields).filter(({ at }) => at.column === column);
  if (fields.some(({ rectify }) => !rectify)) return true;
  return fields.some(({ identifier }) => identifier !== null) && located.has(source, table, key);
}
