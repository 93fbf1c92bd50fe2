import { comparable } from '../apply/comparable.js';
import type { FieldPart, Target } from '../apply/target.js';
import { foundByKey, foundInChunk } from '../connector/by-key.js';
import type { Found, Reader } from '../connector/contract.js';
import { CHUNK } from '../connector/key-set.js';
import { keyText } from '../model/value.js';
import type { Plan, PlanRow } from '../plan/plan.js';
import type { Later } from './later.js';
import type { Residue } from './residue.js';
import type { Traces } from './traces.js';

/**
 * Reads back by key what became of one group's records: what was deleted is gone, what was emptied is
 * empty, what was masked names the person no more, what was set is set. A record counts once; what a later
 * plan says something else of is left to that one.
 */
export async function readBack(
  plan: Plan,
  target: Target,
  reader: Reader,
  traces: Traces,
  later: Later,
  residue: Residue,
): Promise<void> {
  const { collection, group, columns } = target;
  if (group.action === 'delete') {
    for await (const batch of foundByKey(reader, collection, plan.keys(target.at), [])) {
      const left = batch.filter(({ key }) => !later.judges(collection.id, key));
      residue.add(collection.id, 'still there', left.length);
    }
    return;
  }
  const staying = identifiersLeft(target);
  const fields = [...columns.map(({ column }) => column), ...staying.map(({ at }) => at.column)];
  for (const rows of rowChunks(plan, target.at)) {
    const planned = new Map(rows.map((row) => [keyText(row.key), row]));
    const keys = rows.map(({ key }) => key);
    for await (const batch of foundInChunk(reader, collection, keys, fields)) {
      for (const found of batch) {
        const row = planned.get(keyText(found.key));
        if (row === undefined || later.judges(collection.id, row.key)) continue;
        const isLast = (field: string) => !later.sets(collection.id, row.key, field);
        const why = leftIn(target, found, row, traces, isLast) ?? stillNaming(target, found, staying, traces);
        if (why !== null) residue.add(collection.id, why, 1);
      }
    }
  }
}

/**
 * Identifiers of a masked record that the plan does not write, a key or what others refer to: where no
 * ground keeps them and the map does not say keep, they may not name the person any more.
 */
function identifiersLeft({ collection, group }: Target): readonly FieldPart[] {
  if (group.action !== 'mask' || group.ground !== null) return [];
  return collection.fields
    .filter(
      ({ identifier, relation, of, mask }) =>
        identifier !== null && relation === null && of === null && mask !== 'keep',
    )
    .filter(({ name }) => !group.fields.some(({ field }) => field === name))
    .map((field) => ({ name: field.name, at: field.at, field, to: 'keep', value: -1 }));
}

function stillNaming(
  target: Target,
  { values }: Found,
  staying: readonly FieldPart[],
  traces: Traces,
): string | null {
  const first = target.columns.length;
  const naming = staying.find((part, at) => traces.names(values[first + at] ?? null, part, target));
  return naming === undefined ? null : `${naming.name} still names the person, and nothing keeps it`;
}

/** What a record still holds that it should not, told by the field's name. */
function leftIn(
  target: Target,
  { values }: Found,
  row: PlanRow,
  traces: Traces,
  isLast: (field: string) => boolean,
): string | null {
  for (const [at, { parts, info }] of target.columns.entries()) {
    const value = values[at] ?? null;
    for (const part of parts) {
      const { name, to } = part;
      if (!isLast(name)) continue;
      if (to === 'new') {
        const planned = row.new[part.value] ?? null;
        if (comparable(value, info.type) !== comparable(planned, info.type))
          return `${name} does not hold the new value`;
      } else if (to === 'null') {
        if (!traces.isEmpty(value, part.at)) return `${name} is not empty`;
      } else if (traces.names(value, part, target)) return `${name} still names the person`;
    }
  }
  return null;
}

function* rowChunks(plan: Plan, group: number): Generator<readonly PlanRow[]> {
  let chunk: PlanRow[] = [];
  for (const row of plan.rows(group)) {
    chunk.push(row);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
