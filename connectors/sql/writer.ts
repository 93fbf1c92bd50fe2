import type { Call, Query, Writer } from '../../src/connector/contract.js';
import { commitError, driverError } from '../../src/connector/errors.js';
import { DsrError } from '../../src/model/error.js';
import { applyChange, lockRecords } from './change.js';
import type { SqlEngine } from './connector.js';
import { findRecords } from './find.js';
import type { Session } from './session.js';
import { type Column, type Table, tableOf } from './table.js';

/**
 * One transaction. After a failure it can only be closed: one engine refuses the rest of it then, the
 * other would go on with half of it, or without it.
 */
export function writerOf<C extends Column>(
  { source, dialect, scratch }: SqlEngine<C>,
  session: Session,
  tables: ReadonlyMap<string, Table<C>>,
  { signal }: Call,
  end: () => Promise<void>,
): Writer {
  let over: string | null = null;

  const failed = (error: unknown, collection?: string) => {
    over = 'failed';
    if (signal.aborted) return signal.reason;
    return driverError(error, { source, writing: true, ...(collection === undefined ? {} : { collection }) });
  };
  const mayGoOn = () => {
    if (over === null) return;
    throw new DsrError('internal', `${source}: its writer ${over} before and can only be closed`);
  };
  const step = async <T>(collection: string | undefined, work: () => Promise<T>): Promise<T> => {
    mayGoOn();
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw failed(error, collection);
    }
  };
  const changing = (collection: string) => {
    return { dialect, session, signal, table: tableOf(source, tables, collection) };
  };

  return {
    async *find(query: Query) {
      mayGoOn();
      try {
        const table = tableOf(source, tables, query.collection);
        yield* findRecords({
          ...{ dialect, session, query, scratch, signal },
          table: { ...table, identity: table.lasting },
          frozen: false,
        });
      } catch (error) {
        throw failed(error, query.collection);
      }
    },
    lock: (records) =>
      step(records.collection, async () => lockRecords(changing(records.collection), records)),
    apply: (change) =>
      step(change.collection, async () => ({
        records: await applyChange(changing(change.collection), change),
      })),
    settle: () =>
      step(undefined, async () => {
        if (dialect.writing.settle !== null) await session.change(dialect.writing.settle, signal);
      }),
    async commit() {
      mayGoOn();
      signal.throwIfAborted();
      over = 'committed';
      try {
        await session.commit();
      } catch (error) {
        over = 'failed';
        throw commitError(error, { source });
      }
    },
    close: end,
  };
}
