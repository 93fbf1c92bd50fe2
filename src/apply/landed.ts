import { foundByKey } from '../connector/by-key.js';
import type { Writer } from '../connector/contract.js';
import { changes, type Plan } from '../plan/plan.js';
import { makeDigest } from './digest.js';
import { lockTargets } from './reality.js';
import { type Target, writesKey } from './target.js';
import { hashesOf } from './written.js';

/**
 * Whether what a phase was to do at a source stands there, by the digest that was noted before its commit.
 * Holds the records first: a commit that is still on its way is waited for. What got another key is only
 * known to be gone under its old one. A record that somebody changed
 * since tells the same as one that was never written.
 *
 * @param targets what the phase was to do there, in the plan's order.
 * @throws DsrError what the source answered.
 */
export async function hasLanded(
  plan: Plan,
  writer: Writer,
  targets: readonly Target[],
  digest: string,
): Promise<boolean> {
  const changing = targets.filter(({ group }) => changes(group));
  await lockTargets(
    plan,
    writer,
    changing.toSorted((a, b) => (a.collection.id < b.collection.id ? -1 : 1)),
  );
  const now = makeDigest();
  for (const target of changing) {
    const isGone = target.group.action === 'delete' || writesKey(target);
    const columns = target.columns.map(({ column }) => column);
    for await (const batch of foundByKey(writer, target.collection, plan.keys(target.at), columns)) {
      if (isGone && batch.length > 0) return false;
      for (const { key, values } of batch) now.add(target.at, key, hashesOf(target, values));
    }
  }
  return now.text() === digest;
}
