import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * A program in another process that runs our TypeScript. `source` imports from `src/…`; it is
 * bundled below node_modules, so that packages resolve.
 */
export async function program(source: string): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'dsr-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, 'program.ts');
  writeFileSync(entry, source.replaceAll("from 'src/", `from '${ROOT}/src/`));
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

export function start(file: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** What it printed, when it ended well. */
export function result(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', fail);
    child.on('close', (code, signal) => {
      if (code === 0) done(output);
      else fail(new Error(`ended with ${signal ?? code}`));
    });
  });
}

/** Until it has printed `text`. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((done, fail) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) done();
    });
    child.on('close', () => fail(new Error(`ended without printing ${text}`)));
  });
}
