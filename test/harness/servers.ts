import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from './database-session.js';
import { missingVariable, SERVERS, type ServerEngine } from './engine.js';
import { type StartedServer, startMariadb, startPostgres } from './temporary-server.js';

/**
 * Finds each server: the environment's URL, else one running on its standard port, else one started
 * from an installed binary in a temporary folder. What is found goes into the environment, where the
 * test workers read it. Where there is none, one visible line says how to get it; under `CI=true`
 * that is a failure.
 *
 * @returns stops what was started.
 */
export async function findServers(): Promise<() => Promise<void>> {
  const started: StartedServer[] = [];
  for (const engine of ['postgres', 'mysql'] as const) {
    const { variable, standard } = SERVERS[engine];
    const given = process.env[variable];
    if (given !== undefined && given !== '') {
      if (!(await answers(engine, given))) throw new Error(`${variable} is set, but no server answers there`);
    } else if (await answers(engine, standard)) {
      process.env[variable] = standard;
    } else {
      const server = await startServer(engine);
      if (server === null) missing(engine);
      else {
        started.push(server);
        process.env[variable] = server.url;
      }
    }
  }
  return async () => {
    for (const server of started) await server.stop();
  };
}

async function answers(engine: ServerEngine, url: string): Promise<boolean> {
  try {
    const session = await openSession(engine, url);
    await session.end();
    return true;
  } catch {
    return false;
  }
}

/** null: no installed binary. */
export async function startServer(engine: ServerEngine): Promise<StartedServer | null> {
  const until = (url: string) => answers(engine, url);
  if (engine === 'postgres') {
    const initdb = binary(['initdb']);
    const postgres = binary(['postgres']);
    return initdb === null || postgres === null ? null : startPostgres({ initdb, postgres }, until);
  }
  const install = binary(['mariadb-install-db']);
  const mariadbd = binary(['mariadbd', 'mysqld']);
  return install === null || mariadbd === null ? null : startMariadb({ install, mariadbd }, until);
}

/** The first of these programs on the path, or where Debian keeps what is not on it. */
function binary(names: readonly string[]): string | null {
  const versions = '/usr/lib/postgresql';
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    '/usr/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    ...(existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : []),
  ];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(executable);
    if (found !== undefined) return found;
  }
  return null;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(engine: ServerEngine): void {
  const { title, variable, install } = SERVERS[engine];
  const line = `tests on ${title} are SKIPPED: no server found. Start one, or '${install}', or set ${variable}`;
  if (process.env.CI === 'true') throw new Error(line);
  process.stderr.write(`\n${line}\n\n`);
  process.env[missingVariable(engine)] = line;
}
