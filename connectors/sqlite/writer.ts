import type { Applied, Call, Change, Found, Query, Records, Writer } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { raw } from '../sql/fragment.js';
import { deletion, pickAll, refuseUnchangeable, update } from './change.js';
import { KEYS_AT_ONCE } from './find-in-parts.js';
import { refuseDangling } from './foreign-keys.js';
import { countPicked, drop } from './picked.js';
import { sqliteReader } from './reader.js';
import type { Session } from './session.js';
import { readTable } from './table.js';

/**
 * A writer over one session: one transaction, which keeps every other writer out of the file. After a
 * refusal it can only be closed: a trigger may have rolled back, and what came then would be on its own.
 */
export function sqliteWriter(session: Session, call: Call, scratch: string): Writer {
  const reader = sqliteReader(session, call, scratch);
  let state: 'open' | 'refused' | 'over' = 'open';

  async function step<T>(work: () => Promise<T>): Promise<T> {
    refuseOver();
    try {
      return await work();
    } catch (error) {
      state = 'refused';
      throw error;
    }
  }

  function refuseOver(): void {
    if (state === 'open') return;
    throw new DsrError('data', `the transaction at '${session.place.source}' is over: it can only be closed`);
  }

  async function* find(query: Query): AsyncGenerator<readonly Found[]> {
    refuseOver();
    yield* reader.find(query);
  }

  async function count({ collection, key, keys }: Records): Promise<number> {
    const table = await readTable(session, call, collection);
    refuseUnchangeable(session, table, key);
    let records = 0;
    for (const many of keys.chunks(KEYS_AT_ONCE)) {
      const picked = await pickAll(session, call, table, key, many);
      records += await countPicked(session, call, picked);
      await drop(session, call, picked);
    }
    return records;
  }

  async function apply(change: Change): Promise<Applied> {
    const table = await readTable(session, call, change.collection);
    return change.kind === 'delete'
      ? deletion(session, call, table, change)
      : update(session, call, table, change);
  }

  /** Only a transaction that still stands can be rolled back: then nothing of it landed. */
  async function wasOpen(error: unknown): Promise<boolean> {
    if (!(error instanceof DsrError) || error.kind !== 'transient') return false;
    return session.run(call, raw('rollback')).then(
      () => true,
      () => false,
    );
  }

  return {
    find,
    // The whole file is locked.
    lock: (records) => step(() => count(records)),
    apply: (change) => step(() => apply(change)),
    settle: () => step(() => refuseDangling(session, call)),
    async commit() {
      try {
        await step(() => session.run(call, raw('commit')));
      } catch (error) {
        throw (await wasOpen(error)) ? notCommitted(error) : error;
      }
      state = 'over';
    },
    close: () => session.close(),
  };
}

/** `transient` at a commit would say that nobody knows whether it landed. */
function notCommitted(error: unknown): unknown {
  if (!(error instanceof DsrError)) return error;
  const { message, hint, place } = error;
  return new DsrError('data', message, {
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place }),
  });
}
