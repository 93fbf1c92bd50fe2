import { domainToASCII } from 'node:url';
import { describe, expect, it } from 'vitest';
import { matcherOf, type ValuePlace } from '../../src/deep/matcher.js';
import { soughtValues } from '../../src/deep/sought.js';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import type { Identifier } from '../../src/model/subject.js';
import type { Value } from '../../src/model/value.js';
import { clock } from '../identity/people.js';

const types = identifierTypes({ customer_no: {}, number: { match: 'digits' } }, { clock });
const TEXT: ValuePlace = { numeric: false, counts: false, named: [] };
const NUMBER: ValuePlace = { ...TEXT, numeric: true };
const KEY: ValuePlace = { ...NUMBER, counts: true };

const finder = (...identifiers: readonly Identifier[]) => {
  const matcher = matcherOf(soughtValues(identifiers, types), types);
  return (value: Value, place: ValuePlace = TEXT) => matcher.holds(value, place);
};
const email = (value: string): Identifier => ({ type: 'email', value });
const personnummer = (value: string): Identifier => ({ type: 'personnummer', value });

describe('an e-mail address', () => {
  const holds = finder(email('anna@example.se'));

  it.each([
    'anna@example.se',
    'ANNA@Example.SE',
    'Anna <anna@example.se>, Bo',
    'Skriv till anna@example.se. Tack!',
    'mailto:anna@example.se?subject=Hej',
    'https://example.com/?to=anna%40example.se&x=1',
    'https://example.com/?to=anna%2540example.se',
    '{"to":"anna\\u0040example.se"}',
    `insert into log values ('{"to":"anna\\\\u0040example.se","x":"\\\\n"}')`,
    'Hej\\nanna@example.se\\n',
    "update users set email = 'anna@example.se' where id = 1",
    "exec f N'anna@example.se'",
    '\u201canna@example.se\u201d',
    'e-post:anna@example.se;',
    '%20anna@example.se%20',
    'kontakt anna@example.se-adressen',
    'kontakt\u2013anna@example.se',
    'kontakt\u2014anna@example.se\u2014tack',
    'note=hej+anna%40example.se+och+hej',
    'anna&#64;example.se',
    '<a>anna&#x40;example.se</a>',
    'anna&commat;example.se',
    'Till: anna=40example.se',
  ])('stands in %s', (text) => {
    expect(holds(text)).toBe(true);
    expect(holds({ json: JSON.stringify({ a: [{ b: text }] }) })).toBe(true);
    expect(holds(['x', text])).toBe(true);
  });

  it.each([
    'joanna@example.se',
    'jo.anna@example.se',
    'jo-anna@example.se',
    "o'anna@example.se",
    'jo%2Danna@example.se',
    'jo\\u002danna@example.se',
    'anna@example.se.example.com',
    'anna@example.se%2Eexample.com',
    'anna@example.se-shop.example.com',
    'anna@example.see',
    'anna@example.com',
    'annaexample.se',
    'anna@ example.se',
    'a.nna@example.se',
    'anna+x@example.se',
    'eva+anna@example.se',
    'eva+anna@example.se&to=x%40example.com',
    'eva%2Banna%40example.se',
    'jo\u2010anna@example.se',
    'jo.anna&#64;example.se',
    'jo.anna=40example.se',
    'anna',
    '',
  ])('does not stand in %s', (text) => {
    expect(holds(text)).toBe(false);
    expect(holds({ json: JSON.stringify({ a: text, [text]: 1 }) })).toBe(false);
  });

  it('is found in a domain with its own letters, and in punycode', () => {
    const own = finder(email(types.parse('åsa@blåbär.example.se').identifier.value));
    for (const text of [
      'åsa@blåbär.example.se',
      'ÅSA@BLÅBÄR.example.se',
      `åsa@${domainToASCII('blåbär.example.se')}`,
      'till=%C3%A5sa%40bl%C3%A5b%C3%A4r.example.se',
      '{"a":"\\u00e5sa@bl\\u00e5b\\u00e4r.example.se"}',
      'a\u030asa@bla\u030aba\u0308r.example.se',
    ])
      expect(own(text), text).toBe(true);
    expect(own('asa@blabar.example.se')).toBe(false);
    expect(own('påsa@blåbär.example.se')).toBe(false);
  });
});

describe('a personnummer', () => {
  const holds = finder(personnummer('199006022397'));

  it.each([
    '199006022397',
    '19900602-2397',
    '900602-2397',
    '9006022397',
    '900602 2397',
    '1990-06-02-2397',
    '900602\u20132397',
    'pnr:900602-2397;',
    'insert into t values (9006022397)',
    'SE900602239701',
    '?pnr=19900602%2D2397',
    '+9006022397 x',
    'nr=199006022397',
    '1,9006022397,2',
    '1.2.9006022397',
    'Nummer.9006022397',
    'Slut. 9006022397',
  ])('stands in %s', (text) => expect(holds(text)).toBe(true));

  it.each([
    '1199006022397',
    '1990060223971',
    '199006022398',
    '198501012382',
    'x199006022397',
    '199006022397x',
    '900602+2397',
    '2397',
    '90060223',
    'x=119006022397',
    '0.9006022397',
    '12.9006022397',
    '{"share":0.9006022397}',
    '550e8400-e29b-41d4-a716-199006022397',
    '19900602-2397-41d4-a716-446655440000',
  ])('does not stand in %s', (text) => expect(holds(text)).toBe(false));

  it('stands in numbers, with the zeros that they lost', () => {
    expect(holds(199006022397, NUMBER)).toBe(true);
    expect(holds(9006022397n, KEY)).toBe(true);
    expect(holds('9006022397.00', NUMBER)).toBe(true);
    expect(holds('90060223.97', NUMBER)).toBe(false);
    expect(holds(19900602239, NUMBER)).toBe(false);
    expect(holds({ json: '{"pnr":9006022397}' })).toBe(true);
    // 02 as a year, so that one zero is lost: 0202…; a made-up number is not valid and is not sought so.
    const young = finder(personnummer('202412312387'));
    expect(young(2412312387, NUMBER)).toBe(true);
  });

  it('of someone of a hundred is another’s without its sign', () => {
    const old = finder(personnummer('189001019802'));
    expect(old('900101+9802')).toBe(true);
    expect(old('18900101-9802')).toBe(true);
    expect(old('900101-9802')).toBe(false);
    expect(old(9001019802, NUMBER)).toBe(false);
  });
});

describe('what has no rules of its own', () => {
  it('is found as it is written, and in no longer id', () => {
    const holds = finder({ type: 'customer_no', value: 'C-1001' }, { type: 'username', value: 'annab90' });
    for (const text of ['C-1001', 'kund C-1001.', '"C-1001"', '@annab90', '/u/annab90/', '(annab90)'])
      expect(holds(text), text).toBe(true);
    for (const text of [
      ...['c-1001', 'XC-1001', 'C-10010', 'C-1001-2', 'AB-C-1001', 'C-1001@example.se'],
      ...['Annab90', 'annab901', 'annab90.lind', 'x_annab90', 'annab90@example.se'],
    ])
      expect(holds(text), text).toBe(false);
  });

  it('too short or too common, is sought as a whole value only', () => {
    const sought = [
      { type: 'username', value: 'anna' },
      { type: 'customer_no', value: '1001' },
    ];
    const holds = finder(...sought);
    expect(holds('anna')).toBe(true);
    expect(holds({ json: '{"users":["anna"]}' })).toBe(true);
    expect(holds('hej anna')).toBe(false);
    expect(holds('1001')).toBe(false);
    expect(holds(1001, NUMBER)).toBe(false);
    expect(holds(1001, { ...NUMBER, named: ['customer_no'] })).toBe(true);
    expect(holds('1001', { ...TEXT, named: ['customer_no'] })).toBe(true);
  });

  it('counts in keys are no identifiers, long numbers are', () => {
    const holds = finder({ type: 'number', value: '1234567' }, { type: 'number', value: '1234567890' });
    expect(holds(1234567, NUMBER)).toBe(true);
    expect(holds(1234567, KEY)).toBe(false);
    expect(holds(1234567890, KEY)).toBe(true);
  });
});
