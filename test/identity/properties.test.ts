import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { checkDigit } from '../../src/identity/luhn.js';
import { asciiLower, digitsOf } from '../../src/identity/text.js';
import { DsrError } from '../../src/model/error.js';
import { clock } from './people.js';

const types = identifierTypes(
  {
    badge: {},
    login: { match: 'folded' },
    number: { match: 'digits' },
    email: { never: ['info@*', '*faktura*'] },
  },
  { clock },
);

/** Random texts, and texts near to what the types take. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      ...'0123456789',
      ...'+-()/. ,;:@<>[]%',
      ...'aåÅöß',
      'x',
      'T',
      'SE',
      'mailto:',
      'ext',
      'İ',
      '\u0301',
      '\u200b',
      '\ud800',
      '::',
    ),
    maxLength: 25,
  }),
);
const word = fc.string({ unit: fc.constantFrom(...'abcåäöéßxyz'), minLength: 1, maxLength: 8 });

/** Texts that each type takes as valid. */
const valid: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.option(word), word)
    .map(([local, tag, domain]) => `${local.join('.')}${tag === null ? '' : `+${tag}`}@${domain}.example.se`),
  phone: fc.oneof(
    fc.integer({ min: 605, max: 699 }).map((last) => `070-1740${last}`),
    fc.integer({ min: 400, max: 499 }).map((last) => `08-46500${last}`),
    fc
      .tuple(fc.integer({ min: 400, max: 499 }), fc.integer({ min: 1, max: 999 }))
      .map(([last, ext]) => `08-46500${last} ankn ${ext}`),
  ),
  personnummer: fc
    .tuple(
      fc.date({
        min: new Date('1900-01-01T00:00:00Z'),
        max: new Date('2026-11-01T00:00:00Z'),
        noInvalidDate: true,
      }),
      fc.boolean(),
      fc.integer({ min: 10, max: 99 }),
      fc.constantFrom(...'0123456789TRSUWXJKLMN'),
    )
    .map(([date, coordination, serial, first]) => {
      const [year, month, day = ''] = date.toISOString().slice(0, 10).split('-');
      const eleven = `${year}${month}${coordination ? Number(day) + 60 : day}${first}${serial}`;
      return `${eleven}${checkDigit(eleven.slice(2).replace(/[A-Z]/, '1'))}`;
    }),
  organisationsnummer: fc
    .tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 2_000_000, max: 9_999_999 }))
    .map(([head, tail]) => `${head}${tail}${checkDigit(`${head}${tail}`)}`),
  name: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  cookie_id: fc.uuid(),
  username: word,
  badge: word,
  login: word,
  number: fc.integer({ min: 0, max: 1e9 }).map(String),
};

describe.each(types.names)('%s', (name) => {
  const type = types.get(name);
  const values = (valid[name] ?? fc.constant('x')).map((text) => type.normalise(text).value);

  it('normalises what is normalised to itself', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, values), (text) => {
        const { value } = type.normalise(text);
        expect(type.normalise(value).value).toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  it('takes its own values as valid', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(type.normalise(value).problem).toBeNull();
      }),
    );
  });

  it('never throws, and finds a value the same as itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { value, problem } = type.normalise(text);
        if (problem !== null && text.length > 3) expect(problem).not.toContain(text);
        expect(type.compare(value, text)).toBe('same');
        expect(type.compare(value, value)).toBe('same');
        for (const mode of ['exact', 'folded', 'digits'] as const)
          expect(type.forms(value, mode)).not.toContain(null);
        types.variants(name, value);
        types.isNever(name, value);
        types.search({ type: name, match: null, encoding: 'uuid-binary' }, value);
      }),
      { numRuns: 300 },
    );
  });

  it('compares two texts alike from either side', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(type.compare(one, other)).toBe(type.compare(other, one));
      }),
    );
  });

  it('is asked for in every form under which a database holds a spelling of it, and no spelling is different', () => {
    fc.assert(
      fc.property(values, (value) => {
        const [folded, digits] = [new Set(type.forms(value, 'folded')), new Set(type.forms(value, 'digits'))];
        for (const stored of type.forms(value, 'exact')) {
          expect(type.compare(value, stored)).not.toBe('different');
          expect(folded.has(stored.toLowerCase()) && folded.has(asciiLower(stored))).toBe(true);
          expect(digitsOf(stored) === '' || digits.has(digitsOf(stored))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes time in proportion to the length of what it reads', () => {
    const long = [
      ' ',
      'a',
      '1',
      '+',
      '-',
      '@',
      '<',
      '.',
      ':',
      ',',
      'a ',
      'å',
      '\u0301',
      '1 ',
      '(0',
      'ext',
      '=',
      'a@',
    ];
    for (const piece of long) {
      const text = `x${piece.repeat(30_000)}x`;
      const start = process.cpuUsage();
      const { value } = type.normalise(text);
      type.compare(value, text);
      type.forms(value, 'folded');
      // The processor's time: what else the machine does is no matter.
      expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
    }
  });
});

it('a text on the command line is an identifier or a usage error that does not repeat it', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, ...Object.values(valid)), (text) => {
      try {
        const { identifier, warning } = types.parse(text);
        expect(types.names).toContain(identifier.type);
        if (identifier.value.length > 8) expect(warning ?? '').not.toContain(identifier.value);
      } catch (error) {
        expect(error).toBeInstanceOf(DsrError);
        expect(error).toMatchObject({ kind: 'usage' });
        if (text.trim().length > 8)
          expect(`${(error as DsrError).message} ${(error as DsrError).hint}`).not.toContain(text);
      }
    }),
    { numRuns: 1000 },
  );
});

it('a bare name or user name is never guessed at', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
      expect(() => types.parse(words.join(' '))).toThrow(DsrError);
    }),
  );
});
