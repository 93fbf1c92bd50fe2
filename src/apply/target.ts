import type { Connector } from '../connector/contract.js';
import type { CollectionInfo, FieldInfo, FieldPath } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { Collection, Field } from '../model/map.js';
import { changes, type FieldChange, type PlanGroup } from '../plan/plan.js';
import type { ApplyInput } from './input.js';

/** A group of the plan, and what the map and the source say of where it stands. */
export interface Target {
  /** Its place in Plan.groups. */
  readonly at: number;
  readonly group: PlanGroup;
  readonly collection: Collection;
  readonly info: CollectionInfo;
  /** Columns that it writes, in the order of its first field each; empty where it deletes or keeps. */
  readonly columns: readonly ColumnChange[];
}

export interface ColumnChange {
  readonly column: string;
  readonly info: FieldInfo;
  readonly parts: readonly FieldPart[];
}

/** What is written at one place of a column. */
export interface FieldPart {
  readonly name: string;
  readonly at: FieldPath;
  /** null: the map has no field for it. */
  readonly field: Field | null;
  readonly to: FieldChange['to'];
  /** Where `to` is `new`: the index of its value in PlanRow.new. */
  readonly value: number;
}

/**
 * What the plan names in the sources asked for, found in the map and in the schemas; in the plan's order.
 *
 * @throws DsrError conflict where the map is another than the plan's, or something is not there.
 */
export function targetsOf(
  input: Pick<ApplyInput, 'plan' | 'map' | 'catalogs'>,
  wanted: (source: string) => boolean = () => true,
): readonly Target[] {
  if (input.plan.header.map !== input.map.hash) {
    throw stalePlan('the data map was changed since it was drawn up');
  }
  return input.plan.groups.flatMap((group, at) => (wanted(group.source) ? targetOf(input, group, at) : []));
}

/** @throws DsrError config where a source or collection cannot be changed. */
export function refuseUnwritable(
  targets: readonly Target[],
  connectors: ReadonlyMap<string, Connector>,
): void {
  for (const { group, collection } of targets.filter((target) => changes(target.group))) {
    if (connectors.get(group.source)?.writer === undefined) {
      throw new DsrError('config', `${group.source}: its connector only reads, so nothing can be changed`, {
        place: group.source,
        hint: 'say erase: manual for its collections in dsr.yaml',
      });
    }
    if (collection.keyKind === 'physical') {
      throw new DsrError('config', `${group.collection} has no key, so no record of it can be changed`, {
        place: group.collection,
        hint: 'name the fields that tell its records apart with key: in dsr.yaml',
      });
    }
  }
}

export function stalePlan(why: string): DsrError {
  return new DsrError('conflict', `the plan is stale: ${why}`, {
    hint: 'nothing was changed by it; draw the plan up again',
  });
}

function targetOf(
  { map, catalogs }: Pick<ApplyInput, 'map' | 'catalogs'>,
  group: PlanGroup,
  at: number,
): Target {
  const collection = map.collections.find(({ id }) => id === group.collection);
  const info = catalogs.get(group.source)?.collections.find(({ id }) => id === collection?.table);
  if (collection === undefined || info === undefined) {
    throw stalePlan(`${group.collection} is not there, or its source does not answer`);
  }
  const writes = changes(group) && group.action !== 'delete';
  return { at, group, collection, info, columns: writes ? columnsOf(group, collection, info) : [] };
}

/** `missing` is told of columns that are not there, which are left out. */
export function columnsOf(
  group: PlanGroup,
  collection: Collection,
  info: CollectionInfo,
  missing: (column: string) => void = (column) => {
    throw stalePlan(`${collection.id} has no field '${column}' any more`);
  },
): readonly ColumnChange[] {
  const columns = new Map<string, FieldPart[]>();
  let values = 0;
  for (const { field: name, to } of group.fields) {
    const value = to === 'new' ? values++ : -1;
    if (to === 'keep') continue;
    const field = collection.fields.find((each) => each.name === name) ?? null;
    const at = field?.at ?? { column: name, path: [] };
    const parts = columns.get(at.column) ?? [];
    parts.push({ name, at, field, to, value });
    columns.set(at.column, parts);
  }
  return [...columns].flatMap(([column, parts]) => {
    const found = info.fields.find(({ name }) => name === column);
    if (found !== undefined) return [{ column, info: found, parts }];
    missing(column);
    return [];
  });
}

/** Whether it gives records another key: they are not found by the plan's any more. */
export function writesKey({ collection, columns }: Target): boolean {
  return columns.some(({ column }) => collection.key.includes(column));
}
