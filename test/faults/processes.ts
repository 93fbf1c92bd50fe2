import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import type { FaultWorld } from './world.js';

const ROOT = new URL('../../', import.meta.url).pathname;
const POLL_MS = 5;
/** No run takes that long, on whatever machine: it hangs. */
const HANGS_MS = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What befalls a run: see child.ts. Boundaries are counted from 0. */
export interface Mishap {
  /** A file that gets the names of all boundaries. */
  readonly steps?: string;
  readonly dieAt?: number;
  /** What is done while the process stands still there. */
  readonly pauseAt?: { readonly at: number; readonly act: () => Promise<void> };
  readonly lose?: string;
  /** Done as soon as the command is over, while its process may live on. */
  readonly afterwards?: () => Promise<void>;
}

export interface Child {
  /** Runs a command as a process of its own, in the workspace. */
  run(world: FaultWorld, argv: readonly string[], mishap: Mishap): Promise<Ended>;
  remove(): void;
}

/** Builds child.ts from the sources as they are, aside of every other build; the caller removes it. */
export async function buildChild(): Promise<Child> {
  // Packages are looked for upward from the bundle.
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'dsr-faults-'));
  await build({
    entryPoints: {
      child: join(ROOT, 'test/faults/child.ts'),
      'sqlite-worker': join(ROOT, 'connectors/sqlite/worker.ts'),
    },
    outdir,
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20.19' },
    ...{ packages: 'external', logLevel: 'warning' },
  });
  return {
    run: (world, argv, mishap) => run(join(outdir, 'child.js'), world, argv, mishap),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
}

async function run(
  file: string,
  { space }: FaultWorld,
  argv: readonly string[],
  { steps, dieAt, pauseAt, lose, afterwards }: Mishap,
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'dsr-mishap-'));
  const [paused, over] = [join(folder, 'paused'), join(folder, 'over')];
  const child = spawn(process.execPath, [file, ...argv], {
    cwd: space.folder,
    env: {
      ...{ ...process.env, NO_COLOR: '1', ...space.env, DSR_ENDED: over },
      ...(steps === undefined ? {} : { DSR_STEPS: steps }),
      ...(dieAt === undefined ? {} : { DSR_DIE_AT: String(dieAt + 1) }),
      ...(pauseAt === undefined ? {} : { DSR_PAUSE_AT: String(pauseAt.at + 1), DSR_PAUSE: paused }),
      ...(lose === undefined ? {} : { DSR_LOSE: lose }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hanging = setTimeout(() => child.kill('SIGKILL'), HANGS_MS);
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (text.stdout += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (text.stderr += part.toString('utf8')));
  const close = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const there = async (path: string) => {
    while (!existsSync(path) && child.exitCode === null && child.signalCode === null) await wait(POLL_MS);
    return existsSync(path);
  };
  try {
    if (pauseAt !== undefined && (await there(paused))) {
      await pauseAt.act();
      writeFileSync(`${paused}.go`, '');
    }
    if (afterwards !== undefined && (await there(over))) await afterwards();
    const [code, signal] = await close;
    return { code, signal, ...text };
  } finally {
    clearTimeout(hanging);
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
