import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';

/** Built by the harness before the tests run. */
const built = join(import.meta.dirname, '../../dist/dsr.js');
const folder = mkdtempSync(join(tmpdir(), 'dsr-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(argv: readonly string[], stdin: 'pipe' | 'ignore' = 'ignore'): ChildProcess {
  return spawn(process.execPath, [built, ...argv], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: [stdin, 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess) {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (part: Buffer) => (text.stdout += part.toString('utf8')));
  child.stderr?.on('data', (part: Buffer) => (text.stderr += part.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

describe('dsr as a process', () => {
  it('prints its version and ends', async () => {
    expect(await ended(start(['--version']))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\./),
    });
  });

  it('without a workspace says so, and how to make one', async () => {
    const { code, stdout, stderr } = await ended(start(['find', 'anna@example.se', '--json']));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    const { error } = JSON.parse(stderr) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 2, kind: 'config' });
    expect(error.hint).toContain('dsr init');
  });

  it('a reader that goes away is an end, not a failure', async () => {
    const child = start(['--help']);
    child.stdout?.destroy();
    expect(await ended(child)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while it waits for standard input ends it with 130',
    async (signal) => {
      // until dsr's own handlers stand, a signal ends node by itself (code null): then it was sent too early
      for (let patience = 500; ; patience *= 2) {
        const child = start(['find', '-'], 'pipe');
        const end = ended(child);
        await wait(patience);
        child.kill(signal);
        const { code, stdout, stderr } = await end;
        if (code === null && patience < 8_000) continue;
        expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'dsr: cancelled\n' });
        return;
      }
    },
  );
});
