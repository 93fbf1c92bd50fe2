import { describe, expect, it } from 'vitest';
import { checkDigit } from '../../src/identity/luhn.js';
import { personnummerType } from '../../src/identity/personnummer.js';
import { formsOf } from '../../src/identity/spelling.js';
import { clock, SAFE } from './people.js';

const type = personnummerType(clock);
const at = (date: string) => personnummerType({ now: () => new Date(date) });
/** Twelve characters with the check digit that fits: made while the test runs, kept nowhere. */
const checked = (eleven: string) => `${eleven}${checkDigit(eleven.slice(2).replace(/[A-Z]/, '1'))}`;

describe('a personnummer', () => {
  it.each(SAFE)('%s is valid and canonical', (value) => {
    expect(type.normalise(value)).toEqual({ value, content: true, problem: null });
  });

  it.each([
    '900602-2397',
    '9006022397',
    '900602 2397',
    '19900602-2397',
    '19900602 2397',
    '1990-06-02-2397',
    ' 900602\u20132397\u200b',
    '\uff19\uff10\uff10\uff16\uff10\uff122397',
  ])('is the same written as %s', (text) => {
    expect(type.normalise(text).value).toBe('199006022397');
    expect(type.compare('199006022397', text)).toBe('same');
  });

  it('with a + is of 100 years or more', () => {
    expect(type.normalise('900101+9802').value).toBe('189001019802');
    expect(type.normalise('900602+2397').value).toBe('189006022397');
  });

  it('without a + is of somebody under 100, reckoned from the clock it is handed', () => {
    expect(type.normalise('241231-2387').value).toBe('202412312387');
    expect(at('2024-06-01T00:00:00Z').normalise('241231-2387').value).toBe('192412312387');
    expect(at('2090-01-01T00:00:00Z').normalise('900602-2397').value).toBe('199006022397');
    expect(at('2091-01-01T00:00:00Z').normalise('900602-2397').value).toBe('209006022397');
  });

  it('has its + from the first day of the year in which the person turns 100', () => {
    const before = at('2089-12-31T00:00:00Z');
    const after = at('2090-01-01T00:00:00Z');
    expect(before.normalise('900602+2397').value).toBe('189006022397');
    expect(after.normalise('900602+2397').value).toBe('199006022397');
    expect(before.spellings('199006022397')).not.toContain('900602+2397');
    expect(after.spellings('199006022397')).toContain('900602+2397');
  });

  it('of somebody of 100 or more matches ten digits as a candidate, unless they have a +', () => {
    const old = '189001019802';
    expect(type.compare(old, '9001019802')).toBe('near');
    expect(type.compare(old, '900101-9802')).toBe('near');
    expect(type.compare(old, '900101+9802')).toBe('same');
    expect(type.compare(old, '18900101-9802')).toBe('same');
    expect(type.compare(old, '199001019802')).toBe('different');
  });

  it('of somebody a century older is near: ten digits given may have meant either', () => {
    expect(type.compare('199006022397', '900602+2397')).toBe('near');
    expect(type.compare('199001019802', '189001019802')).toBe('near');
    expect(type.compare('189001019802', '199001019802')).toBe('different');
  });

  it('stored as an integer that lost its zeros is the same', () => {
    for (const twelve of [checked('20000101123'), checked('20050101123'), checked('20091231123')]) {
      const integer = String(Number(twelve.slice(2)));
      expect(integer.length).toBeLessThan(10);
      expect(type.compare(twelve, integer)).toBe('same');
      expect(type.normalise(integer)).toMatchObject({ value: twelve, problem: null });
      expect(formsOf(type.spellings(twelve), 'digits')).toContain(integer);
    }
  });

  it('of another person is different', () => {
    for (const one of SAFE) {
      for (const other of SAFE) if (one !== other) expect(type.compare(one, other)).toBe('different');
    }
  });
});

describe('a samordningsnummer', () => {
  it('has the day plus 60', () => {
    const value = checked('19900662239');
    expect(type.normalise(`${value.slice(2, 8)}-${value.slice(8)}`)).toEqual({
      value,
      content: true,
      problem: null,
    });
  });

  it('of somebody born later in this year is read as of a century ago', () => {
    const value = checked('19261291239');
    expect(type.normalise(value.slice(2)).value).toBe(value);
  });
});

describe('an interim number', () => {
  const value = checked('19900602T23');

  it('keeps its letter', () => {
    expect(type.normalise(`${value.slice(2, 8)}-t${value.slice(9)}`)).toEqual({
      value,
      content: true,
      problem: null,
    });
  });

  it('is asked for in digits as what is left without the letter, and judged with it', () => {
    const digits = formsOf(type.spellings(value), 'digits');
    expect(digits).toContain(value.replace('T', ''));
    expect(digits).toContain(value.slice(2).replace('T', ''));
    expect(type.compare(value, value.replace('T', ''))).toBe('different');
    expect(type.compare(value, `${value.slice(2, 8)}-${value.slice(8)}`)).toBe('same');
  });

  it('takes only the letters of the law', () => {
    expect(type.normalise(value.replace('T', 'A')).problem).not.toBeNull();
  });
});

describe('a wrong personnummer', () => {
  it.each([
    ['19900602-2398', '199006022398', 'its check digit is wrong'],
    ['990230-1234', '199902301234', /check digit|no such date/],
    ['1234', '1234', 'it is not YYMMDD-NNNN or YYYYMMDD-NNNN'],
    ['okänt', 'okänt', 'it holds no digits, so that nothing can match'],
  ])('%s is searched as %s, with a reason that does not repeat it', (text, value, problem) => {
    const result = type.normalise(text);
    expect(result.value).toBe(value);
    expect(result.content).toBe(true);
    expect(result.problem).toMatch(problem);
    expect(result.problem).not.toContain(text);
    expect(type.compare(value, text)).toBe('same');
  });

  it('names a date that does not exist', () => {
    expect(type.normalise(checked('19900231239')).problem).toBe('there is no such date or serial number');
  });

  it('names a date to come', () => {
    expect(type.normalise(checked('20301231239')).problem).toBe('its date lies in the future');
  });

  it('names an organisationsnummer', () => {
    expect(type.normalise(checked('16556000123')).problem).toBe(
      'it is an organisationsnummer, not a personnummer',
    );
  });

  it('without a letter or digit has no content', () => {
    for (const text of ['', ' ', '-', '+ -', '\u200b']) expect(type.normalise(text).content).toBe(false);
  });
});

it('asks in digits for ten and twelve', () => {
  expect(formsOf(type.spellings('199006022397'), 'digits')).toEqual([
    '199006022397',
    '9006022397',
    '189006022397',
  ]);
});
