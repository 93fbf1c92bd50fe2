import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit } from '../../src/identity/luhn.js';
import { organisationsnummerType } from '../../src/identity/organisationsnummer.js';
import { personnummerType } from '../../src/identity/personnummer.js';
import { formsOf } from '../../src/identity/spelling.js';
import { clock } from './people.js';

const personnummer = personnummerType(clock);
const type = organisationsnummerType(personnummer);
const nine = fc
  .tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 2_000_000, max: 9_999_999 }))
  .map(([head, tail]) => `${head}${tail}`);
const legal = nine.map((digits) => `${digits}${checkDigit(digits)}`);

describe('an organisationsnummer', () => {
  it('is ten digits, however it is written', () => {
    fc.assert(
      fc.property(legal, (ten) => {
        const hyphened = `${ten.slice(0, 6)}-${ten.slice(6)}`;
        for (const text of [ten, hyphened, `16${ten}`, `16${hyphened}`, `SE${ten}01`, `se ${hyphened} 01`]) {
          expect(type.normalise(text)).toEqual({ value: ten, content: true, problem: null });
          expect(type.compare(ten, text)).toBe('same');
        }
        expect(formsOf(type.spellings(ten), 'digits')).toEqual([ten, `16${ten}`, `${ten}01`]);
      }),
    );
  });

  it('with a wrong check digit is said to be wrong and still matches itself', () => {
    fc.assert(
      fc.property(nine, fc.integer({ min: 1, max: 9 }), (digits, off) => {
        const ten = `${digits}${(checkDigit(digits) + off) % 10}`;
        expect(type.normalise(ten)).toEqual({
          value: ten,
          content: true,
          problem: 'its check digit is wrong',
        });
        expect(type.compare(ten, `16${ten}`)).toBe('same');
      }),
    );
  });
});

describe('the organisationsnummer of a sole trader', () => {
  it.each(['9006022397', '900602-2397', '19900602-2397', 'SE900602239701'])(
    'written %s has the canonical form of the personnummer that it is',
    (text) => {
      expect(type.normalise(text)).toEqual(personnummer.normalise('199006022397'));
      expect(type.compare('199006022397', text)).toBe('same');
    },
  );

  it('of somebody of 100 or more matches ten digits as a candidate only', () => {
    expect(type.compare('189001019802', '9001019802')).toBe('near');
    expect(type.compare('189001019802', 'SE900101980201')).toBe('near');
  });

  it('is asked for as VAT number too', () => {
    expect(formsOf(type.spellings('199006022397'), 'digits')).toEqual([
      '199006022397',
      '9006022397',
      '189006022397',
      '900602239701',
    ]);
  });
});

it('says what is wrong with other texts', () => {
  expect(type.normalise('saknas')).toMatchObject({
    content: true,
    problem: expect.stringContaining('no digits'),
  });
  expect(type.normalise('12345')).toMatchObject({
    value: '12345',
    problem: expect.stringContaining('ten digits'),
  });
  expect(type.normalise('-').content).toBe(false);
});
