import type { Target } from '../apply/target.js';
import { foundByKey } from '../connector/by-key.js';
import type { Reader } from '../connector/contract.js';
import type { LocatedPerson } from '../locate/located.js';
import type { OpenTask, VerifyInput } from './input.js';
import { type Later, laterOf } from './later.js';
import { countStillNaming } from './still-named.js';
import { targetsThere } from './targets.js';
import type { Traces } from './traces.js';

export interface TaskInput
  extends Pick<VerifyInput, 'plan' | 'later' | 'places' | 'map' | 'catalogs' | 'readers'> {
  readonly people: readonly LocatedPerson[];
  readonly traces: Traces;
}

export interface OpenTasks {
  readonly tasks: readonly OpenTask[];
  /** As Verified.missing. */
  readonly missing: readonly string[];
}

/**
 * What an applied erasure leaves to a human, and is still there by its key, or somebody else's and names the
 * person still, whether or not a search leads there any more. What a later plan judges is that plan's. Streams, a query for some thousand keys.
 */
export async function openTasks(input: TaskInput): Promise<OpenTasks> {
  const { plan, readers, people } = input;
  if (plan.header.action !== 'erase') return { tasks: [], missing: [] };
  const later = laterOf(input.later);
  const { targets, missing } = targetsThere(
    input,
    (source) => readers.has(source),
    ({ action }) => action === 'manual',
  );
  const counts = new Map<string, number>();
  const addresses = new Map<string, Target[]>();
  for (const target of targets) {
    const { id, keyKind } = target.collection;
    const reader = readers.get(target.group.source);
    if (reader === undefined) continue;
    if (keyKind === 'physical') addresses.set(id, [...(addresses.get(id) ?? []), target]);
    else {
      const count = target.group.role === 'own' ? countThere : countStillNaming;
      counts.set(id, (counts.get(id) ?? 0) + (await count(input, target, reader, later)));
    }
  }
  for (const [id, group] of addresses) counts.set(id, await countByAddress(input, group, people));
  const tasks = [...counts].map(([collection, records]) => ({ collection, records }));
  return { tasks: tasks.filter(({ records }) => records > 0), missing };
}

async function countThere(
  { plan }: Pick<TaskInput, 'plan'>,
  { at, collection }: Target,
  reader: Reader,
  later: Later,
): Promise<number> {
  let there = 0;
  for await (const batch of foundByKey(reader, collection, plan.keys(at), [])) {
    there += batch.filter(({ key }) => !later.judges(collection.id, key)).length;
  }
  return there;
}

/**
 * A row address may be another in each snapshot: as many as a search finds, or as addresses still hold
 * something, whichever is more, so that what is left is not taken for done.
 */
async function countByAddress(
  input: TaskInput,
  targets: readonly Target[],
  people: readonly LocatedPerson[],
): Promise<number> {
  const [first] = targets;
  if (first === undefined) return 0;
  const { collection, group } = first;
  const isJudged = input.later.some(({ groups }) => groups.some((each) => each.collection === collection.id));
  const reader = input.readers.get(group.source);
  if (isJudged || reader === undefined) return 0;
  const planned = targets.reduce((sum, target) => sum + target.group.records, 0);
  let found = 0;
  for (const person of people) {
    for (const _ of person.records(collection.id, ['own', 'shared', 'mention'])) found += 1;
  }
  let there = 0;
  if (collection.key.length > 0) {
    for (const target of targets) there += await countThere(input, target, reader, laterOf([]));
  }
  return Math.min(planned, Math.max(found, there));
}
