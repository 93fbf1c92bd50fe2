import { keySetOf } from '../connector/key-set.js';
import { satisfies } from '../locate/field-value.js';
import type { Collection, Reference } from '../model/map.js';
import { type Key, keyText, scalarOf, type Value } from '../model/value.js';
import type { PlanGroup } from '../plan/plan.js';
import { isEnd } from './later.js';
import type { OrphanInput } from './orphans.js';
import { hasNumberKey } from './targets.js';

/** A record that belongs to one that was deleted or masked. */
export interface Orphan {
  readonly key: Key;
  /** What it holds in a column that refers to an owner, or on which that hangs. */
  column(name: string): Value;
}

export interface OrphanJudge {
  /** Whether a plan keeps it, masks it or leaves it to a human, or deleted it, which was read back by key. */
  isPlanned(child: Collection, key: Key): boolean;
  /**
   * How many of those that are not planned no search and no other owner accounts for; each is counted once.
   * Asks the sources: not while another answer of theirs streams.
   */
  left(child: Collection, reference: Reference, orphans: readonly Orphan[]): Promise<number>;
  /** Less what the plans keep there, where a row address is another in each snapshot. */
  less(child: Collection, records: number): number;
}

export function orphanJudge(input: OrphanInput): OrphanJudge {
  const { map, catalogs, people } = input;
  const plans = [...input.earlier, input.plan, ...input.later];
  const told = new Set<string>();

  const endsOf = (collection: string, key: Key): readonly PlanGroup[] =>
    plans
      .flatMap((plan) => plan.groupsOf(collection, key).flatMap((at) => plan.groups[at] ?? []))
      .filter(isEnd);
  const isPlanned = (child: Collection, key: Key): boolean => {
    if (child.keyKind === 'physical') return false;
    const last = endsOf(child.id, key).at(-1);
    if (last === undefined) return false;
    if (last.action !== 'delete') return true;
    const info = catalogs.get(child.source)?.collections.find(({ id }) => id === child.table);
    return !(input.goneBefore(child.source) && info !== undefined && hasNumberKey(child, info));
  };
  const isOwn = (collection: string, key: Key) => endsOf(collection, key).some(({ role }) => role === 'own');

  return {
    isPlanned,
    async left(child, reference, orphans) {
      const pending = new Map<string, Orphan>();
      for (const orphan of orphans) {
        const id = keyText(orphan.key);
        if (!told.has(`${child.id}\n${id}`)) pending.set(id, orphan);
      }
      if (pending.size === 0) return 0;
      // What is found again is told as that.
      for (const person of people) {
        for (const { key } of person.records(child.id, ['own', 'shared', 'mention'])) {
          pending.delete(keyText(key));
        }
      }
      for (const other of outranking(child, reference)) await leaveOut(pending, other);
      for (const id of pending.keys()) told.add(`${child.id}\n${id}`);
      return pending.size;
    },
    less(child, records) {
      if (child.keyKind === 'declared') return records;
      const kept = plans.map((plan) =>
        plan.groups
          .filter((group) => group.collection === child.id && isEnd(group) && group.action !== 'delete')
          .reduce((sum, group) => sum + group.records, 0),
      );
      return Math.max(0, records - Math.max(0, ...kept));
    },
  };

  /** Other references that say whose a record is, as much as this one does: straight to a root, or neither is. */
  function outranking({ references }: Collection, reference: Reference): readonly Reference[] {
    const isRoot = ({ to }: Reference) =>
      map.collections.some(({ id, subject }) => id === to && subject !== null);
    return references.filter(
      (other) =>
        other !== reference && other.relation === 'owned-by' && (isRoot(other) || !isRoot(reference)),
    );
  }

  /** Those that belong to a record that is there, and is not this person's. */
  async function leaveOut(pending: Map<string, Orphan>, { to, fields, on, when }: Reference): Promise<void> {
    const owners = map.collections.find(({ id }) => id === to);
    const reader = input.readers.get(owners?.source ?? '');
    const isPlain = [...fields, ...on].every(({ path }) => path.length === 0);
    if (owners === undefined || reader === undefined || !isPlain) return;
    const byOwner = new Map<string, { readonly key: Key; readonly children: string[] }>();
    for (const [id, { column }] of pending) {
      const key = fields.flatMap((field) => scalarOf(column(field.column)) ?? []);
      if (key.length < fields.length || !satisfies(when, column)) continue;
      const owner = byOwner.get(spelled(key));
      if (owner === undefined) byOwner.set(spelled(key), { key, children: [id] });
      else owner.children.push(id);
    }
    if (byOwner.size === 0) return;
    const keys = keySetOf([...byOwner.values()].map(({ key }) => key));
    const matches = [{ fields: on, mode: 'exact' as const, keys, when: [] }];
    const wanted = on.map(({ column }) => column);
    const query = { collection: owners.table, key: owners.key, matches, fields: wanted };
    for await (const batch of reader.find(query)) {
      for (const { key, values } of batch) {
        if (isOwn(to, key)) continue;
        for (const id of byOwner.get(spelled(values))?.children ?? []) pending.delete(id);
      }
    }
  }
}

/** A reference may hold as a text what is a number there. */
function spelled(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => String(scalarOf(value))));
}
