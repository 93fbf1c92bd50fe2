import fc from 'fast-check';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { checkDigit } from '../../src/identity/luhn.js';
import type { Identifier } from '../../src/model/subject.js';
import { clock } from '../identity/people.js';

export const types = identifierTypes(
  { badge: {}, login: { match: 'folded' }, number: { match: 'digits' } },
  { clock },
);

const word = fc.string({ unit: fc.constantFrom(...'abcåäöéxyz'), minLength: 1, maxLength: 6 });
const ascii = fc.string({ unit: fc.constantFrom(...'abcxyz0189'), minLength: 1, maxLength: 6 });
const year = (least: number) => fc.integer({ min: least, max: 2026 });

/** Made-up texts of every type that has rules, and of those that have none; canonical. */
const written: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc
    .tuple(
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('.', '_', '-', '+'),
      fc.oneof(word, ascii),
    )
    .map(([local, join, domain]) => `${local.join(join)}@${domain}.example.se`),
  personnummer: fc
    .tuple(
      year(1890),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 28 }),
      fc.boolean(),
      fc.integer({ min: 10, max: 99 }),
      fc.constantFrom(...'0123456789TRSUWXJKLMN'),
    )
    .map(([of, month, day, coordination, serial, first]) => {
      const two = String(coordination ? day + 60 : day).padStart(2, '0');
      const eleven = `${of}0${month}${two}${first}${serial}`;
      return `${eleven}${checkDigit(eleven.slice(2).replace(/[A-Z]/, '1'))}`;
    }),
  organisationsnummer: fc
    .tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 2_000_000, max: 9_999_999 }))
    .map(([head, tail]) => `${head}${tail}${checkDigit(`${head}${tail}`)}`),
  cookie_id: fc.uuid(),
  username: fc.tuple(ascii, word, fc.nat({ max: 999 })).map(([a, b, n]) => `${a}${b}.${n}`),
  badge: fc.integer({ min: 100, max: 99_999 }).map((number) => `B-${number}`),
  login: fc.tuple(word, fc.nat({ max: 9_999 })).map(([a, n]) => `Login${a}${n}`),
  number: fc.integer({ min: 1_000_000, max: 99_999_999 }).map((number) => `0${number}`),
};

export const identifier: fc.Arbitrary<Identifier> = fc.oneof(
  ...Object.entries(written).map(([type, texts]) =>
    texts.map((text) => ({ type, value: types.get(type).normalise(text).value })),
  ),
);

/** What may stand beside an identifier, so that it ends there. */
const BESIDE = [
  ' ',
  '\n',
  '\t',
  '"',
  '(',
  ')',
  '<',
  '>',
  ',',
  ';',
  ':',
  '/',
  '=',
  '|',
  '\u201c',
  '\u00a0',
  ' \u2013 ',
];

const around = fc.string({
  unit: fc.constantFrom(...'abcdåäö', ...'0123456789', ...' .,;:\'"()/\\\n-+_@<>{}[]=%', 'select ', 'anna'),
  maxLength: 30,
});
export const beside = fc.constantFrom(...BESIDE);

/** A text before and one after, neither of which joins what stands between. */
export const context = fc
  .tuple(around, beside, beside, around)
  .map(([before, left, right, after]): readonly [string, string] => [before + left, right + after]);

/** How a text comes to stand in a field. */
export const LAYERS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  json: (text) => JSON.stringify({ a: [text] }),
  'json, ascii only': (text) => asciiJson({ note: text }),
  'json in json': (text) => JSON.stringify({ payload: JSON.stringify({ a: text }) }),
  'ascii json in json': (text) => asciiJson({ payload: asciiJson({ a: text }) }),
  sql: (text) => `update t set a = '${text.replaceAll("'", "''")}' where id = 1`,
  url: (text) => `https://example.com/?q=${encodeURIComponent(text)}&x=1`,
  // A `+` is read as a space only beside an escaped `@`.
  // A `+` is read as a space only beside an escaped `@`.
  form: (text) => (text.includes('@') ? new URLSearchParams({ a: 'b', note: text }).toString() : text),
  html: (text) => `<p>${text.replaceAll('@', '&#64;')}</p>`,
  'html, hexadecimal': (text) => text.replaceAll('@', '&#x40;'),
  'html, by name': (text) => text.replaceAll('@', '&commat;'),
  'url in json': (text) => JSON.stringify({ url: `/?q=${encodeURIComponent(text)}` }),
};

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
