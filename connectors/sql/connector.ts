import type { Call, Connector, Finding, Leftover, Properties, Reader } from '../../src/connector/contract.js';
import { driverError } from '../../src/connector/errors.js';
import { opened } from '../../src/connector/retry.js';
import type { CollectionInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import { indexFindings } from './check.js';
import type { SqlDialect } from './dialect.js';
import { findRecords } from './find.js';
import type { Described } from './outside.js';
import { scanRecords } from './scan.js';
import type { Session } from './session.js';
import { type Column, type Table, tableOf } from './table.js';
import { writerOf } from './writer.js';

/** What an engine brings; the connector contract is met with it here, once for all. */
export interface SqlEngine<C extends Column = Column> {
  /** The source's name in dsr.yaml, for messages. */
  readonly source: string;
  readonly properties: Properties;
  /** The folder where keys may be put aside. */
  readonly scratch: string;
  readonly dialect: SqlDialect<C>;
  /**
   * One connection, in a read-only transaction on a snapshot that is taken now; or, with `writing`, in
   * one that may change records and sees what is committed when each statement begins. Rejects with
   * the driver's error or a DsrError.
   */
  connect(signal: AbortSignal, writing?: Writing): Promise<Session>;
  /** All tables and views, and what leads into them, in as few statements as the number of tables does not change. */
  tables(session: Session, signal: AbortSignal): Promise<Described<C>>;
  /** Version, privileges too few and too many: what is the engine's own to check. */
  examine(session: Session, tables: readonly Table<C>[], signal: AbortSignal): Promise<readonly Finding[]>;
  /** Why there may be tables that the source does not tell of; null: it tells of all. Absent: it always does. */
  unseen?(session: Session, signal: AbortSignal): Promise<string | null>;
  /** Why there may be foreign keys into the tables that the source does not tell of; null: it tells of all. Absent: it always does. */
  incomingUnseen?(session: Session, signal: AbortSignal): Promise<string | null>;
  /** Schemas with tables that may not be used, and are left out. Absent: there are none. */
  hidden?(session: Session, signal: AbortSignal): Promise<readonly string[]>;
  /** What a committed deletion leaves behind, by the server's settings. */
  leftovers(session: Session, signal: AbortSignal): Promise<readonly Leftover[]>;
  /** Ends what the engine holds beside its sessions. */
  close(): Promise<void>;
}

export interface Writing {
  /** Milliseconds that a statement waits for locks of others. */
  readonly lockWaitMs: number;
}

/** Of the time that a step may take: so that what it waited for is told, not just that it took too long. */
const WAITING = 0.8;

/**
 * A connector over an engine; nothing is connected before it is used. Time-outs are the caller's
 * (`limited`): they reach a session as its signal.
 */
export function sqlConnector<C extends Column>(engine: SqlEngine<C>): Connector {
  const place = { source: engine.source };
  const sessions = new Set<Session>();
  let known: ReadonlyMap<string, Table<C>> | null = null;
  let closed = false;

  const connect = async (signal: AbortSignal, writing?: Writing): Promise<Session> => {
    if (closed) throw new DsrError('internal', `${engine.source}: its connector is closed`);
    const session = await opened(async () => {
      try {
        return await engine.connect(signal, writing);
      } catch (error) {
        throw signal.aborted
          ? signal.reason
          : driverError(error, { ...place, writing: writing !== undefined });
      }
    }, signal);
    sessions.add(session);
    return session;
  };
  const end = async (session: Session): Promise<void> => {
    sessions.delete(session);
    await session.close();
  };
  const tablesOf = async (session: Session, signal: AbortSignal) => {
    const all = await engine.tables(session, signal);
    known = byId(all.tables);
    return all;
  };
  /** Whatever fails inside is told as a DsrError; the session is ended. */
  const briefly = async <T>({ signal }: Call, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await connect(signal);
    try {
      return await work(session);
    } catch (error) {
      throw signal.aborted ? signal.reason : driverError(error, place);
    } finally {
      await end(session);
    }
  };
  /** What lives on after the call, with a session of its own. */
  const lasting = async <T>(
    { signal }: Call,
    writing: Writing | undefined,
    make: (session: Session, tables: ReadonlyMap<string, Table<C>>) => T,
  ): Promise<T> => {
    const session = await connect(signal, writing);
    try {
      const tables = known ?? byId((await tablesOf(session, signal)).tables);
      return make(session, tables);
    } catch (error) {
      await end(session);
      throw signal.aborted ? signal.reason : driverError(error, place);
    }
  };

  return {
    properties: engine.properties,
    async describe(call) {
      return briefly(call, async (session) => {
        const { tables, incoming } = await tablesOf(session, call.signal);
        const incomingUnseen = (await engine.incomingUnseen?.(session, call.signal)) ?? null;
        const unseen = (await engine.unseen?.(session, call.signal)) ?? null;
        const hidden = (await engine.hidden?.(session, call.signal)) ?? [];
        return {
          collections: tables.map(collectionOf),
          ...(incoming.length === 0 ? {} : { incoming }),
          ...(incomingUnseen === null ? {} : { incomingUnseen }),
          ...(unseen === null ? {} : { unseen }),
          ...(hidden.length === 0 ? {} : { hidden }),
        };
      });
    },
    async check(call, matched) {
      try {
        return await briefly(call, async (session) => {
          const asked = new Set(matched.map(({ collection }) => collection));
          const { tables: all } = await tablesOf(session, call.signal);
          const tables = all.filter(({ info }) => info.outOfScope === undefined || asked.has(info.id));
          const own = await engine.examine(session, tables, call.signal);
          const indexes = await indexFindings(engine.dialect, session, tables, matched, call.signal);
          return [...own, ...hiddenFindings(tables, asked), ...unchangeableFindings(tables), ...indexes];
        });
      } catch (error) {
        return [unreachable(engine.source, error, call)];
      }
    },
    reader: (call) =>
      lasting(call, undefined, (session, tables) =>
        readerOf(engine, session, tables, call, () => end(session)),
      ),
    writer: (call) =>
      lasting(call, { lockWaitMs: Math.ceil(call.timeoutMs * WAITING) }, (session, tables) =>
        writerOf(engine, session, tables, call, () => end(session)),
      ),
    leftovers: (call) => briefly(call, (session) => engine.leftovers(session, call.signal)),
    async close() {
      closed = true;
      await Promise.all([...sessions].map(end));
      await engine.close();
    },
  };
}

function readerOf<C extends Column>(
  { source, dialect, scratch }: SqlEngine<C>,
  session: Session,
  tables: ReadonlyMap<string, Table<C>>,
  { signal }: Call,
  end: () => Promise<void>,
): Reader {
  return {
    async *find(query) {
      const table = tableOf(source, tables, query.collection);
      try {
        yield* findRecords({ dialect, session, table, query, scratch, frozen: true, signal });
      } catch (error) {
        throw signal.aborted ? signal.reason : driverError(error, { source, collection: query.collection });
      }
    },
    async *scan(query) {
      const table = tableOf(source, tables, query.collection);
      try {
        yield* scanRecords({ dialect, session, table, query, signal });
      } catch (error) {
        throw signal.aborted ? signal.reason : driverError(error, { source, collection: query.collection });
      }
    },
    close: end,
  };
}

function byId<C extends Column>(tables: readonly Table<C>[]): ReadonlyMap<string, Table<C>> {
  return new Map(tables.map((table) => [table.info.id, table]));
}

function collectionOf({ info, unchangeable }: Table): CollectionInfo {
  return unchangeable === null ? info : { ...info, unchangeable: unchangeable.why };
}

function hiddenFindings(tables: readonly Table[], asked: ReadonlySet<string>): readonly Finding[] {
  return tables.flatMap(({ info }) =>
    info.hidden === null
      ? []
      : [
          {
            severity: asked.has(info.id) ? 'error' : 'warning',
            about: info.id,
            message: `not everything in it can be seen: ${info.hidden}`,
            hint: 'use a role that sees all rows and columns, or say nonpersonal if it holds nobody',
          } as const,
        ],
  );
}

function unchangeableFindings(tables: readonly Table[]): readonly Finding[] {
  return tables.flatMap(({ info, unchangeable }) =>
    unchangeable === null || info.kind === 'view'
      ? []
      : [
          {
            severity: 'info',
            about: info.id,
            message: `nothing in it can be erased or rectified: ${unchangeable.why}`,
            hint: unchangeable.hint,
          } as const,
        ],
  );
}

function unreachable(source: string, error: unknown, { signal }: Call): Finding {
  if (signal.aborted || !(error instanceof DsrError)) throw error;
  return { severity: 'error', about: source, message: error.message, hint: error.hint ?? null };
}
