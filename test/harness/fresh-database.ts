import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession, type Row, type Session } from './database-session.js';
import { type Engine, SERVERS, type ServerEngine } from './engine.js';

export interface TestDatabase {
  readonly engine: Engine;
  /** What a source's `connection` in dsr.yaml would be: a URL, or SQLite's file. */
  readonly connection: string;
  /** One statement with parameters (`?`, in PostgreSQL `$1`), or several without. */
  exec(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>;
  /** Another connection of its own, ended with the database. */
  session(): Promise<Session>;
  drop(): Promise<void>;
}

const PREFIX = 'dsr_test_';
/** Other machines may share a server: their runs are not ours to sweep. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
const STALE_MS = 6 * 60 * 60 * 1000;
let made = 0;

/** A database of its own, empty. Whoever makes it drops it; `sweepStale` takes those of dead runs. */
export async function freshDatabase(engine: Engine): Promise<TestDatabase> {
  return engine === 'sqlite' ? freshFile() : freshOnServer(engine);
}

async function freshFile(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'dsr-test-sqlite-'));
  const file = join(folder, 'test.db');
  return database('sqlite', file, async () => rmSync(folder, { recursive: true, force: true }));
}

async function freshOnServer(engine: ServerEngine): Promise<TestDatabase> {
  const administration = serverUrl(engine);
  made += 1;
  const name = `${PREFIX}${Date.now().toString(36)}_${HOST}_${process.pid}_${made}`;
  await administer(engine, administration, (session) =>
    session.exec(
      engine === 'mysql' ? `create database ${name} character set utf8mb4` : `create database ${name}`,
    ),
  );
  const url = new URL(administration);
  url.pathname = `/${name}`;
  return database(engine, url.href, () =>
    administer(engine, administration, (session) => dropDatabase(engine, session, name)),
  );
}

async function database(
  engine: Engine,
  connection: string,
  remove: () => Promise<void>,
): Promise<TestDatabase> {
  const sessions = new Set<Session>();
  const session = async () => {
    const opened = await openSession(engine, connection);
    sessions.add(opened);
    return opened;
  };
  let first: Promise<Session> | null = null;
  let dropped: Promise<void> | null = null;
  return {
    engine,
    connection,
    session,
    async exec(sql, params) {
      first ??= session();
      return (await first).exec(sql, params);
    },
    drop() {
      dropped ??= (async () => {
        await Promise.allSettled([...sessions].map((open) => open.end()));
        await remove();
      })();
      return dropped;
    },
  };
}

async function dropDatabase(engine: ServerEngine, session: Session, name: string): Promise<void> {
  if (engine === 'postgres') {
    await session.exec(`drop database if exists ${name} with (force)`);
    return;
  }
  // An open transaction in it would hold the drop back.
  const users = await session.exec('select id from information_schema.processlist where db = ?', [name]);
  for (const { id } of users) await session.exec(`kill ${Number(id)}`).catch(() => undefined);
  await session.exec(`drop database if exists ${name}`);
}

/** Drops what runs that no longer live have left behind. */
export async function sweepStale(engine: ServerEngine): Promise<void> {
  await administer(engine, serverUrl(engine), async (session) => {
    const rows = await session.exec(
      engine === 'postgres'
        ? `select datname as name from pg_database where datname like '${PREFIX.replaceAll('_', '\\_')}%'`
        : `select schema_name as name from information_schema.schemata where schema_name like '${PREFIX.replaceAll('_', '\\_')}%'`,
    );
    for (const { name } of rows) {
      if (isStale(String(name))) await dropDatabase(engine, session, String(name));
    }
  });
}

function isStale(name: string): boolean {
  const [at = '', host, pid] = name.slice(PREFIX.length).split('_');
  if (Date.now() - Number.parseInt(at, 36) > STALE_MS) return true;
  return host === HOST && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** An administrator's URL of the server that the global set-up found. */
export function serverUrl(engine: ServerEngine): string {
  const url = process.env[SERVERS[engine].variable];
  if (url === undefined || url === '') throw new Error(`there is no ${SERVERS[engine].title} to test on`);
  return url;
}

async function administer<T>(
  engine: ServerEngine,
  url: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(engine, url);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}
