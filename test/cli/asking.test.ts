import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { main } from '../../src/cli/main.js';
import { buildLandscape } from '../../src/demo/landscape.js';
import { CTRL_C, DOWN, ENTER, type Typed, typist } from '../support/typing.js';

const folder = mkdtempSync(join(tmpdir(), 'dsr-asking-'));
beforeAll(() => buildLandscape(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function atTerminal(argv: readonly string[], answers: readonly Typed[]) {
  const { io, stdout, unasked } = typist(folder, answers);
  const code = await main(argv, io, connectorEntries, new AbortController().signal);
  return { code, stdout: stdout(), unasked: unasked() };
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

  it('erase shows the plan, asks for the number of records, and looks again', async () => {
    const who = ['erase', 'sara.nystrom@example.se'];
    const refused = await atTerminal(who, [[/records that change \(8\)/, ENTER]]);
    expect(refused.code).toBe(4);
    expect(refused.stdout).toMatch(/crm\.tickets +cleared +4\n/);
    const { code, stdout, unasked } = await atTerminal(who, [[/records that change \(8\)/, `8${ENTER}`]]);
    expect([code, unasked]).toEqual([0, 0]);
    expect(stdout).toContain('Done: 8 records changed in crm and hr.');
    expect(stdout).toContain('Searched again by 2 identifiers: nothing left.');
    expect((await atTerminal([...who, '--yes'], [])).stdout).toContain('No data found about this person');
  }, 30_000);

  it('Ctrl-C at a question ends with 130, and nothing was done', async () => {
    const { code, stdout } = await atTerminal(['find'], [[/Who\?/, CTRL_C]]);
    expect(code).toBe(130);
    expect(stdout).toBe('');
  });
});
