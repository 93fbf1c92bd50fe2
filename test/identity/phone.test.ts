import { describe, expect, it } from 'vitest';
import { phoneType } from '../../src/identity/phone.js';
import { formsOf } from '../../src/identity/spelling.js';
import { FICTIVE_LANDLINE, FICTIVE_PHONE } from './people.js';

const type = phoneType('SE');

describe('a phone number', () => {
  it.each([
    '+46701740605',
    '070-174 06 05',
    '070-1740605',
    '0701740605',
    '070/174 06 05',
    '(070) 174 06 05',
    '0046701740605',
    '00 46 70 174 06 05',
    '+46 (0)70-174 06 05',
    '+46(0)701740605',
    '460701740605',
    '46701740605',
    '701740605',
    'tel:+46-70-174-06-05',
    'Tfn: 070-174 06 05',
    '070-174 06 05 (mobil)',
    '070\u2013174\u00a006\u00a005',
    '\uff10\uff17\uff101740605',
  ])('is the same written as %s', (text) => {
    expect(type.normalise(text)).toEqual({ value: FICTIVE_PHONE, content: true, problem: null });
    expect(type.compare(FICTIVE_PHONE, text)).toBe('same');
  });

  it('is asked for in digits with and without country and zero', () => {
    expect([...formsOf(type.spellings(FICTIVE_PHONE), 'digits')].sort()).toEqual([
      '0046701740605',
      '0701740605',
      '460701740605',
      '46701740605',
      '701740605',
    ]);
  });

  it('is asked for exactly as people write it', () => {
    expect(formsOf(type.spellings(FICTIVE_PHONE), 'exact')).toEqual(
      expect.arrayContaining([
        '070-174 06 05',
        '070-1740605',
        '0701740605',
        '+46 70 174 06 05',
        '+46 (0)70 174 06 05',
      ]),
    );
    expect(formsOf(type.spellings(FICTIVE_LANDLINE), 'exact')).toEqual(
      expect.arrayContaining(['08-465 004 00', '08-46500400', '+46 8 465 004 00']),
    );
  });

  it.each(['070-174 06 06', '08-46500400', '070-174 06', '', 'okänd'])('is not %j', (text) => {
    expect(type.compare(FICTIVE_PHONE, text)).toBe('different');
  });
});

describe('an extension', () => {
  const extended = `${FICTIVE_LANDLINE};ext=12`;

  it.each([
    '08-465 004 00 ext 12',
    '08-46500400 ankn. 12',
    '08-465 004 00 anknytning 12',
    '0846500400x12',
    extended,
  ])('of a switchboard is kept, written %s', (text) => {
    expect(type.normalise(text)).toEqual({ value: extended, content: true, problem: null });
  });

  it('tells one person of a switchboard from all: near', () => {
    expect(type.compare(extended, FICTIVE_LANDLINE)).toBe('near');
    expect(type.compare(FICTIVE_LANDLINE, '08-465 004 00 ankn 12')).toBe('near');
    expect(type.compare(extended, '08-465 004 00 ankn 13')).toBe('different');
  });

  it('is asked for with the number and without', () => {
    expect(formsOf(type.spellings(extended), 'digits')).toEqual(
      expect.arrayContaining(['084650040012', '0846500400', '4684650040012']),
    );
  });
});

describe('a foreign number', () => {
  // Ofcom's numbers for drama.
  const british = '+442079460018';

  it.each(['+44 20 7946 0018', '+44 (0)20 7946 0018', '0044 20 79460018', '442079460018'])(
    'is the same written as %s',
    (text) => {
      expect(type.compare(british, text)).not.toBe('different');
      expect(type.normalise(text).value.replace('+', '')).toBe('442079460018');
    },
  );

  it('without its country is a candidate', () => {
    expect(type.compare(british, '020 7946 0018')).toBe('near');
    expect(formsOf(type.spellings(british), 'digits')).toContain('02079460018');
  });
});

it('takes numbers without a country as those of the region it is handed', () => {
  expect(phoneType('GB').normalise('020 7946 0018').value).toBe('+442079460018');
  expect(phoneType('XX').normalise('070-1740605').value).toBe(FICTIVE_PHONE);
});

describe('a wrong phone number', () => {
  it.each([
    ['070-174', 'no such number can exist'],
    ['112', 'no such number can exist'],
    ['saknas', 'it holds no digits, so that nothing can match'],
  ])('%s: %s, and still matches itself', (text, problem) => {
    const result = type.normalise(text);
    expect(result).toMatchObject({ content: true, problem });
    expect(type.compare(result.value, text)).toBe('same');
  });

  it('without a letter or digit has no content', () => {
    for (const text of ['', ' ', '-', '+', '()']) expect(type.normalise(text).content).toBe(false);
  });
});
