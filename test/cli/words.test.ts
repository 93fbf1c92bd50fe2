import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOf } from '../../src/cli/clock.js';
import { answersOf } from '../../src/cli/decision-flags.js';
import { reportOf } from '../../src/cli/error-report.js';
import { jsonText } from '../../src/cli/output.js';
import { printable, widthOf } from '../../src/cli/printable.js';
import { shellLine } from '../../src/cli/shell.js';
import { keyObject } from '../../src/cli/view/key.js';
import { table } from '../../src/cli/view/table.js';
import { count, list, size, wrap } from '../../src/cli/view/words.js';
import { DsrError } from '../../src/model/error.js';

describe('text from a source', () => {
  it('never sends a control character to the terminal', () => {
    expect(printable('\u001b[2Jx\u0007\u009b1m\u202e')).toBe('\\x1b[2Jx\\x07\\x9b1m\\u202e');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be there
        expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('keeps the letters of names', () => {
    expect(printable('Åsa Öberg-Lindén, Łukasz, 田中')).toBe('Åsa Öberg-Lindén, Łukasz, 田中');
  });
});

describe('a table', () => {
  it('lines up, whatever letters and colours its cells hold', () => {
    const rows = [
      ['Åsa', '1'],
      ['A\u030asa', '22'],
      ['\u001b[31mred\u001b[39m', '333'],
    ];
    const lines = table([{ title: 'Who' }, { title: 'n', align: 'right' }], rows);
    expect(lines.map(widthOf)).toEqual([10, 10, 10, 10]);
  });

  it('has no line without rows', () => {
    expect(table([{ title: 'Who' }], [])).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    [count(1, 'record'), '1 record'],
    [count(1204, 'record'), '1,204 records'],
    [list(['a', 'b', 'c']), 'a, b and c'],
    [list(['a']), 'a'],
    [size(1), '1 byte'],
    [size(999), '999 bytes'],
    [size(18_249), '18.2 kB'],
    [size(999_999), '1.0 MB'],
    [size(3_400_000_000), '3.4 GB'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('wraps without losing a word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zåäö]{1,12}$/)),
        fc.integer({ min: 12, max: 60 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          expect(lines.every((line) => line.length <= width)).toBe(true);
        },
      ),
    );
  });
});

describe('a command line to paste', () => {
  it.each([
    [['dsr', 'find', 'anna@example.se'], 'dsr find anna@example.se'],
    [['dsr', 'find', "name=Anna O'Berg"], "dsr find 'name=Anna O'\\''Berg'"],
    [['dsr', 'find', 'x;rm -rf ~', '$(x)', ''], "dsr find 'x;rm -rf ~' '$(x)' ''"],
  ])('%j', (words, line) => {
    expect(shellLine(words)).toBe(line);
  });
});

describe('JSON', () => {
  it('keeps an integer that is too large for its readers, as text', () => {
    const key = keyObject(['id', 'line'], [9_007_199_254_740_993n, 2]);
    expect(jsonText(key)).toBe('{"id":"9007199254740993","line":2}');
  });
});

describe('answers to decisions', () => {
  it.each([
    [{ accept: ['D1', 'D2'] }, ['D1', 'D2'], [], []],
    [{ accept: ['d1,D2'], reject: ['all'] }, ['D1', 'D2'], ['all'], []],
    [{ accept: ['D1', 'anna@example.se'], reject: ['ALL', '-'] }, ['D1'], ['all'], ['anna@example.se', '-']],
    [{ accept: ['all'] }, [], [], ['all']],
    [{}, [], [], []],
  ])('%j', (flags, accept, reject, rest) => {
    expect(answersOf(flags)).toEqual({ accept, reject, rest });
  });
});

describe('the clock', () => {
  it('is the system’s, unless DSR_NOW sets it', () => {
    expect(clockOf({}).rehearsed).toBe(false);
    const clock = clockOf({ DSR_NOW: '2026-03-03T09:00:00.5+01:00' });
    expect(clock.rehearsed).toBe(true);
    expect(clock.now().toISOString()).toBe('2026-03-03T08:00:00.500Z');
  });

  it('takes every time that RFC 3339 can say', () => {
    const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(clockOf({ DSR_NOW: date.toISOString() }).now()).toEqual(date);
      }),
    );
  });
});

describe('a failure that nobody foresaw', () => {
  it('tells where it happened, and nothing of what it was about', () => {
    const secret = 'anna.lindqvist@example.se';
    for (const error of [new TypeError(`no such ${secret}`), `thrown ${secret}`, { secret }]) {
      const report = reportOf(error, false);
      expect(report).toMatchObject({ code: 1, kind: 'internal' });
      expect(JSON.stringify(report)).not.toContain(secret);
      expect(report.hint).toContain('report');
    }
    expect(reportOf(new TypeError('x'), false).frames).toEqual(
      expect.arrayContaining(['TypeError', expect.stringContaining('words.test.ts')]),
    );
  });

  it('is a cancellation once Ctrl-C was pressed, but an error that names its cause is told', () => {
    expect(reportOf(new Error('socket closed'), true).code).toBe(130);
    expect(reportOf(new DsrError('ledger', 'entry 4 does not hold'), true).code).toBe(6);
  });

  it.each([
    ['ENOSPC', 3, 'the disk is full'],
    ['EROFS', 2, 'the file system is read-only'],
  ])('%s is told in words', (code, exit, message) => {
    const error = Object.assign(new Error(`${code}: open '/home/anna'`), { code });
    expect(reportOf(error, false)).toMatchObject({ code: exit, message, frames: [] });
  });
});
