import { comparable } from '../apply/comparable.js';
import type { Target } from '../apply/target.js';
import { countByKey, foundInChunk } from '../connector/by-key.js';
import type { Found, Reader } from '../connector/contract.js';
import { CHUNK } from '../connector/key-set.js';
import { keyText } from '../model/value.js';
import type { Plan, PlanRow } from '../plan/plan.js';
import type { Residue } from './residue.js';
import type { Traces } from './traces.js';

/**
 * Reads back by key what became of one group's records: what was deleted is gone, what was emptied is
 * empty, what was masked names the person no more, what was set is set. A record counts once.
 */
export async function readBack(
  plan: Plan,
  target: Target,
  reader: Reader,
  traces: Traces,
  residue: Residue,
): Promise<void> {
  const { collection, group, columns } = target;
  if (group.action === 'delete') {
    residue.add(collection.id, 'still there', await countByKey(reader, collection, plan.keys(target.at)));
    return;
  }
  const fields = columns.map(({ column }) => column);
  for (const rows of rowChunks(plan, target.at)) {
    const planned = new Map(rows.map((row) => [keyText(row.key), row]));
    const keys = rows.map(({ key }) => key);
    for await (const batch of foundInChunk(reader, collection, keys, fields)) {
      for (const found of batch) {
        const why = leftIn(target, found, planned.get(keyText(found.key)), traces);
        if (why !== null) residue.add(collection.id, why, 1);
      }
    }
  }
}

/** What a record still holds that it should not, told by the field's name. */
function leftIn(target: Target, { values }: Found, row: PlanRow | undefined, traces: Traces): string | null {
  for (const [at, { parts, info }] of target.columns.entries()) {
    const value = values[at] ?? null;
    for (const part of parts) {
      const { name, to } = part;
      if (to === 'new') {
        const planned = row?.new[part.value] ?? null;
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
