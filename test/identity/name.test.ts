import { describe, expect, it } from 'vitest';
import { nameType as type } from '../../src/identity/name.js';
import { formsOf } from '../../src/identity/spelling.js';

const canonical = (text: string) => type.normalise(text).value;

describe('a name', () => {
  it.each([
    'Anna-Karin Öberg',
    'ANNA-KARIN ÖBERG',
    'Anna Karin  Öberg',
    'anna\u2011karin o\u0308berg',
    'Öberg, Anna-Karin',
    ' Anna-Karin\tÖberg ',
  ])('is the same written as %s', (text) => {
    expect(canonical(text)).toBe('anna karin öberg');
    expect(type.compare('anna karin öberg', text)).toBe('same');
  });

  it.each([
    ['Åsa Öberg', 'Asa Oberg'],
    ['Åsa Öberg', 'Öberg Åsa'],
    ['Anna-Karin Öberg', 'Annakarin Öberg'],
    ['Søren Bæk', 'Soren Baek'],
  ])('%s is near %s, never the same', (one, other) => {
    expect(type.compare(canonical(one), other)).toBe('near');
  });

  it.each(['Åsa Åberg', 'Åsa', '', 'Bo Öberg'])('is not %j', (text) => {
    expect(type.compare(canonical('Åsa Öberg'), text)).toBe('different');
  });

  it('is asked for in both orders, with hyphens, and without marks for candidates', () => {
    expect(formsOf(type.spellings(canonical('Åsa-Lena Öberg')), 'folded')).toEqual(
      expect.arrayContaining([
        'åsa-lena öberg',
        'åsa lena öberg',
        'öberg, åsa-lena',
        'öberg åsa lena',
        'asa-lena oberg',
      ]),
    );
  });

  it('is found by a lower() that knows ASCII only, and stored decomposed', () => {
    const forms = formsOf(type.spellings('åsa öberg'), 'folded');
    for (const stored of ['åsa öberg', 'Åsa Öberg', 'ÅSA ÖBERG']) {
      const lowered = stored.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
      expect(forms).toContain(lowered);
      expect(forms).toContain(lowered.normalize('NFD'));
    }
  });

  it('of many words is asked for in few forms', () => {
    const long = Array.from({ length: 400 }, (_, index) => `ord${index}`).join(' ');
    expect(formsOf(type.spellings(long), 'folded').length).toBeLessThan(20);
  });

  it('without a letter is said to be none', () => {
    expect(type.normalise('4711')).toMatchObject({ content: true, problem: 'it holds no letter' });
    for (const text of ['', '-', ' . ', ',']) expect(type.normalise(text).content).toBe(false);
  });

  it('never identifies by itself', () => {
    expect(type.strength).toBe('weak');
  });
});
