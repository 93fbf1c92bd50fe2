import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Engine } from './engine.js';

export type Row = Readonly<Record<string, unknown>>;

/** One plain connection, as another program of the operator's would have it. */
export interface Session {
  /** Runs one statement, or several without parameters. */
  exec(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>;
  end(): Promise<void>;
}

/** @param target a URL, or for SQLite the file, which is made when missing. */
export async function openSession(engine: Engine, target: string): Promise<Session> {
  if (engine === 'postgres') return postgresSession(target);
  if (engine === 'mysql') return mysqlSession(target);
  return sqliteSession(target);
}

async function postgresSession(url: string): Promise<Session> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A database dropped under an open session ends it; that is no test's failure.
  client.on('error', () => undefined);
  await client.connect();
  return {
    async exec(sql, params) {
      const result = await client.query<Row>(sql, params === undefined ? undefined : [...params]);
      return result.rows ?? [];
    },
    end: () => client.end(),
  };
}

async function mysqlSession(url: string): Promise<Session> {
  const connection = await mysql.createConnection({
    uri: url,
    multipleStatements: true,
    charset: 'utf8mb4',
    connectTimeout: 5_000,
  });
  connection.on('error', () => undefined);
  return {
    async exec(sql, params) {
      const [rows] = await connection.query(sql, params === undefined ? undefined : [...params]);
      return Array.isArray(rows) ? (rows as readonly Row[]) : [];
    },
    end: () => connection.end(),
  };
}

function sqliteSession(file: string): Session {
  const database = new Database(file);
  return {
    async exec(sql, params) {
      if (params === undefined && !/^\s*(select|with|explain|pragma)\b/i.test(sql)) {
        database.exec(sql);
        return [];
      }
      const statement = database.prepare(sql);
      const values = params ?? [];
      if (statement.reader) return statement.all(...values) as readonly Row[];
      statement.run(...values);
      return [];
    },
    async end() {
      database.close();
    },
  };
}
