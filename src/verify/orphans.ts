import type { Target } from '../apply/target.js';
import { foundInChunk } from '../connector/by-key.js';
import type { Found, Reader } from '../connector/contract.js';
import { CHUNK, keySetOf } from '../connector/key-set.js';
import type { Collection, Reference } from '../model/map.js';
import { type Key, keyText, scalarOf } from '../model/value.js';
import type { VerifyInput } from './input.js';
import { laterOf } from './later.js';
import { type Orphan, orphanJudge } from './orphan-judge.js';
import type { Residue } from './residue.js';

export interface OrphanInput
  extends Pick<VerifyInput, 'plan' | 'earlier' | 'later' | 'map' | 'catalogs' | 'readers' | 'goneBefore'> {
  readonly people: VerifyInput['located']['people'];
}

/**
 * Counts records that belong to one that a group deleted or masked, and that nothing tells of: they came
 * after, or were restored, and no search finds them any more, since what led to them is gone. What a plan
 * keeps is none. One query a reference and some thousand keys; keys of deleted records that were given out
 * again are left out. A masked record stands, so whatever belongs to it is told, even where somebody came
 * back under it.
 */
export function orphanCounter(
  input: OrphanInput,
  residue: Residue,
): (target: Target, reader: Reader) => Promise<void> {
  const { plan, map, readers } = input;
  const judge = orphanJudge(input);
  const later = laterOf(input.later);
  return async (target, reader) => {
    const { collection, group } = target;
    const { action } = group;
    if (group.role !== 'own' || (action !== 'delete' && action !== 'mask')) return;
    const belonging = map.collections.flatMap((child) =>
      child.references
        .filter((reference) => leadsTo(reference, collection))
        .map((reference) => ({ child, reference })),
    );
    if (belonging.length === 0) return;
    const columns = [
      ...new Set(belonging.flatMap(({ reference }) => reference.on.map(({ column }) => column))),
    ];
    const why = `belongs to a record that was ${action === 'delete' ? 'deleted' : 'masked'}`;
    const counts = new Map<Collection, number>();
    for (const chunk of plan.keys(target.at).chunks(CHUNK)) {
      const there = await standing(reader, collection, chunk, action === 'delete' ? [] : columns);
      const gone = chunk.filter((key) => !there.has(keyText(key)) && !later.judges(collection.id, key));
      for (const { child, reference } of belonging) {
        const keys = [
          ...(isByKey(reference, collection) ? gone : []),
          ...(action === 'mask' ? referred([...there.values()], columns, reference) : []),
        ];
        const unplanned: Orphan[] = [];
        for await (const batch of childrenOf(readers.get(child.source), child, reference, keys)) {
          unplanned.push(...batch.filter(({ key }) => !judge.isPlanned(child, key)));
        }
        const left = await judge.left(child, reference, unplanned);
        counts.set(child, (counts.get(child) ?? 0) + left);
      }
    }
    for (const [child, records] of counts) residue.add(child.id, why, judge.less(child, records));
  };
}

async function standing(
  reader: Reader,
  collection: Collection,
  chunk: readonly Key[],
  columns: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const there = new Map<string, Found>();
  for await (const batch of foundInChunk(reader, collection, chunk, columns)) {
    for (const found of batch) there.set(keyText(found.key), found);
  }
  return there;
}

/** What a reference to these records would hold. */
function referred(
  rows: readonly Found[],
  columns: readonly string[],
  { on }: Pick<Reference, 'on'>,
): readonly Key[] {
  return rows.flatMap(({ values }) => {
    const key = on.flatMap(({ column }) => scalarOf(values[columns.indexOf(column)] ?? null) ?? []);
    return key.length === on.length ? [key] : [];
  });
}

async function* childrenOf(
  reader: Reader | undefined,
  { table, key, references }: Collection,
  { fields, when }: Reference,
  keys: readonly Key[],
): AsyncGenerator<readonly Orphan[]> {
  if (reader === undefined || keys.length === 0) return;
  const wanted = [
    ...new Set(
      references
        .filter(({ relation }) => relation === 'owned-by')
        .flatMap((each) => [
          ...each.fields.map(({ column }) => column),
          ...each.when.map(({ field }) => field),
        ]),
    ),
  ];
  const match = { fields, mode: 'exact' as const, keys: keySetOf(keys, fields.length), when };
  for await (const batch of reader.find({ collection: table, key, matches: [match], fields: wanted })) {
    yield batch.map((found) => ({
      key: found.key,
      column: (name) => found.values[wanted.indexOf(name)] ?? null,
    }));
  }
}

function leadsTo({ relation, to, on }: Reference, { id }: Collection): boolean {
  return relation === 'owned-by' && to === id && on.every(({ path }) => path.length === 0);
}

function isByKey({ on }: Reference, { key }: Collection): boolean {
  return on.length === key.length && on.every(({ column }, at) => column === key[at]);
}
