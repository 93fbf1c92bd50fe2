import { describe, expect, it } from 'vitest';
import { emailType as type } from '../../src/identity/email.js';
import { formsOf } from '../../src/identity/spelling.js';

const anna = 'anna.svensson@example.se';

describe('an e-mail address', () => {
  it.each([
    'Anna.Svensson@Example.SE',
    ' anna.svensson@example.se ',
    'anna.svensson@example.se.',
    'anna.svensson@example.se;',
    'Anna Svensson <anna.svensson@example.se>',
    '<anna.svensson@example.se>',
    'mailto:anna.svensson@example.se',
    'MAILTO:Anna.Svensson@example.se?subject=Hej',
    '\ufeffanna.svensson@example.se\u200b',
  ])('is the same written as %s', (text) => {
    expect(type.normalise(text)).toEqual({ value: anna, content: true, problem: null });
    expect(type.compare(anna, text)).toBe('same');
  });

  it('has its domain in punycode and is found with the letters too', () => {
    const { value, problem } = type.normalise('Åsa@Räksmörgås.example.se');
    expect({ value, problem }).toEqual({ value: 'åsa@xn--rksmrgs-5wao1o.example.se', problem: null });
    expect(type.compare(value, 'åsa@RÄKSMÖRGÅS.example.se')).toBe('same');
    expect(formsOf(type.spellings(value), 'folded')).toEqual(
      expect.arrayContaining([value, 'åsa@räksmörgås.example.se', 'Åsa@xn--rksmrgs-5wao1o.example.se']),
    );
  });

  it.each(['annasvensson@example.se', 'anna.svensson+shop@example.se', 'a.n.n.a.svensson@example.se'])(
    'is near %s, never the same',
    (text) => {
      expect(type.compare(anna, text)).toBe('near');
    },
  );

  it.each(['anna.svensson@example.com', 'anna@example.se', 'asa.svensson@example.se', '', '@'])(
    'is not %j',
    (text) => {
      expect(type.compare(anna, text)).toBe('different');
    },
  );

  it('keeps å and a apart', () => {
    expect(type.compare('åsa@example.se', 'asa@example.se')).toBe('different');
  });

  it('is asked for without its tag and without its dots, so that candidates are found', () => {
    expect(formsOf(type.spellings('anna.s+shop@example.se'), 'folded')).toEqual(
      expect.arrayContaining(['anna.s+shop@example.se', 'anna.s@example.se', 'annas@example.se']),
    );
  });

  it('of few variants is asked for in few forms', () => {
    expect(formsOf(type.spellings('anna@example.se'), 'folded')).toEqual([
      'anna@example.se',
      'mailto:anna@example.se',
      'anna@example.se ',
      ' anna@example.se',
      'anna@example.se\t',
      'anna@example.se\n',
      'anna@example.se\r\n',
      '<anna@example.se>',
    ]);
  });
});

describe('a wrong e-mail address', () => {
  it.each([
    ['anna', 'it has no @'],
    ['@example.se', 'nothing stands before its @'],
    ['anna@', 'nothing stands after its @'],
    ['anna@localhost', 'its domain is not complete'],
    ['anna@example..se', 'its domain is not complete'],
    ['anna@exa_mple.se', 'its domain has a character that no domain has'],
    ['anna svensson@example.se', 'it has a character that no address has'],
    ['anna@example.se, bo@example.se', 'it has a character that no address has'],
    [`${'a'.repeat(65)}@example.se`, 'it is too long'],
  ])('%s: %s', (text, problem) => {
    expect(type.normalise(text)).toMatchObject({ content: true, problem });
  });

  it('without a letter or digit has no content', () => {
    for (const text of ['', ' ', '-', '@', '?', '<>']) expect(type.normalise(text).content).toBe(false);
  });
});
