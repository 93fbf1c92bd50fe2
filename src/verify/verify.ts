import { type Target, targetsOf } from '../apply/target.js';
import { changes } from '../plan/plan.js';
import { countFoundAgain, countReturned } from './found-again.js';
import type { Verified, VerifyInput } from './input.js';
import { readBack } from './read-back.js';
import { countResidue } from './residue.js';
import { tracesOf } from './traces.js';

/**
 * Looks again for what an applied plan should have removed: reads its records back by key, and holds a
 * new search against it. What the plan keeps is no residue. Streams, a query for some thousand keys.
 *
 * @throws DsrError conflict where the map is another than the plan's.
 */
export async function verifyPlan(input: VerifyInput): Promise<Verified> {
  const { plan, map, readers, located } = input;
  const residue = countResidue();
  const traces = tracesOf(input);
  const down = new Set(
    located.sources.filter(({ status }) => status !== 'searched').map(({ source }) => source),
  );
  const readable = (source: string) => readers.has(source) && !down.has(source);
  for (const target of targetsOf(input, readable)) {
    input.signal.throwIfAborted();
    const { source, action } = target.group;
    const reader = readers.get(source);
    if (reader === undefined || !changes(target.group)) continue;
    // A login that was ended, a reference let go: beside what becomes of the record.
    if (action === 'disable' || action === 'open') continue;
    if (action === 'delete' && input.applied === 'earlier' && hasNumberKey(target)) {
      for (const person of located.people) countReturned(plan, person, target, residue);
    } else await readBack(plan, target, reader, traces, residue);
  }
  if (plan.header.action === 'erase') {
    for (const collection of map.collections.filter(({ source }) => readable(source))) {
      for (const person of located.people) countFoundAgain(plan, person, collection, residue);
    }
  }
  const places = residue.places();
  return {
    residual: places.reduce((sum, { records }) => sum + records, 0),
    places,
    unread: map.sources.map(({ name }) => name).filter((name) => !readable(name)),
  };
}

/** Whether the key is one that a database counts by itself. */
function hasNumberKey({ collection, info }: Target): boolean {
  return collection.key.every(
    (name) => info.fields.find((field) => field.name === name)?.type.kind === 'integer',
  );
}
