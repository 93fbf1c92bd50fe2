import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface StartedServer {
  readonly url: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

type Answers = (url: string) => Promise<boolean>;

/** A PostgreSQL of our own on a free port, durability off. It refuses to run as root: see `owner`. */
export async function startPostgres(
  programs: { readonly initdb: string; readonly postgres: string },
  answers: Answers,
): Promise<StartedServer> {
  const run = owner();
  const folder = temporaryFolder('postgres', run);
  const data = join(folder, 'data');
  execFileSync(
    programs.initdb,
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    {
      ...run,
      cwd: folder,
      stdio: 'ignore',
    },
  );
  const port = await freePort();
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    `unix_socket_directories=${folder}`,
  ];
  const child = spawn(
    programs.postgres,
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', ...settings.flatMap((setting) => ['-c', setting])],
    { ...run, cwd: folder, stdio: 'ignore' },
  );
  return started(child, 'SIGINT', folder, `postgres://postgres@127.0.0.1:${port}/postgres`, answers);
}

/** A MariaDB of our own on a free port; root has no password there. */
export async function startMariadb(
  programs: { readonly install: string; readonly mariadbd: string },
  answers: Answers,
): Promise<StartedServer> {
  const run = owner();
  const folder = temporaryFolder('mariadb', run);
  const data = join(folder, 'data');
  execFileSync(
    programs.install,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...run, cwd: folder, stdio: 'ignore' },
  );
  const port = await freePort();
  const child = spawn(
    programs.mariadbd,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { ...run, cwd: folder, stdio: 'ignore' },
  );
  return started(child, 'SIGTERM', folder, `mysql://root@127.0.0.1:${port}/mysql`, answers);
}

async function started(
  child: ChildProcess,
  end: NodeJS.Signals,
  folder: string,
  url: string,
  answers: Answers,
): Promise<StartedServer> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill(end);
    await Promise.race([ended, wait(20_000, undefined, { ref: false })]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  // The runner itself may be ended by a signal, without a teardown.
  process.once('exit', () => child.kill(end));
  for (let tries = 0; tries < 150; tries += 1) {
    if (child.exitCode !== null) break;
    if (await answers(url)) return { url, stop };
    await wait(200);
  }
  await stop();
  throw new Error(`a temporary server was started in ${folder}, but did not answer within 30 s`);
}

/** Who may run the server: ourselves, or as root an ordinary user, since PostgreSQL refuses root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function temporaryFolder(name: string, run: { readonly uid?: number; readonly gid?: number }): string {
  const folder = mkdtempSync(join(tmpdir(), `dsr-test-${name}-`));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  if (run.uid !== undefined && run.gid !== undefined) {
    chownSync(folder, run.uid, run.gid);
    chownSync(join(folder, 'data'), run.uid, run.gid);
  }
  return folder;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
