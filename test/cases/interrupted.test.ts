import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { permittedSkip } from '../harness/permitted-skip.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

/** Built by the harness before the tests run. */
const built = join(import.meta.dirname, '../../dist/dsr.js');

const people = {
  subject: 'customer',
  system: ['id'],
  fields: { email: { category: 'user.contact.email', identifier: 'email' } },
  erase: 'delete',
};
const sql = [
  'create table people (id int primary key, email varchar(100))',
  `insert into people values (1, 'anna@example.se'), (2, 'bo@example.se')`,
];

/** The command line as a process of its own, in the workspace. */
function start(world: CaseWorkspace, ...argv: readonly string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: '1', CRM_URL: world.databases.crm?.connection ?? '' };
  const child = spawn(process.execPath, [built, ...argv], {
    cwd: world.folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess) {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (part: Buffer) => (text.stdout += part.toString('utf8')));
  child.stderr?.on('data', (part: Buffer) => (text.stderr += part.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
    await wait(50);
  }
}

type Entry = Readonly<Record<string, unknown>>;

async function ledger(world: CaseWorkspace): Promise<readonly Entry[]> {
  const { code, stderr } = await world.dsr('ledger', 'verify');
  expect(code, stderr).toBe(0);
  const { stdout } = await world.dsr('ledger', 'list', '--json');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
}

/** Nothing half-written in the workspace, and nothing left of scratch files. */
function expectClean(world: CaseWorkspace): void {
  expect(readdirSync(world.folder).sort()).toEqual(['.dsr', 'dsr.yaml']);
  const state = join(world.folder, '.dsr');
  expect(readdirSync(join(state, 'tmp'))).toEqual([]);
  expect(readdirSync(join(state, 'extracts'))).toEqual([]);
  expect(readdirSync(state).filter((name) => /\.part$|-journal$|-wal$/.test(name))).toEqual([]);
}

describeEngines(
  'Ctrl-C on a slow source',
  (engine) => {
    it.each(['find', 'export'] as const)(
      'in the middle of the search of %s: 130, in the ledger as cancelled, nothing left',
      async (command) => {
        const world = await caseWorkspace(engine, { crm: { sql, collections: { people } } });
        onTestFinished(() => world.close());
        const session = await world.databases.crm?.session();
        await session?.exec('begin; lock table people in access exclusive mode');
        const zip = command === 'export' ? ['-o', join(world.folder, 'anna.zip')] : [];
        const child = start(world, command, 'anna@example.se', ...zip);
        const end = ended(child);
        await until(async () => {
          const waiting = await world.databases.crm?.exec(
            `select 1 from pg_locks where not granted and relation = 'people'::regclass`,
          );
          return (waiting?.length ?? 0) > 0;
        });
        child.kill('SIGINT');
        expect(await end).toEqual({ code: 130, stdout: '', stderr: 'dsr: cancelled\n' });
        await session?.exec('rollback');
        expectClean(world);
        const entries = await ledger(world);
        expect(entries.slice(1)).toMatchObject([
          { kind: 'intent', action: command },
          { kind: command, intent: 2, outcome: 'failed', failure: 'cancelled', collections: {} },
        ]);
        expect((await world.dsr('request', 'list', '--json')).stdout).toBe('');
        expect((await world.dsr(command, 'anna@example.se', ...zip)).code).toBe(0);
      },
    );

    it('while the extract is written: 130, no zip, no .part, in the ledger as cancelled; then it can be had', async () => {
      const world = await caseWorkspace(engine, {
        crm: {
          sql: [
            ...sql,
            'create table letters (id int primary key, person_id int)',
            'insert into letters select n, 1 from generate_series(1, 200) n',
            'create table pace (seconds float)',
            'insert into pace values (0.02)',
            `create function slow() returns text language plpgsql volatile as
               $$ begin perform pg_sleep((select seconds from pace)); return 'SLOW'; end $$`,
            'create view slow_letters as select id, person_id, slow() as body from letters',
          ],
          collections: {
            people,
            slow_letters: {
              key: ['id'],
              system: ['id'],
              fields: {
                person_id: { references: 'people.id', relation: 'owned-by' },
                body: 'user.content.private',
              },
              erase: 'keep',
              ground: 'legal-claims',
            },
          },
          nonpersonal: ['letters', 'pace'],
        },
      });
      onTestFinished(() => world.close());
      const file = join(world.folder, 'anna.zip');
      const child = start(world, 'export', 'anna@example.se', '-o', file);
      const end = ended(child);
      // Some seconds before it could be whole.
      await until(async () => existsSync(`${file}.part`));
      child.kill('SIGINT');
      expect(await end).toEqual({
        code: 130,
        stdout: '',
        stderr: 'dsr: the export was cancelled; nothing was written\n',
      });
      expectClean(world);
      const last = (await ledger(world)).at(-1);
      expect(last).toMatchObject({ kind: 'export', outcome: 'failed', failure: 'cancelled', extract: null });
      await world.databases.crm?.exec('update pace set seconds = 0');
      const again = await world.dsr('export', '--request', String(last?.request), '-o', file);
      expect(again.code, again.stderr).toBe(0);
    });
  },
  ['postgres'],
);

it('a ledger that another process has locked: one message that names it, exit 3, and nothing was done', async () => {
  const world = await caseWorkspace('sqlite', { crm: { sql, collections: { people } } });
  onTestFinished(() => world.close());
  expect((await world.dsr('find', 'anna@example.se')).code).toBe(0);
  const before = await ledger(world);
  const file = join(world.folder, '.dsr/ledger.db');
  const holder = new Database(file);
  onTestFinished(() => void holder.close());
  holder.exec('begin exclusive');
  const [find, zip] = await Promise.all([
    ended(start(world, 'find', 'anna@example.se', '--json')),
    ended(start(world, 'export', 'anna@example.se', '-o', join(world.folder, 'anna.zip'))),
  ]);
  holder.exec('rollback');
  expect(find).toMatchObject({ code: 3, stdout: '' });
  expect(JSON.parse(find.stderr).error).toMatchObject({
    kind: 'transient',
    message: `the ledger is locked by another process: ${file}`,
  });
  expect(zip).toMatchObject({ code: 3, stdout: '' });
  expect(zip.stderr.match(/^dsr: .*/gm)).toEqual([`dsr: the ledger is locked by another process: ${file}`]);
  expectClean(world);
  expect(await ledger(world)).toEqual(before);
  expect((await world.dsr('request', 'list', '--json')).stdout).toBe('');
}, 60_000);

it('a disk that has no room for the ledger: one message that names it, exit 3, and nothing was done', async (context) => {
  const world = await caseWorkspace('sqlite', { crm: { sql, collections: { people } } });
  const state = join(world.folder, '.dsr');
  mkdirSync(state, { mode: 0o700 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', state], { stdio: 'ignore' });
  } catch {
    await world.close();
    permittedSkip(context, 'mount');
  }
  try {
    expect((await world.dsr('find', 'anna@example.se')).code).toBe(0);
    const before = await ledger(world);
    const filler = join(state, 'filler');
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      try {
        writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Full: what remains is filled by less.
      }
    }
    for (const argv of [
      ['find', 'anna@example.se'],
      ['export', 'anna@example.se', '-o', join(world.folder, 'anna.zip')],
    ]) {
      const { code, stdout, stderr } = await world.dsr(...argv);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr.match(/^dsr: .*/gm)).toEqual([
        expect.stringMatching(
          /^dsr: no space left on the disk for the ledger: .*\/\.dsr\/ledger\.(db|head)$/,
        ),
      ]);
    }
    rmSync(filler);
    expectClean(world);
    expect(await ledger(world)).toEqual(before);
    expect((await world.dsr('find', 'anna@example.se')).code).toBe(0);
  } finally {
    execFileSync('umount', [state]);
    await world.close();
  }
});
