import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../src/mask/redact.js';
import type { FieldType } from '../../src/model/catalog.js';
import type { Identifier } from '../../src/model/subject.js';
import type { Value } from '../../src/model/value.js';
import { types } from './build.js';

const identifiers: readonly Identifier[] = [
  { type: 'email', value: 'anna.berg@example.se' },
  { type: 'phone', value: '+46701740605' },
  { type: 'personnummer', value: '199006022397' },
  { type: 'username', value: 'annab90' },
  { type: 'ip', value: '192.0.2.17' },
  { type: 'customer_no', value: 'C-1001' },
];
const people = { identifiers, names: ['Anna-Lisa Åkerberg', 'Carl von Essen'] };
const redact = redactor(people, types);
const text: FieldType = { kind: 'text', native: 'text', length: null };
const json: FieldType = { kind: 'json', native: 'jsonb', length: null };
const X = '[redacted]';

describe('free text', () => {
  it.each([
    ['Anna Åkerberg ringde.', `${X} ringde.`],
    ['ANNA och anna', `${X} och ${X}`],
    ['Annas bil, Åkerbergs hus, Anna’s bok', `${X} bil, ${X} hus, ${X}’s bok`],
    ['Åkerberg, Anna-Lisa', X],
    ['Anna\u2011Lisa\n  \u00c5kerberg', X],
    ['A\u030akerberg', X],
    // Soft hyphens and the like are shown as nothing.
    ['\u00c5ker\u00adberg', X],
    ['Annan, Lisabeth, Johanna, Aannaa, anna1, Annass', 'Annan, Lisabeth, Johanna, Aannaa, anna1, Annass'],
    ['Asa Akerberg', 'Asa Akerberg'],
    ['herr von Essen, von och zu', `herr von ${X}, von och zu`],
    ['Carl von Essen', X],
  ])('loses names as whole words, in any case and composition: %j', (before, after) => {
    expect(redact.text(before)).toBe(after);
  });

  it.each([
    ['070-174 06 05', X],
    ['0701740605', X],
    ['+46 70 174 06 05', X],
    ['+46 (0)70-1740605', X],
    ['(070) 174 06 05', X],
    ['0046 70.174.06.05', X],
    ['701740605', X],
    ['Tel: 070 - 174  06 05.', `Tel: ${X}.`],
    ['ring (070-174 06 05) nu', `ring (${X}) nu`],
    ['900602-2397', X],
    ['19900602 - 2397', X],
    ['1990 06 02 23 97', X],
    ['SE900602239701', 'SE900602239701'],
    // Inside another number it is none.
    ['10701740605', '10701740605'],
    ['07017406059', '07017406059'],
    ['1234 0701740605 99', `1234 ${X} 99`],
    ['x0701740605', 'x0701740605'],
    ['070-174 06 04', '070-174 06 04'],
  ])('loses numbers however they are spaced: %j', (before, after) => {
    expect(redact.text(before)).toBe(after);
  });

  it.each([
    ['Mejla Anna.Berg@Example.SE.', `Mejla ${X}.`],
    ['<anna.berg@example.se>', X],
    ['mailto:anna.berg@example.se', X],
    ['?to=anna.berg%40example.se&x', `?to=${X}&x`],
    // The end of somebody else's address is not hers.
    ['eva.anna.berg@example.se', 'eva.anna.berg@example.se'],
    ['joanna.berg@example.se', 'joanna.berg@example.se'],
    ['eva@example.se', 'eva@example.se'],
    ['annab90 (C-1001) från 192.0.2.17', `${X} (${X}) från ${X}`],
    [
      'annab901, XC-1001, C-10010, 192.0.2.170, 1.192.0.2.17',
      'annab901, XC-1001, C-10010, 192.0.2.170, 1.192.0.2.17',
    ],
  ])('loses addresses and ids: %j', (before, after) => {
    expect(redactor({ identifiers, names: [] }, types).text(before)).toBe(after);
  });

  it('never grows beyond its column, and loses nothing but the person', () => {
    expect(redact.text('Anna och Lisa', 30)).toBe(`${X} och ${X}`);
    expect(redact.text('Anna och Lisa', 13)).toBe('*** och ***');
    expect(redactor({ identifiers: [], names: ['Bo'] }, types).text('Bo, Bo och Bo', 10)).toBe('* och *');
    expect(redact.value('Anna      ', { ...text, native: 'character(10)', length: 10 })).toBe(X);
    expect(redact.value('Lisa ring ', { ...text, native: 'character(10)', length: 10 })).toBe('*** ring  ');
  });
});

describe('documents and lists', () => {
  it('lose it in their texts, their names and their numbers, and stay what they are', () => {
    const document =
      '{"n": 1.50, "by":"Anna \\u00c5kerberg","t":[46701740605, 5,"x"], "anna.berg@example.se":{"annab90":1}}';
    const wanted = `{"n": 1.50, "by":"${X}","t":["${X}", 5,"x"], "${X}":{"${X}":1}}`;
    expect(redact.value({ json: document }, json)).toEqual({ json: wanted });
    expect(redact.value(document, text)).toBe(wanted);
    expect(redact.value({ json: '"Anna"' }, json)).toEqual({ json: `"${X}"` });
    expect(redact.value({ json: '{"Anna":1,"Lisa":2,"[redacted]":3}' }, json)).toEqual({
      json: '{"[redacted] 2":1,"[redacted] 3":2,"[redacted]":3}',
    });
    expect(
      redact.value(['Anna', null, 'x'], { kind: 'array', native: 'text[]', length: null, element: text }),
    ).toEqual([X, null, 'x']);
    expect(redact.value(701740605, { kind: 'other', native: '', length: null })).toBe(X);
  });

  it('without the person are the very same', () => {
    for (const same of [
      null,
      true,
      5,
      'x',
      ['x', null],
      { json: '{"a" : 1.0}' },
      new Uint8Array([65, 110, 110, 97]),
    ] as const) {
      expect(redact.value(same, text)).toBe(same);
    }
  });
});

const boundary = fc.constantFrom(' ', '\n', ', ', '. ', ': ', ' (', '', ' – ', '; ', '\t"', ' / ');
const filler = fc
  .array(fc.constantFrom('och', 'ringde', 'Övik', '12', 'x', 'å', '–', '!', '€', '👍🏽', 'von'), {
    maxLength: 6,
  })
  .map((words) => words.join(' '));

describe('any text', () => {
  it.each(identifiers.map((identifier) => [identifier.type, identifier] as const))(
    'loses every variant of a %s',
    (_type, identifier) => {
      const one = redactor({ identifiers: [identifier], names: [] }, types);
      const variants = types.variants(identifier.type, identifier.value);
      fc.assert(
        fc.property(
          filler,
          boundary,
          fc.constantFrom(...variants),
          fc.constantFrom(' ', '\n', ', ', '. ', ')', '', '!', ' – '),
          filler,
          (before, open, variant, close, after) => {
            // Whatever stands against it, and no word: a bracket, a blank, the end.
            const start = before === '' ? '' : `${before}${open === '' ? ' ' : open}`;
            const end = after === '' || close !== '' ? close : ' ';
            const made = one.text(`${start}${variant}${end}${close === ')' ? ' ' : ''}${after}`);
            expect(made.normalize('NFC').toLowerCase()).not.toContain(variant.normalize('NFC').toLowerCase());
            expect(made).toContain(X);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('without the person stays to the byte', () => {
    const word = fc.constantFrom(
      'Annan',
      'Lisabeth',
      '0701740604',
      '900602-2398',
      'eva@example.se',
      'A\u030a',
      'ﬁ',
      '\ud800',
      '\u200b',
      '👩‍👩‍👧',
      '12',
      'ö',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.constantFrom(' ', '\n\n', ' | ', '; ')), { maxLength: 20 }),
        (words) => {
          const whole = words.flat().join('');
          expect(redact.text(whole)).toBe(whole);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (whole) => {
        if (!/[aåcel019]/i.test(whole.normalize('NFKD'))) expect(redact.text(whole)).toBe(whole);
      }),
    );
  });

  it('in a document leaves a document, with all else to the byte', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (inner) => {
        const made = redact.value({ json: `{"q":${inner},"by":"Anna"}` }, json) as { readonly json: string };
        const parsed = JSON.parse(made.json);
        expect(parsed.by).toBe(X);
        if (!/[aåcel019]/i.test(inner)) expect(made.json).toBe(`{"q":${inner},"by":"${X}"}`);
      }),
    );
  });

  it('takes time in proportion to its length', () => {
    const pieces = [
      'a',
      'an',
      'anna ',
      'Anna',
      '0',
      '07',
      '0701740605 ',
      '070 ',
      '+',
      '(',
      '.',
      'anna.berg@',
      'é',
      'A\u030a',
      ' ',
      '\n',
      '{',
      '"',
      '👍',
    ];
    for (const piece of pieces) {
      const long = piece.repeat(Math.ceil(200_000 / piece.length));
      const start = process.cpuUsage();
      const made: Value = redact.value(long, text);
      expect(typeof made).toBe('string');
      expect(process.cpuUsage(start).user, piece).toBeLessThan(600_000);
    }
  });
});
