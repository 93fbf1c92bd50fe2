import { setTimeout as wait } from 'node:timers/promises';
import type { Call, Change, Found, Query, Records, Writer } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { refused } from './memory-constraints.js';
import { type Changes, changesIn, type Draft, draftOf, rowsWith } from './memory-draft.js';
import { searched, stopIfOver } from './memory-find.js';
import { dangling, idsOf, type Rules, type Stated, type Suspect, stated } from './memory-statement.js';
import type { MemoryStore, RowId } from './memory-store.js';
import { rowText } from './memory-values.js';

/** What a writer is about to do, or just did: where it throws, that step fails so. */
export type Step =
  | { readonly op: 'open' | 'settle' | 'commit' }
  | { readonly op: 'find'; readonly query: Query }
  | { readonly op: 'lock'; readonly records: Records }
  | { readonly op: 'apply'; readonly change: Change }
  /** It has landed: what is thrown here is an answer that was lost. */
  | { readonly op: 'committed' };

export interface Hooks extends Rules {
  readonly step?: ((step: Step) => void | Promise<void>) | undefined;
}

/**
 * A transaction as SQL engines have it: changes on a copy over what is committed at the time, records
 * held until the end, all of it there at once at the commit. After a refusal it can only be closed.
 */
export async function memoryWriter(
  call: Call,
  store: MemoryStore,
  hooks: Hooks,
  counted: () => void,
): Promise<Writer> {
  const me = {};
  const changes: Changes = new Map();
  let pending: readonly Suspect[] = [];
  let settled = false;
  let state: 'open' | 'failed' | 'over' = 'open';

  async function step<T>(what: Step, work: () => T | Promise<T>): Promise<T> {
    if (state !== 'open') throw new DsrError('data', 'the transaction is over: it can only be closed');
    try {
      stopIfOver(call, Date.now() + call.timeoutMs);
      await hooks.step?.(what);
      return await work();
    } catch (error) {
      state = 'failed';
      throw error;
    }
  }

  /** Tries until nobody else holds what it touches. */
  async function free<T>(attempt: () => T | 'held'): Promise<T> {
    const end = Date.now() + call.timeoutMs;
    for (;;) {
      const done = attempt();
      if (done !== 'held') return done;
      await wait(5);
      stopIfOver(call, end);
    }
  }

  function holdAll(rows: readonly (readonly [collection: string, id: RowId])[]): boolean {
    const others = rows.some(([collection, id]) => {
      const holder = store.holder(collection, id);
      return holder !== undefined && holder !== me;
    });
    if (!others) for (const [collection, id] of rows) store.hold(collection, id, me);
    return !others;
  }

  function attempt(change: Change): Stated | 'held' {
    const draft = draftOf(store, changes);
    const result = stated(draft, change, hooks);
    const now = settled ? result.suspects : result.suspects.filter(({ reference }) => !putOff(reference));
    refuseDangling(draft, now);
    if (!holdAll(touched(draft, result.suspects))) return 'held';
    for (const [collection, rows] of draft.changes) {
      for (const [id, row] of rows) changesIn(changes, collection).set(id, row);
    }
    pending = [...pending, ...result.suspects.filter(({ reference }) => putOff(reference))];
    return result;
  }

  async function* find(query: Query): AsyncGenerator<readonly Found[]> {
    counted();
    const table = await step({ op: 'find', query }, () => {
      const rows = [...rowsWith(store, changes, query.collection).values()];
      return { ...store.table(query.collection), rows };
    });
    yield* searched(call, table, query);
  }

  const settle = () => {
    refuseDangling(draftOf(store, changes), pending);
    pending = [];
    settled = true;
  };
  const end = () => {
    state = 'over';
    store.release(me);
  };

  await step({ op: 'open' }, () => undefined);
  return {
    find,
    lock: (records) =>
      step({ op: 'lock', records }, () =>
        free(() => {
          const ids = idsOf(draftOf(store, changes), records);
          return holdAll(ids.map((id) => [records.collection, id])) ? ids.length : 'held';
        }),
      ),
    apply: (change) =>
      step({ op: 'apply', change }, async () => ({
        records: (await free(() => attempt(change))).records,
      })),
    settle: () => step({ op: 'settle' }, settle),
    async commit() {
      await step({ op: 'commit' }, () => {
        settle();
        for (const [collection, rows] of changes) {
          const committed = store.table(collection).rows;
          for (const [id, row] of rows) {
            if (row === null) committed.delete(id);
            else committed.set(id, row);
          }
        }
        end();
      });
      await hooks.step?.({ op: 'committed' });
    },
    async close() {
      end();
    },
  };
}

/** RESTRICT is never put off, whatever the constraint says. */
function putOff({ deferrable, onDelete }: Suspect['reference']): boolean {
  return deferrable && onDelete !== 'restrict';
}

function refuseDangling(draft: Draft, suspects: readonly Suspect[]): void {
  const [first] = dangling(draft, suspects);
  if (first === undefined) return;
  throw refused(
    draft.store.table(first.collection).info,
    `${first.reference.name} would lead nowhere in ${first.reference.to}`,
  );
}

/** Every record that was changed or is newly referred to. */
function touched(
  draft: Draft,
  suspects: readonly Suspect[],
): readonly (readonly [collection: string, id: RowId])[] {
  const changed = [...draft.changes].flatMap(([collection, rows]) =>
    [...rows.keys()].map((id) => [collection, id] as const),
  );
  const referred = suspects.flatMap(({ collection, reference, id }) => {
    const row = draft.rows(collection).get(id);
    const text =
      row === undefined ? null : rowText(draft.store.table(collection).info, reference.fields, row);
    if (text === null) return [];
    return draft.idsAt(reference.to, reference.on, text).map((parent) => [reference.to, parent] as const);
  });
  return [...changed, ...referred];
}
