import type { Connection } from 'mysql2';
import { DsrError } from '../../src/model/error.js';
import type { ServerOptions } from '../sql/connection.js';
import type { SqlEngine, Writing } from '../sql/connector.js';
import { mysqlTables } from './catalog.js';
import type { MyColumn } from './column.js';
import { mysqlDialect } from './dialect.js';
import { examine } from './examine.js';
import { mysqlLeftovers } from './leftovers.js';
import { untoldKeys } from './outside.js';
import { mysqlSession } from './session.js';
import { unseenTables } from './unseen.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** The server ends a connection whose client takes nothing for so long; the default is a minute. */
const SLOW_READER_S = 3_600;

/** MariaDB and MySQL over knex and mysql2. Nothing is connected before it is asked for. */
export async function mysqlEngine(options: ServerOptions): Promise<SqlEngine<MyColumn>> {
  const { default: knex } = await import('knex');
  const database = knex({ client: 'mysql2', connection: driverOptions(options) });
  // Connections of our own, not the pool's: each is one transaction and is ended with it.
  const connection = async () => (await database.client.acquireRawConnection()) as Connection;
  const end = async (open: Connection): Promise<void> => open.destroy();

  const cancel = async (threadId: number): Promise<void> => {
    const other = await connection();
    try {
      await run(other, `kill query ${threadId}`);
    } finally {
      await end(other);
    }
  };

  const facts = { mariadb: true };

  return {
    source: options.source,
    scratch: options.scratch,
    properties: {
      matchModes: ['exact', 'folded', 'digits'],
      atomicity: 'transaction',
      // A connection streams one result at a time, and the snapshot is the connection's.
      concurrency: 1,
      lookup: 'index',
    },
    dialect: mysqlDialect(facts),
    async connect(signal, writing) {
      const open = await connection();
      // A connection that breaks while idle must not end the process; the next query tells.
      open.on('error', () => undefined);
      try {
        signal.throwIfAborted();
        const [first] = await run(open, 'select version()');
        const mariadb = /mariadb/i.test(String(first?.[0]));
        facts.mariadb = mariadb;
        for (const statement of settings(mariadb, options, writing)) await run(open, statement);
        if (writing !== undefined) await refuseStatementLog(open, options.source);
        return mysqlSession(open, writing !== undefined, cancel, () => end(open));
      } catch (error) {
        open.destroy();
        throw error;
      }
    },
    tables: (session, signal) => mysqlTables(session, options, signal),
    examine: (session, tables, signal) => examine(session, tables, options.source, signal),
    unseen: (session, signal) => unseenTables(session, options.database, signal),
    incomingUnseen: untoldKeys,
    leftovers: (session, signal) => {
      const own = options.database === null ? [] : [options.database];
      return mysqlLeftovers(session, options.schemas ?? own, signal);
    },
    close: () => database.destroy(),
  };
}

/** What makes values lossless, escaping safe, and the snapshot one. */
function settings(
  mariadb: boolean,
  { statementTimeoutMs: limit }: ServerOptions,
  writing: Writing | undefined,
): readonly string[] {
  const wait = Math.max(1, Math.floor((writing?.lockWaitMs ?? 0) / 1_000));
  const common = [
    `time_zone = '+00:00'`,
    // A writer refuses what does not fit instead of cutting it, but for days that were let in before.
    `sql_mode = '${writing === undefined ? '' : 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES'}'`,
    ...(writing === undefined
      ? []
      : [
          'autocommit = 0',
          'foreign_key_checks = 1',
          'unique_checks = 1',
          `innodb_lock_wait_timeout = ${wait}`,
          `lock_wait_timeout = ${wait}`,
        ]),
    `net_write_timeout = ${SLOW_READER_S}`,
    `net_read_timeout = ${SLOW_READER_S}`,
    `wait_timeout = ${SLOW_READER_S * 8}`,
  ];
  const own = mariadb
    ? [
        // A long list stays a sorted list, looked up by halves.
        'in_predicate_conversion_threshold = 0',
        'idle_transaction_timeout = 0',
        'idle_readonly_transaction_timeout = 0',
        'idle_write_transaction_timeout = 0',
        ...(writing === undefined ? [] : ['check_constraint_checks = 1']),
        ...(limit === null ? [] : [`max_statement_time = ${limit / 1_000}`]),
      ]
    : limit === null
      ? []
      : [`max_execution_time = ${limit}`];
  return [
    'set names utf8mb4',
    `set session ${[...common, ...own].join(', ')}`,
    ...(writing === undefined
      ? [
          'set session transaction isolation level repeatable read',
          'start transaction with consistent snapshot, read only',
        ]
      : [
          // Each statement sees what is committed when it begins; what a search passes by stays unlocked.
          'set session transaction isolation level read committed',
          'start transaction read write',
        ]),
  ];
}

/** At READ COMMITTED InnoDB takes no changes into a log of statements. */
async function refuseStatementLog(open: Connection, source: string): Promise<void> {
  const [row] = await run(open, 'select @@log_bin, @@binlog_format');
  if (String(row?.[0]) !== '1' || row?.[1] !== 'STATEMENT') return;
  throw new DsrError('config', `${source}: with binlog_format STATEMENT it cannot be changed safely`, {
    hint: "set global binlog_format = 'MIXED'; in the server's configuration too",
  });
}

function run(connection: Connection, statement: string): Promise<readonly (readonly unknown[])[]> {
  return new Promise((resolve, reject) => {
    connection.query({ sql: statement, rowsAsArray: true }, (error, rows) => {
      if (error === null) resolve(Array.isArray(rows) ? (rows as unknown[][]) : []);
      else reject(error);
    });
  });
}

function driverOptions({ host, port, socketPath, user, password, database, ssl }: ServerOptions) {
  return {
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT_MS,
    jsonStrings: true,
    ...(socketPath === null ? { host: host ?? '127.0.0.1' } : { socketPath }),
    ...(port === null ? {} : { port }),
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(database === null ? {} : { database }),
    ...(ssl === false
      ? {}
      : { ssl: ssl === 'require' ? { rejectUnauthorized: false } : certificate(ssl.ca) }),
  };
}

function certificate(ca: string | null) {
  return { rejectUnauthorized: true, ...(ca === null ? {} : { ca }) };
}
