import { columnsOf, type Target } from '../apply/target.js';
import type { CollectionInfo } from '../model/catalog.js';
import type { Collection } from '../model/map.js';
import { changes, type PlanGroup } from '../plan/plan.js';
import type { VerifyInput } from './input.js';

export interface TargetsThere {
  readonly targets: readonly Target[];
  /** What is not there any more, in words; each once. */
  readonly missing: readonly string[];
}

/**
 * What a plan did, or left to a human, found in the map and the schemas as they are now. A collection, a key
 * or a column may be another since; that is no reason not to look at the rest.
 */
export function targetsThere(
  { plan, map, catalogs, places }: Pick<VerifyInput, 'plan' | 'map' | 'catalogs' | 'places'>,
  readable: (source: string) => boolean,
  wanted: (group: PlanGroup) => boolean = () => true,
): TargetsThere {
  const targets: Target[] = [];
  const missing = new Set<string>();
  const sources = new Set(map.sources.map(({ name }) => name));
  for (const [at, group] of plan.groups.entries()) {
    const { collection: id, source, action } = group;
    if (!(changes(group) || action === 'manual') || !wanted(group)) continue;
    // What is not read is told as such.
    if (sources.has(source) && !readable(source)) continue;
    const collection = map.collections.find((each) => each.id === id);
    const info = catalogs.get(source)?.collections.find((each) => each.id === collection?.table);
    if (collection === undefined) {
      missing.add(`${id} is not in the data map any more, so it was not looked at`);
    } else if (isMoved(places?.[id], collection)) {
      missing.add(`${id} has another table or key in the data map now, so it was not looked at`);
    } else if (info === undefined) {
      missing.add(`${id}: its table is not there any more, so it was not looked at`);
    } else {
      const columns =
        changes(group) && action !== 'delete'
          ? columnsOf(group, collection, info, (column) => {
              missing.add(`${id}.${column} is not there any more, so it was not looked at`);
            })
          : [];
      targets.push({ at, group, collection, info, columns });
    }
  }
  return { targets, missing: [...missing] };
}

type Place = { readonly table: string; readonly key: readonly string[] };

function isMoved(before: Place | undefined, { table, key }: Place): boolean {
  return before !== undefined && JSON.stringify([before.table, before.key]) !== JSON.stringify([table, key]);
}

/** Whether the key is one that a database counts by itself. */
export function hasNumberKey({ key }: Pick<Collection, 'key'>, { fields }: CollectionInfo): boolean {
  return key.every((name) => fields.find((field) => field.name === name)?.type.kind === 'integer');
}
