import { changes } from '../plan/plan.js';
import { countFoundAgain, countReturned } from './found-again.js';
import type { Verified, VerifyInput } from './input.js';
import { laterOf } from './later.js';
import { openTasks } from './open-tasks.js';
import { orphanCounter } from './orphans.js';
import { readBack } from './read-back.js';
import { countResidue } from './residue.js';
import { hasNumberKey, targetsThere } from './targets.js';
import { tracesOf } from './traces.js';

/**
 * Looks again for what an applied plan should have removed: reads its records back by key, and holds a
 * new search against it. What the plan keeps is no residue; what it leaves to a human is told until it is
 * gone. The map may be another by now. Streams, a query for some thousand keys.
 */
export async function verifyPlan(input: VerifyInput): Promise<Verified> {
  const { plan, map, located } = input;
  const residue = countResidue();
  const traces = tracesOf(input);
  const later = laterOf(input.later);
  const down = new Set(
    located.sources.filter(({ status }) => status !== 'searched').map(({ source }) => source),
  );
  const readers = new Map([...input.readers].filter(([source]) => !down.has(source)));
  const readable = (source: string) => readers.has(source);
  const { targets, missing } = targetsThere(input, readable);
  const countOrphans = orphanCounter({ ...input, readers, people: located.people }, residue);
  for (const target of targets) {
    input.signal.throwIfAborted();
    const { source, action } = target.group;
    const reader = readers.get(source);
    if (reader === undefined || !changes(target.group)) continue;
    // A login that was ended, a reference let go: beside what becomes of the record.
    if (action === 'disable' || action === 'open') continue;
    if (action === 'delete' && input.goneBefore(source) && hasNumberKey(target.collection, target.info)) {
      for (const person of located.people) countReturned(plan, person, target, later, residue);
    } else await readBack(plan, target, reader, traces, later, residue);
    await countOrphans(target, reader);
  }
  // Once for all plans of the request: what one of them knows is not new.
  if (plan.header.action === 'erase' && input.later.length === 0) {
    for (const collection of map.collections.filter(({ source }) => readable(source))) {
      for (const person of located.people) {
        countFoundAgain([...input.earlier, plan], person, collection, residue);
      }
    }
  }
  const places = residue.places();
  const { tasks } = await openTasks({ ...input, readers, traces, people: located.people });
  return {
    residual: places.reduce((sum, { records }) => sum + records, 0),
    places,
    tasks,
    missing,
    unread: map.sources.map(({ name }) => name).filter((name) => !readable(name)),
  };
}
