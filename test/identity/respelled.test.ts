import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { digitsOf } from '../../src/identity/text.js';
import type { Encoding } from '../../src/model/map.js';
import { clock, FICTIVE_PHONE, SAFE } from './people.js';

const types = identifierTypes({ badge: {} }, { clock });
const use = (type: string, encoding: Encoding | null = null) => ({ type, match: null, encoding });
const respelled = (
  type: string,
  stored: string,
  value: string,
  known = types.get(type).normalise(stored).value,
) => types.respelled(use(type), stored, value, known);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a new value takes the form of the one that stands there', () => {
  it.each([
    ['070-174 06 05', '+46701740699', '070-174 06 99'],
    ['0701740605', '+46701740699', '0701740699'],
    ['+46701740605', '+46701740699', '+46701740699'],
    ['+46 70 174 06 05', '+46701740699', '+46 70 174 06 99'],
    ['0046701740605', '+46701740699', '0046701740699'],
    ['46701740605', '+46701740699', '46701740699'],
    ['701740605', '+46701740699', '701740699'],
    ['070 / 1740605', '+46701740699', '070 / 1740699'],
    ['+46 (0)70-174 06 05', '+46701740699', '+46 (0)70-174 06 99'],
    // An area code of another length: by the book where the old one was.
    ['070-174 06 05', '+46846500400', '08-465 004 00'],
    ['070-1740605', '+46846500400', '08-46500400'],
    ['070.174.06.05', '+46846500400', '084.650.04.00'],
    // A number of another country has no form here but its own.
    ['070-174 06 05', '+4721930000', null],
    ['+46701740605', '+4721930000', '+4721930000'],
  ])('phone %s, %s: %s', (stored, value, text) => {
    expect(respelled('phone', stored, value)).toBe(text);
  });

  it.each([
    ['19900602-2397', '198501012382', '19850101-2382'],
    ['900602-2397', '198501012382', '850101-2382'],
    ['9006022397', '198501012382', '8501012382'],
    ['199006022397', '198501012382', '198501012382'],
    ['900602 2397', '198501012382', '850101 2382'],
    ['1990-06-02-2397', '198501012382', '1985-01-01-2382'],
    // Who is over 100 has a +, and no other form of ten digits.
    ['900602-2397', '189001019802', '900101+9802'],
    ['900101+9802', '199006022397', '900602-2397'],
    ['9006022397', '189001019802', null],
    ['19900602-2397', '189001019802', '18900101-9802'],
  ])('personnummer %s, %s: %s', (stored, value, text) => {
    expect(respelled('personnummer', stored, value)).toBe(text);
  });

  it.each([
    // With wrong check digits, so that they are nobody's.
    ['559000-0001', '5590000014', '559000-0014'],
    ['165590000001', '5590000014', '165590000014'],
    ['16559000-0001', '5590000014', '16559000-0014'],
    ['SE559000000101', '5590000014', 'SE559000001401'],
    ['SE 559000-0001 01', '5590000014', 'SE 559000-0014 01'],
    ['559000-0001', '199006022397', '900602-2397'],
    ['165590000001', '199006022397', '199006022397'],
  ])('organisationsnummer %s, %s: %s', (stored, value, text) => {
    expect(respelled('organisationsnummer', stored, value)).toBe(text);
  });

  it('as given where a type has no forms', () => {
    expect(respelled('email', 'Anna@Example.SE', 'Eva@Example.se')).toBe('Eva@Example.se');
    expect(respelled('name', 'ANNA BERG', 'Eva Ek')).toBe('Eva Ek');
    expect(respelled('badge', 'a', 'B')).toBe('B');
  });

  it('a hash is one of the same spelling, in the same case and mark', () => {
    const [old, next] = [FICTIVE_PHONE, '+46701740699'];
    for (const [spelling, as] of [
      ['070-174 06 05', '070-174 06 99'],
      ['0701740605', '0701740699'],
      [old, next],
    ] as const) {
      const [stored, wanted] = [hash(spelling), hash(as)];
      expect(types.respelled(use('phone', 'sha256'), stored, next, old)).toBe(wanted);
      expect(types.respelled(use('phone', 'sha256'), stored.toUpperCase(), next, old)).toBe(
        wanted.toUpperCase(),
      );
      expect(types.respelled(use('phone', 'sha256'), `\\x${stored}`, next, old)).toBe(`\\x${wanted}`);
    }
    expect(types.respelled(use('phone', 'sha256'), hash('other'), next, old)).toBeNull();
    expect(
      types.respelled(use('email', 'sha256'), hash('anna@example.se'), 'Eva@example.se', 'anna@example.se'),
    ).toBe(hash('eva@example.se'));
  });

  it('a binary UUID keeps its order of bytes', () => {
    const known = '00112233-4455-4677-8899-aabbccddeeff';
    const value = 'a0b1c2d3-e4f5-4607-9809-1a2b3c4d5e6f';
    const as = (stored: string) => types.respelled(use('cookie_id', 'uuid-binary'), stored, value, known);
    expect(as('\\x00112233445546778899aabbccddeeff')).toBe('\\xa0b1c2d3e4f5460798091a2b3c4d5e6f');
    expect(as('\\x46774455001122338899aabbccddeeff')).toBe('\\x4607e4f5a0b1c2d398091a2b3c4d5e6f');
    expect(as('\\x33221100554477468899aabbccddeeff')).toBe('\\xd3c2b1a0f5e4074698091a2b3c4d5e6f');
    expect(as('\\xffff')).toBeNull();
  });

  it('and is the new value, or is not written: in every form under which a value is stored', () => {
    const numbers: Readonly<Record<string, readonly string[]>> = {
      phone: ['+46701740605', '+46701740699', '+46846500400', '+4721930000', '+46846500400;ext=12'],
      personnummer: [...SAFE],
      organisationsnummer: ['5590000001', '5590000014', ...SAFE.slice(0, 2)],
    };
    const cases = Object.entries(numbers).flatMap(([type, values]) =>
      values.flatMap((old) => values.map((value) => ({ type, old, value }))),
    );
    for (const { type, old, value } of cases) {
      for (const stored of types.get(type).forms(old, 'exact')) {
        const text = types.respelled(use(type), stored, value, old);
        if (text !== null) expect(types.get(type).compare(value, text), `${type} ${text}`).toBe('same');
        if (old === value && types.get(type).compare(old, stored) === 'same') expect(text).not.toBeNull();
        // What was digits alone stays so: it may be an integer.
        if (text !== null && !value.includes(';') && /^\d+$/.test(stored)) expect(text).toBe(digitsOf(text));
      }
    }
  });

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom(...types.names),
        (stored, type) => {
          for (const encoding of [null, 'md5', 'sha256', 'uuid-binary'] as const) {
            types.respelled(use(type, encoding), stored, '199006022397', stored);
            types.respelled(use(type, encoding), stored, FICTIVE_PHONE, FICTIVE_PHONE);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('an identifier in a confirmation', () => {
  it.each([
    ['email', 'anna@example.se', 'a***@e***.se'],
    ['email', 'a@x.example.com', '***@x***.com'],
    ['personnummer', '199006022397', '19900602-****'],
    ['organisationsnummer', '199006022397', '19900602-****'],
    ['organisationsnummer', '5590000001', '559***-****'],
    ['phone', '+46701740605', '070-*** ** 05'],
    ['phone', '+46846500400', '+46 *** 00'],
    ['name', 'anna maria andersson', 'A. M. A.'],
    ['ip', '192.0.2.17', '192.***'],
    ['ip', '2001:db8::1', '2001:***'],
    ['username', 'anna90', 'a***'],
    ['badge', '42', '***'],
    ['phone', 'x', '***'],
  ])('%s %s is %s', (type, value, text) => {
    expect(types.partlyMasked({ type, value })).toBe(text);
  });

  it('is never told whole', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types.names),
        fc.string({ minLength: 1, maxLength: 40 }),
        (type, raw) => {
          const { value, content } = types.get(type).normalise(raw);
          if (content) expect(types.partlyMasked({ type, value })).not.toContain(value);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
