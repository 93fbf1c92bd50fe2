import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import { buildLandscape } from '../../src/demo/landscape.js';

const folder = mkdtempSync(join(tmpdir(), 'dsr-asking-'));
beforeAll(() => buildLandscape(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

/** A person at a terminal, who types the next answer once the next question stands there. */
async function atTerminal(argv: readonly string[], answers: readonly (readonly [RegExp, string])[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  let shown = '';
  let stdout = '';
  const left = [...answers];
  const answer = () => {
    const [next] = left;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own sequences
    if (next === undefined || !next[0].test(shown.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ''))) return;
    left.shift();
    shown = '';
    stdin.write(next[1]);
  };
  let quiet: NodeJS.Timeout | undefined;
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      shown += chunk.toString('utf8');
      // a question listens a moment after it is drawn
      clearTimeout(quiet);
      quiet = setTimeout(answer, 150);
      done();
    },
  });
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stdout += chunk.toString('utf8');
      done();
    },
  });
  const io: Io = {
    stdin,
    stdout: out,
    // as the process's own: a prompt that ends does not end it
    stderr: Object.assign(stderr, { isTTY: true, columns: 200, end: () => stderr }),
    env: { NO_COLOR: '1' },
    cwd: folder,
  };
  const code = await main(argv, io, connectorEntries, new AbortController().signal);
  if (process.env.DBG) console.log(JSON.stringify(shown));
  return { code, stdout, unasked: left.length };
}

describe('on a terminal', () => {
  it('find asks who, and nothing of what was asked stands on stdout', async () => {
    const { code, stdout, unasked } = await atTerminal(
      ['find'],
      [
        [/Who\?/, `erik.sandberg@example.se${ENTER}`],
        [/And\?/, ENTER],
      ],
    );
    expect(code).toBe(0);
    expect(unasked).toBe(0);
    expect(stdout).not.toContain('Who?');
    expect(stdout).toContain('194408139089');
  });

  it('export puts each open decision, and goes on under its request', async () => {
    const { code, stdout, unasked } = await atTerminal(
      ['export', 'anna.lindqvist@example.se', 'phone=070-1740605'],
      [[/D1.*crm\.leads id=1.*\?/s, `${DOWN}${ENTER}`]],
    );
    expect(unasked).toBe(0);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Extract +\.dsr\/extracts\/R-\d{4}-0001\.zip/);
    expect(stdout).toMatch(/^25 records/);
  });

  it('a decision may be left for later: no extract, exit 4', async () => {
    const { code, stdout } = await atTerminal(
      ['export', 'anna.lindqvist@example.se', 'phone=070-1740605'],
      [[/D1.*\?/s, ENTER]],
    );
    expect(code).toBe(4);
    expect(stdout).toContain('No extract was written');
  });

  it('request open asks for the type', async () => {
    const { code, stdout } = await atTerminal(
      ['request', 'open', 'karin.ek@example.com'],
      [[/What is asked for\?/, ENTER]],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/R-\d{4}-\d{4} {2}export, open/);
  });

  it('Ctrl-C at a question ends with 130, and nothing was done', async () => {
    const { code, stdout } = await atTerminal(['find'], [[/Who\?/, CTRL_C]]);
    expect(code).toBe(130);
    expect(stdout).toBe('');
  });
});
