import { countByKey, foundByKey, foundInChunk } from '../connector/by-key.js';
import type { Found, Writer } from '../connector/contract.js';
import { CHUNK } from '../connector/key-set.js';
import { DsrError } from '../model/error.js';
import { type Key, keyText } from '../model/value.js';
import { changes, type Plan } from '../plan/plan.js';
import type { Digest } from './digest.js';
import { type Target, writesKey } from './target.js';
import { gone } from './write.js';
import { hashesOf, type Written, type WrittenThere } from './written.js';

export interface Checking {
  readonly plan: Plan;
  readonly writer: Writer;
  readonly written: Written;
  /** All that this transaction was to do at the source, in order. */
  readonly targets: readonly Target[];
  /** Gathers what was read back. */
  readonly digest: Digest;
}

/**
 * Reads back by key, before the commit, what the plan says of one group: what goes is gone, what was
 * written stands there, what stays is there. A trigger may have changed other fields.
 *
 * @throws DsrError data naming collection and field.
 */
export async function checkGroup(checking: Checking, target: Target): Promise<void> {
  const { action } = target.group;
  if (!changes(target.group)) await checkStays(checking, target);
  else if (action === 'delete') await checkGone(checking, target);
  else await checkWritten(checking, target);
}

async function checkGone({ plan, writer }: Checking, target: Target): Promise<void> {
  for await (const found of foundByKey(writer, target.collection, plan.keys(target.at), [])) {
    throw refused(target, `${count(found)} that were to be deleted are still there`);
  }
}

async function checkStays({ plan, writer }: Checking, target: Target): Promise<void> {
  // A row address is good within one reader only.
  if (target.collection.keyKind === 'physical') return;
  const there = await countByKey(writer, target.collection, plan.keys(target.at));
  const { records } = target.group;
  if (there < records) throw refused(target, `${records - there} of ${records} records that stay are gone`);
}

async function checkWritten(checking: Checking, target: Target): Promise<void> {
  const { plan, writer, written, digest } = checking;
  const later = laterWriters(checking, target);
  const columns = target.columns.map(({ column }) => column);
  for (const keys of plan.keys(target.at).chunks(CHUNK)) {
    const planned = new Map<string, Expected>();
    for (const key of keys) {
      if (later.deletes(key)) continue;
      const there = written.of(target, key);
      if (there === null) throw gone(target);
      planned.set(keyText(there.key), { ...there, planned: key });
    }
    const now = [...planned.values()].map(({ key }) => key);
    let found = 0;
    for await (const batch of foundInChunk(writer, target.collection, now, columns)) {
      found += batch.length;
      for (const { key, values } of batch) {
        const expected = planned.get(keyText(key));
        const hashes = hashesOf(target, values);
        const wrong = columns.find(
          (column, at) =>
            expected?.hashes[at] !== hashes[at] && !later.writes(expected?.planned ?? key, column),
        );
        if (wrong !== undefined) throw otherwise(target, wrong);
        if (!writesKey(target)) digest.add(target.at, key, hashes);
      }
    }
    if (found < now.length) throw gone(target);
  }
}

interface Expected extends WrittenThere {
  /** The key that the plan knows it by. */
  readonly planned: Key;
}

interface Later {
  deletes(key: Key): boolean;
  writes(key: Key, column: string): boolean;
}

/** What groups further on do to the same records: `open` clears a reference of a record that is then deleted. */
function laterWriters({ plan, targets }: Checking, target: Target): Later {
  const rivals = new Map(
    targets
      .filter(({ at, collection, group }) => {
        return at > target.at && collection.id === target.collection.id && changes(group);
      })
      .map((rival) => [rival.at, rival]),
  );
  const of = (key: Key): readonly Target[] =>
    plan.groupsOf(target.collection.id, key).flatMap((at) => rivals.get(at) ?? []);
  if (rivals.size === 0) return { deletes: () => false, writes: () => false };
  return {
    deletes: (key) => of(key).some(({ group }) => group.action === 'delete'),
    writes: (key, column) => of(key).some(({ columns }) => columns.some((each) => each.column === column)),
  };
}

function count(found: readonly Found[]): string {
  return found.length === 1 ? '1 record' : `${found.length} records`;
}

function refused({ collection }: Target, what: string): DsrError {
  return new DsrError('data', `${collection.id}: ${what}`, {
    place: collection.id,
    hint: 'a trigger or a rule of the database stands against the plan',
  });
}

function otherwise({ collection }: Target, column: string): DsrError {
  return new DsrError('data', `${collection.id}.${column} does not hold what was written to it`, {
    place: `${collection.id}.${column}`,
    hint: 'a trigger changes the field back, or the source spells the value in another way: say it in that way',
  });
}
