import type { Client } from 'pg';
import { DsrError } from '../../src/model/error.js';
import type { ServerOptions } from '../sql/connection.js';
import type { SqlEngine } from '../sql/connector.js';
import { postgresTables } from './catalog.js';
import type { PgColumn } from './column.js';
import { postgresDialect } from './dialect.js';
import { examine } from './examine.js';
import { postgresLeftovers } from './leftovers.js';
import { postgresSession } from './session.js';
import { unusableSchemas } from './unusable.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * What makes values lossless and searches plain, for the session alone.
 * random_page_cost: searches are by index, so that a scan of a big production table is not preferred
 * for being a little cheaper. cursor_tuple_fraction: all rows of a cursor are read.
 */
const SETTINGS = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'iso_8601',
  bytea_output: 'hex',
  extra_float_digits: '3',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  xmloption: 'content',
  lc_monetary: 'C',
  random_page_cost: '1.1',
  cursor_tuple_fraction: '1',
  idle_in_transaction_session_timeout: '0',
} as const;

/** PostgreSQL over knex and pg. Nothing is connected before it is asked for. */
export async function postgresEngine(options: ServerOptions): Promise<SqlEngine<PgColumn>> {
  const { default: knex } = await import('knex');
  const database = knex({ client: 'pg', connection: driverOptions(options) });
  // Connections of our own, not the pool's: each is one transaction and is ended with it.
  const connection = async (): Promise<Client> => (await database.client.acquireRawConnection()) as Client;
  const end = (client: Client) => database.client.destroyRawConnection(client);

  const cancel = async (processId: number): Promise<void> => {
    const other = await connection();
    try {
      await other.query('select pg_cancel_backend($1)', [processId]);
    } finally {
      await end(other);
    }
  };
  const facts = { fold: null as string | null, encoding: 'UTF8' };

  return {
    source: options.source,
    scratch: options.scratch,
    properties: {
      matchModes: ['exact', 'folded', 'digits'],
      atomicity: 'transaction',
      // Cursors take turns on one connection; more at once only wait for each other.
      concurrency: 4,
      lookup: 'index',
    },
    dialect: postgresDialect(facts),
    async connect(signal, writing) {
      const client = await connection();
      // A connection that breaks while idle must not end the process; the next query tells.
      client.on('error', () => undefined);
      try {
        signal.throwIfAborted();
        await begin(client, options.source, writing !== undefined);
        const limit = options.statementTimeoutMs;
        const settings = Object.entries({
          ...SETTINGS,
          ...(limit === null ? {} : { statement_timeout: String(limit) }),
          ...(writing === undefined ? {} : { lock_timeout: String(writing.lockWaitMs) }),
        });
        const calls = settings.map((_one, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, false)`);
        // The first query of the transaction takes its snapshot.
        await client.query(`select ${calls.join(', ')}`, settings.flat());
        const { rows } = await client.query<{ pid: number; encoding: string; fold: string | null }>(FACTS);
        const [row] = rows;
        facts.fold = row?.fold ?? null;
        facts.encoding = row?.encoding ?? 'UTF8';
        return postgresSession(client, row?.pid ?? 0, cancel, () => end(client));
      } catch (error) {
        await end(client).catch(() => undefined);
        throw error;
      }
    },
    tables: (session, signal) => postgresTables(session, options.schemas, signal),
    hidden: (session, signal) => unusableSchemas(session, options.schemas, signal),
    examine: (session, tables, signal) => examine(session, tables, options, signal),
    leftovers: postgresLeftovers,
    close: () => database.destroy(),
  };
}

/** A writer reads what is committed when each statement begins, and checks what can wait at the end. */
async function begin(client: Client, source: string, writing: boolean): Promise<void> {
  if (!writing) {
    await client.query('begin isolation level repeatable read, read only');
    return;
  }
  const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
  if (rows[0]?.standby === true) {
    throw new DsrError('config', `${source} is a standby: it may only be read`, {
      hint: 'connect to the primary server to change what it holds',
    });
  }
  await client.query('begin isolation level read committed, read write');
  await client.query('set constraints all deferred');
}

/** lower() under the C locale folds ASCII alone; then ICU's root collation folds the rest, if there. */
const FACTS = `
  select pg_backend_pid() as pid, current_setting('server_encoding') as encoding,
    (select '"pg_catalog"."und-x-icu"' from pg_catalog.pg_database d
     where d.datname = current_database() and d.datctype in ('C', 'POSIX')
       and exists (select from pg_catalog.pg_collation c
                   where c.collname = 'und-x-icu' and c.collencoding in (-1, d.encoding))) as fold`;

function driverOptions({ host, port, socketPath, user, password, database, ssl }: ServerOptions) {
  return {
    application_name: 'dsr',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    host: socketPath ?? host ?? '127.0.0.1',
    ...(port === null ? {} : { port }),
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(database === null ? {} : { database }),
    ssl: ssl === 'require' ? { rejectUnauthorized: false } : ssl === false ? false : certificate(ssl.ca),
  };
}

function certificate(ca: string | null) {
  return { rejectUnauthorized: true, ...(ca === null ? {} : { ca }) };
}
