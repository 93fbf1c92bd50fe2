import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvOf, jsonOf, type Style } from '../../src/extract/json-value.js';
import { withOffset } from '../../src/extract/local-time.js';
import type { FieldKind } from '../../src/model/catalog.js';
import { typeOf } from './build.js';

const none = () => null;
const style = (kind: FieldKind | null = null, asText = false): Style => ({
  type: kind === null ? null : typeOf(kind),
  asText,
  withOffset: withOffset('Europe/Stockholm'),
});

describe('values as JSON', () => {
  test.each([
    ['a safe integer', 9007199254740991n, '9007199254740991'],
    ['an integer beyond 2^53', 9007199254740992n, '"9007199254740992"'],
    ['the largest bigint, negative', -9223372036854775808n, '"-9223372036854775808"'],
    ['minus zero', -0, '-0'],
    ['NaN', Number.NaN, '"NaN"'],
    ['infinity', Number.NEGATIVE_INFINITY, '"-Infinity"'],
    ['NUL and a lone surrogate', 'a\u0000b\ud800', '"a\\u0000b\\ud800"'],
    [
      'JSON in its own text, but for numbers that a double cannot hold',
      { json: '{"n": 1.10, "big": 12345678901234567890, "x": [0.1234567890123456789, 0.30000000000000004]}' },
      '{"n": 1.10, "big": "12345678901234567890", "x": ["0.1234567890123456789", 0.30000000000000004]}',
    ],
    ['text that only claims to be JSON', { json: '{oops' }, '"{oops"'],
    ['bytes', new Uint8Array([0, 255]), '{"base64":"AP8="}'],
    ['a list', ['a', null, 2n], '["a",null,2]'],
    ['null', null, 'null'],
  ])('%s', (_name, value, json) => {
    expect(jsonOf(value, style(), none)).toBe(json);
  });

  test('a personnummer stored as an integer, and a phone inside JSON, are text', () => {
    expect(jsonOf(199006022397, style('integer', true), none)).toBe('"199006022397"');
    expect(jsonOf({ json: '46701740605' }, style('json', true), none)).toBe('"46701740605"');
  });

  test('any text, number and boolean reads back equal', () => {
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.integer(),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(jsonOf(value, style(), none))).toBe(value);
      }),
    );
  });

  test('a CSV cell holds plain text for texts and JSON for what has parts', () => {
    expect(csvOf('a "b"', style(), none)).toBe('a "b"');
    expect(csvOf({ json: '"x"' }, style('json'), none)).toBe('x');
    expect(csvOf(['a', 1], style(), none)).toBe('["a",1]');
    expect(csvOf(null, style(), none)).toBeNull();
  });
});

describe('times without a zone', () => {
  const stockholm = withOffset('Europe/Stockholm');

  test.each([
    ['winter', '2026-01-15T12:00:00.123456', '2026-01-15T12:00:00.123456+01:00'],
    ['summer', '2026-07-15T12:00:00', '2026-07-15T12:00:00+02:00'],
    ['just before the spring change', '2026-03-29T01:59:59', '2026-03-29T01:59:59+01:00'],
    ['just after it', '2026-03-29T03:00:00', '2026-03-29T03:00:00+02:00'],
    ['the hour that spring leaves out', '2026-03-29T02:30:00', '2026-03-29T02:30:00+01:00'],
    ['the hour that autumn repeats', '2026-10-25T02:30:00', '2026-10-25T02:30:00+02:00'],
    ['just after it', '2026-10-25T03:00:00', '2026-10-25T03:00:00+01:00'],
    ['no such day', '2026-02-30T00:00:00', '2026-02-30T00:00:00'],
    ['no time at all', 'infinity', 'infinity'],
    ['MySQL zero', '0000-00-00T00:00:00', '0000-00-00T00:00:00'],
  ])('%s', (_name, local, told) => {
    expect(stockholm(local)).toBe(told);
  });

  test('a change that is not on the hour is found', () => {
    const lordHowe = withOffset('Australia/Lord_Howe');
    expect(lordHowe('2026-04-05T01:15:00')).toBe('2026-04-05T01:15:00+11:00');
    expect(lordHowe('2026-04-05T02:15:00')).toBe('2026-04-05T02:15:00+10:30');
  });

  test('the moment is the same on the clock of the zone, whatever the time', () => {
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Stockholm',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const moments = fc.date({
      min: new Date('1980-01-01'),
      max: new Date('2037-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        const local = clock.format(moment).replace(' ', 'T');
        const back = new Date(stockholm(local));
        expect(clock.format(back).replace(' ', 'T')).toBe(local);
      }),
    );
  });
});
