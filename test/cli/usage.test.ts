import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.js';
import { pathOf } from '../../src/cli/global-options.js';
import { processIo } from '../../src/cli/io.js';
import { buildProgram, everyCommand } from '../../src/cli/program.js';
import { dsr } from '../support/terminal.js';

const program = buildProgram({
  io: processIo(),
  entries: [],
  signal: new AbortController().signal,
  ended: 0,
  boundary: () => {},
  call: async () => 0,
});
const paths = everyCommand(program).map(pathOf);

describe('help', () => {
  it.each(paths)('of `%s` tells its flags and the exit codes, and ends with 0', async (path) => {
    const { code, stdout, stderr } = await dsr([...path.split(' ').slice(1), '--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Usage: ${path}`);
    for (const flag of ['-C, --workspace <dir>', '--json', '--quiet', '--no-color', '--operator <name>']) {
      expect(stdout).toContain(flag);
    }
    for (const entry of exitCodes) expect(stdout).toMatch(new RegExp(`^  ${entry.code} +\\S`, 'm'));
  });

  it('is what a call without a command gets', async () => {
    expect((await dsr([])).stdout).toContain('Usage: dsr');
  });

  it('the version is one line', async () => {
    const { code, stdout } = await dsr(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a usage error', () => {
  it.each([
    ['an unknown command', ['fnid', 'x'], 'unknown command fnid', 'did you mean find?'],
    ['an unknown subcommand', ['ledger', 'verfy'], 'unknown command verfy', 'did you mean verify?'],
    ['an unknown option', ['find', '--jsn', 'x'], 'unknown option --jsn', 'did you mean --json?'],
    [
      'a missing value',
      ['export', 'x', '-o'],
      "option '-o, --output <file>' argument missing",
      'dsr export --help',
    ],
    [
      'a value out of a list',
      ['export', 'x', '--language', 'fi'],
      'allowed choices are sv, en',
      'dsr export --help',
    ],
    ['a format that is not there', ['export', 'x', '--format', 'xml'], '--format is not valid', 'json,csv'],
    ['an empty operator', ['find', 'x', '--operator', ' '], '--operator is empty', 'ledger'],
    ['no identifier', ['find'], 'no identifier was given', 'standard input'],
    ['no identifier on standard input', ['find', '-'], 'standard input held no identifier', 'one a line'],
  ])('%s: exit 2, one message, one hint', async (_name, argv, message, hint) => {
    const { code, stdout, stderr } = await dsr(argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: /m);
    expect(stderr).toContain(hint);
  });

  it.each([
    [['anna.lindqvist@example.se']],
    [['find', '--email=anna.lindqvist@example.se']],
    [['find', '--personnummer=199006022397']],
    [['export', 'x', '--language', 'anna.lindqvist@example.se']],
    [['export', 'x', '--format', 'anna.lindqvist@example.se']],
    [['connectors', 'list', 'anna.lindqvist@example.se']],
    [['connectors', 'anna.lindqvist@example.se']],
    [['anna', 'lindqvist']],
  ])('never repeats what may be a person: %j', async (argv) => {
    for (const extra of [[], ['--json']]) {
      const { code, stdout, stderr } = await dsr([...argv, ...extra]);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toMatch(/anna|lindqvist|199006022397/i);
    }
  });

  it('is a JSON document on stderr with --json', async () => {
    const { stdout, stderr } = await dsr(['find', '--jsn', '--json']);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 2,
        kind: 'usage',
        message: 'unknown option --jsn',
        hint: 'did you mean --json? `dsr find --help` shows what it takes',
      },
    });
  });

  it.each(['2026-03-03', 'yesterday', '2026-02-30T10:00:00Z', '2026-03-03T25:00:00Z', '2026-03-03T10:00:00'])(
    'DSR_NOW=%s is one',
    async (now) => {
      const { code, stderr } = await dsr(['connectors', 'list'], { env: { DSR_NOW: now } });
      expect(code).toBe(2);
      expect(stderr).toContain('DSR_NOW is not a time in RFC 3339');
    },
  );
});

describe('the flags that every command takes', () => {
  const entries = [
    { name: 'sqlite', about: 'SQLite files', load: () => Promise.reject(new Error('unused')) },
  ];

  it.each([
    [['--json', 'connectors', 'list']],
    [['connectors', '--json', 'list']],
    [['connectors', 'list', '--json']],
  ])('hold at every level: %j', async (argv) => {
    const { code, stdout } = await dsr(argv, { entries });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ name: 'sqlite', about: 'SQLite files' });
  });

  it('colours only a terminal, and none with --no-color at any level or NO_COLOR', async () => {
    const sequence = '\u001b[';
    const call = (argv: readonly string[], env = {}) => dsr(argv, { entries, terminal: true, env });
    expect((await call(['connectors', 'list'])).stdout).toContain(sequence);
    expect((await call(['connectors', 'list'], { NO_COLOR: '1' })).stdout).not.toContain(sequence);
    expect((await call(['--no-color', 'connectors', 'list'])).stdout).not.toContain(sequence);
    expect((await call(['connectors', 'list', '--no-color'])).stdout).not.toContain(sequence);
    expect((await dsr(['connectors', 'list'], { entries })).stdout).not.toContain(sequence);
  });

  it('--quiet leaves the document and takes the rest', async () => {
    expect((await dsr(['connectors', 'list'], { entries })).stderr).not.toBe('');
    const quiet = await dsr(['connectors', 'list', '--quiet'], { entries });
    expect(quiet.stderr).toBe('');
    expect(quiet.stdout).toContain('sqlite');
  });
});
