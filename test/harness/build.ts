import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = new URL('../../', import.meta.url).pathname;
const CACHE = join(ROOT, 'node_modules', '.cache', 'dsr-build');
const BUILT = ['dist/dsr.js', 'dist/sqlite-worker.js', 'dist/replay-worker.js'];
const SOURCES = ['bin', 'src', 'connectors', 'build.mjs', 'package.json'];

/**
 * Builds `dist/` when a source is newer than it: the tests start the built command line and the
 * SQLite worker. Built aside and put in place at once, so that another run never finds half of it.
 */
export async function buildWhenStale(): Promise<void> {
  if (!isStale()) return;
  const release = await lock();
  const aside = join(CACHE, `dist-${process.pid}`);
  try {
    if (!isStale()) return;
    await build(aside);
    putInPlace(aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
    release();
  }
}

async function build(outdir: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['build.mjs', outdir], { cwd: ROOT });
  } catch {
    throw new Error('the build failed: npm run build says why');
  }
}

function putInPlace(aside: string): void {
  const old = `${aside}-old`;
  const dist = join(ROOT, 'dist');
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(aside, dist);
  rmSync(old, { recursive: true, force: true });
}

function isStale(): boolean {
  const built = BUILT.map((file) => join(ROOT, file));
  if (!built.every((file) => existsSync(file))) return true;
  const oldest = Math.min(...built.map((file) => statSync(file).mtimeMs));
  return newest(SOURCES.map((name) => join(ROOT, name))) > oldest;
}

function newest(files: readonly string[]): number {
  return Math.max(
    0,
    ...files.map((file) => {
      if (!existsSync(file)) return 0;
      const facts = statSync(file);
      if (!facts.isDirectory()) return facts.mtimeMs;
      return newest(readdirSync(file).map((name) => join(file, name)));
    }),
  );
}

async function lock(): Promise<() => void> {
  const file = join(CACHE, 'lock');
  mkdirSync(CACHE, { recursive: true });
  for (;;) {
    try {
      closeSync(openSync(file, 'wx'));
      return () => rmSync(file, { force: true });
    } catch {
      // A build takes a second; an older lock was left by one that was killed.
      if (existsSync(file) && Date.now() - statSync(file).mtimeMs > 30_000) rmSync(file, { force: true });
      await wait(100);
    }
  }
}
