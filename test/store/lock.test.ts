import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Lock, takeLock } from '../../src/store/lock.js';
import { program, start } from '../ledger/child-process.js';

const HOLDER = `
import { takeLock } from 'src/store/lock.js';
const lock = await takeLock(process.argv[2], 'the lock', 'the child', { waitMs: 0, signal: new AbortController().signal });
console.log('holder' in lock ? 'refused' : 'held');
setInterval(() => {}, 1000);
`;

function lockFile(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dsr-lock-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'R-2026-0001');
}

function take(file: string, waitMs = 0, signal = new AbortController().signal) {
  return takeLock(file, 'the lock', 'this test', { waitMs, signal });
}

async function taken(file: string, waitMs = 0): Promise<Lock> {
  const lock = await take(file, waitMs);
  if ('holder' in lock) throw new Error(`held by ${lock.holder}`);
  return lock;
}

test('names who holds it, and is free again once it is let go', async () => {
  const file = lockFile();
  const lock = await taken(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${file}.by`, 'utf8')).toBe('this test');
  expect(await take(file)).toEqual({ holder: 'this test' });
  lock.release();
  expect(existsSync(`${file}.by`)).toBe(false);
  (await taken(file)).release();
});

test('is waited for', async () => {
  const file = lockFile();
  const lock = await taken(file);
  setTimeout(() => lock.release(), 200);
  (await taken(file, 10_000)).release();
});

test('is not waited for any longer once the command is called off', async () => {
  const file = lockFile();
  const lock = await taken(file);
  await expect(take(file, 10_000, AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off');
  lock.release();
});

test('keeps another process out, and dies with the process that held it', async () => {
  const file = lockFile();
  const child = start(await program(HOLDER), file);
  if (child.stdout === null) throw new Error('no output');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('held\n');
  expect(await take(file)).toEqual({ holder: 'the child' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  (await taken(file, 5_000)).release();
});
