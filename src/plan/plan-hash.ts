import { createHash } from 'node:crypto';
import type { Plan } from './plan.js';
import { canonical, groupLine, hashedHeader, rowLine } from './plan-line.js';

type Hashed = Pick<Plan, 'header' | 'groups' | 'rows'>;

/**
 * `sha256:` over the plan's lines in canonical JSON: the header, less what tells when and for whom it
 * was made, then every group and its records. The same whenever the same comes out of the same map,
 * schema, answers and data; another where a key, role, action, field, old or new value, ground or
 * date is another, or the order of the groups.
 */
export function planHash(plan: Hashed): string {
  const hash = createHash('sha256');
  for (const line of planLines(plan)) hash.update(`${line}\n`);
  return `sha256:${hash.digest('hex')}`;
}

/** The lines of a plan but its header as saved, which says more. */
export function* planLines(plan: Hashed): Generator<string> {
  yield canonical(hashedHeader(plan.header));
  yield* bodyLines(plan);
}

export function* bodyLines({ groups, rows }: Pick<Plan, 'groups' | 'rows'>): Generator<string> {
  for (const [at, group] of groups.entries()) {
    yield groupLine(group);
    for (const row of rows(at)) yield rowLine(row);
  }
}

/** Where two plans differ, by the names of collections; none: at most in their order. Memory is flat. */
export function differingCollections(one: Hashed, other: Hashed): readonly string[] {
  const [before, now] = [collectionHashes(one), collectionHashes(other)];
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id));
}

function collectionHashes({ groups, rows }: Hashed): ReadonlyMap<string, string> {
  const hashes = new Map(groups.map(({ collection }) => [collection, createHash('sha256')]));
  for (const [at, group] of groups.entries()) {
    const hash = hashes.get(group.collection);
    hash?.update(`${groupLine(group)}\n`);
    for (const row of rows(at)) hash?.update(`${rowLine(row)}\n`);
  }
  return new Map([...hashes].map(([collection, hash]) => [collection, hash.digest('hex')]));
}
