import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misfit } from '../../src/map/fits.js';
import { canMake } from '../../src/mask/maker.js';
import type { MaskTarget } from '../../src/mask/target.js';
import type { FieldKind, FieldType } from '../../src/model/catalog.js';
import { isJson } from '../../src/model/json-tree.js';
import type { IdentifierUse } from '../../src/model/map.js';
import { isJsonText, type Value } from '../../src/model/value.js';
import { check, makerOf, target, types } from './build.js';

const use = (type: string, encoding: IdentifierUse['encoding'] = null): IdentifierUse => ({
  type,
  match: null,
  encoding,
});
const text = (length: number | null, rest: Partial<MaskTarget> = {}) =>
  target({ kind: 'text', native: length === null ? 'text' : `varchar(${length})`, length }, rest);
const pseudonym = (place: MaskTarget, stored: Value, attempt = 0, seed = 1) =>
  makerOf(seed).value(place, 'pseudonym', stored, attempt);

const NATIVES: Partial<Record<FieldKind, readonly string[]>> = {
  integer: [
    'integer',
    'smallint',
    'bigint',
    'tinyint(3) unsigned',
    'tinyint',
    'mediumint(9)',
    'int(10) unsigned',
    'INTEGER',
    'oid',
  ],
  decimal: ['numeric', 'numeric(10,2)', 'decimal(5,0)', 'numeric(3,3)', 'DECIMAL(12,4)', 'numeric(4,-2)'],
  float: ['real', 'double precision'],
  boolean: ['boolean'],
  uuid: ['uuid'],
  date: ['date'],
  time: ['time without time zone'],
  timestamp: ['timestamp without time zone', 'datetime(6)'],
  instant: ['timestamp with time zone'],
  bytes: ['bytea', 'varbinary(40)'],
  json: ['jsonb'],
};

const simpleTypes = Object.entries(NATIVES).flatMap(([kind, natives]) =>
  natives.map((native): FieldType => ({ kind: kind as FieldKind, native, length: null })),
);
const anyType = fc.oneof(
  fc.constantFrom(...simpleTypes),
  fc
    .integer({ min: 1, max: 60 })
    .map((length): FieldType => ({ kind: 'text', native: `varchar(${length})`, length })),
  fc
    .integer({ min: 1, max: 60 })
    .map((length): FieldType => ({ kind: 'text', native: `character(${length})`, length })),
  fc.constant<FieldType>({ kind: 'text', native: 'text', length: null }),
  fc.constant<FieldType>({ kind: 'enum', native: 'mood', length: null, values: ['happy', 'sad', 'so-so'] }),
  fc
    .integer({ min: 1, max: 40 })
    .map((length): FieldType => ({ kind: 'bytes', native: `binary(${length})`, length })),
  fc.constant<FieldType>({
    kind: 'array',
    native: 'text[]',
    length: null,
    element: { kind: 'text', native: 'text', length: null },
  }),
  fc
    .constantFrom('inet', 'inet4', 'inet6', '', 'ANY')
    .map((native): FieldType => ({ kind: 'other', native, length: null })),
);
const anyUse = fc.option(
  fc
    .tuple(fc.constantFrom(...types.names), fc.constantFrom(null, 'md5' as const, 'sha256' as const))
    .map(([type, encoding]) => use(type, encoding)),
);
const anyScalar = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    'anna@example.se',
    '070-174 06 05',
    '19900602-2397',
    '192.0.2.1',
    '2001:db8::1',
    '2024-02-29',
  ),
  fc.integer(),
  fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }),
  fc.boolean(),
);
const anyStored: fc.Arbitrary<Value> = fc.oneof(
  anyScalar,
  fc.uint8Array({ minLength: 1, maxLength: 100 }),
  fc.json().map((json) => ({ json })),
  fc.array(fc.string()),
);

const numbers = ['personnummer', 'organisationsnummer', 'phone'].map((name) => types.get(name));
function texts(value: Value): readonly string[] {
  if (value === null || value instanceof Uint8Array) return [];
  if (typeof value !== 'object') return [String(value)];
  return isJsonText(value) ? [value.json] : value.flatMap(texts);
}

describe('a pseudonym', () => {
  it('fits the type, whatever stood there, and can be taken for no number and no mailbox', () => {
    fc.assert(
      fc.property(
        anyType,
        anyUse,
        anyStored,
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        (type, identifier, stored, unique, attempt) => {
          const place = target(type, { identifier, unique });
          if (canMake(place) !== null) {
            // Only an address does not fit where there is too little room.
            expect(type.length ?? 99).toBeLessThan(45);
            return;
          }
          const made = pseudonym(place, stored, attempt);
          expect(typeof made === 'object' && made !== null ? typeof made : made).not.toBe('');
          fits(made, type);
          // A phone book takes any day for a number.
          const isTime =
            ['date', 'time', 'timestamp', 'instant'].includes(type.kind) && typeof made === 'string';
          for (const one of isTime ? [] : texts(made)) {
            for (const number of numbers)
              expect(number.normalise(one).problem, `${number.name} ${one}`).not.toBeNull();
            if (types.get('email').normalise(one).problem === null) expect(one.trim()).toMatch(/\.invalid$/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('inside a document is of the kind that stands there', () => {
    const inside = target({ kind: 'json', native: 'jsonb' }, { inDocument: true });
    const kinds = (stored: Value) => pseudonym(inside, stored);
    expect(kinds('Anna')).toMatch(/^pseudonym-/);
    expect(kinds('anna@example.se')).toMatch(/\.invalid$/);
    expect(kinds(5)).toEqual(expect.any(Number));
    expect(kinds(true)).toEqual(expect.any(Boolean));
    expect(kinds({ json: '1.50' })).toEqual({ json: expect.stringMatching(/^\d+\.\d\d$/) });
    expect(kinds({ json: '{"a":1}' })).toEqual({ json: '{}' });
    expect(kinds({ json: '[1]' })).toEqual({ json: '[]' });
  });

  it('is nothing where nothing stood', () => {
    for (const nothing of [null, '']) expect(pseudonym(text(null), nothing)).toBe(nothing);
  });

  it('shows nothing of the value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'annadersBERG0123456789'), minLength: 4, maxLength: 30 }),
        (stored) => {
          expect(pseudonym(text(40), stored)).not.toContain(stored.slice(0, 4));
        },
      ),
    );
  });
});

function fits(made: Value, type: FieldType): void {
  if (type.kind === 'json') expect(isJsonText(made) && isJson(made.json)).toBe(true);
  else if (type.kind === 'bytes') {
    expect((made as Uint8Array).length).toBeLessThanOrEqual(type.length ?? 64);
    if (type.native.startsWith('binary')) expect((made as Uint8Array).length).toBe(type.length);
  } else if (type.kind === 'array') expect(Array.isArray(made)).toBe(true);
  else {
    const scalar = made as string | number | boolean;
    const column = { name: 'c', type, nullable: false, generated: false, hasDefault: false, comment: null };
    const counted =
      typeof made === 'number' &&
      ['text', 'uuid', 'date', 'time', 'timestamp', 'instant'].includes(type.kind);
    if (!counted) expect(misfit(scalar, column)).toBeNull();
    if (type.kind === 'integer') inRange(Number(made), type.native);
    if (type.kind === 'decimal') inPrecision(String(made), type.native);
    if (type.native.startsWith('character(') && !counted) expect(String(made)).toHaveLength(type.length ?? 0);
  }
}

function inRange(made: number, native: string): void {
  const most: Readonly<Record<string, number>> = {
    ...{
      'tinyint(3) unsigned': 255,
      tinyint: 127,
      smallint: 32_767,
      'mediumint(9)': 8_388_607,
      bigint: Number.MAX_SAFE_INTEGER,
    },
    ...{ oid: 2 ** 32 - 1, 'int(10) unsigned': 2 ** 32 - 1 },
  };
  expect(made).toBeGreaterThanOrEqual(1);
  expect(made).toBeLessThanOrEqual(most[native] ?? 2_147_483_647);
  expect(Number.isInteger(made)).toBe(true);
}

function inPrecision(made: string, native: string): void {
  const [, digits = '30', scale = '2'] = /\((\d+),?(-?\d+)?\)/.exec(native) ?? [];
  const fraction = /\.(\d+)$/.exec(made)?.[1] ?? '';
  expect(fraction.length).toBe(
    Math.max(0, native.includes('(') && !native.includes(',') ? 0 : Number(scale)),
  );
  const whole = made.replace(/\..*$/, '').replace(/^0+/, '');
  expect(whole.length).toBeLessThanOrEqual(Number(digits) - Number(scale));
}

describe('within one request', () => {
  it('the same value has the same pseudonym wherever it fits, however it is spelled', () => {
    const email = { identifier: use('email') };
    const [one, other] = [
      text(null, email),
      text(100, { category: 'user.contact.email', name: 'crm.leads.mail' }),
    ];
    expect(pseudonym(one, 'Anna@example.se')).toBe(pseudonym(other, 'anna@EXAMPLE.se '));
    expect(pseudonym(text(null, { identifier: use('username') }), 'anna@example.se')).toBe(
      pseudonym(one, 'anna@example.se'),
    );
    const [phone, national] = [
      text(40, { identifier: use('phone') }),
      text(30, { category: 'user.contact.phone_number' }),
    ];
    expect(pseudonym(phone, '+46701740605')).toBe(pseudonym(national, '070-174 06 05'));
    const number = target({ kind: 'integer', native: 'bigint' }, { identifier: use('personnummer') });
    expect(pseudonym(number, 9006022397)).toBe(pseudonym(number, 199006022397));
  });

  it('others have others, another request has others, and a further attempt gives another', () => {
    const place = text(40);
    const all = ['a', 'b'].flatMap((value) =>
      [0, 1].flatMap((attempt) => [1, 2].map((seed) => pseudonym(place, value, attempt, seed))),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('enough of them to be unique, also in short columns', () => {
    const distinct = (place: MaskTarget, count: number) =>
      new Set(Array.from({ length: count }, (_, index) => String(pseudonym(place, `value ${index}`)))).size;
    expect(distinct(text(26), 800)).toBe(800);
    expect(distinct(text(8), 800)).toBe(800);
    expect(distinct(text(20, { identifier: use('email') }), 800)).toBe(800);
    expect(distinct(target({ kind: 'integer', native: 'bigint' }), 800)).toBe(800);
    expect(distinct(text(4), 500)).toBeGreaterThan(495);
    expect(distinct(target({ kind: 'date', native: 'date' }, { unique: true }), 500)).toBeGreaterThan(490);
  });
});

/** type, check, in engines' spellings. */
const CHECKED: readonly (readonly [MaskTarget, RegExp | ((made: Value) => boolean)])[] = [
  [
    text(20, {
      checks: [
        check("((c)::text = ANY ((ARRAY['new'::character varying, 'old'::character varying])::text[]))"),
      ],
    }),
    /^(?:new|old)$/,
  ],
  [text(20, { checks: [check("`c` in ('new','old')")] }), /^(?:new|old)$/],
  [text(20, { checks: [check("c = 'abc' OR c = 'def'")] }), /^(?:abc|def)$/],
  [text(50, { checks: [check('((length(c) >= 2) AND (length(c) <= 10))')] }), /^.{2,10}$/],
  [text(50, { checks: [check('char_length(`c`) = 12')] }), /^.{12}$/],
  [text(50, { checks: [check('(length(c) > 40)')] }), /^.{41,50}$/],
  [
    text(50, { checks: [check("((c ~~ '%@%'::text) AND (c !~~ '% %'::text))")], identifier: use('email') }),
    /^[^ ]+@.+\.invalid$/,
  ],
  [text(50, { checks: [check("(c ~ '^[A-Z]{2}-[0-9]{4}$'::text)")] }), /^[A-Z]{2}-\d{4}$/],
  [text(50, { checks: [check("`c` regexp '^(SE|NO)[0-9]+$'")] }), /^(?:SE|NO)\d+$/],
  [
    text(12, { checks: [check("(c ~ '^[0-9]{10}([0-9]{2})?$'::text)")], identifier: use('personnummer') }),
    /^\d{10,12}$/,
  ],
  [text(20, { checks: [check("(c ~ '^\\+?[0-9 -]+$'::text)")], identifier: use('phone') }), /^\+?[0-9 -]+$/],
  [
    text(50, { checks: [check("(c ~* '^[^@]+@[^@]+\\.[a-z]{2,}$'::text)")], identifier: use('email') }),
    /\.invalid$/,
  ],
  [text(10, { checks: [check('(c = upper(c))')] }), /^[A-Z0-9]+$/],
  [text(10, { checks: [check("c like 'K-%'"), check('length(c) = 8')] }), /^K-.{6}$/],
  [text(10, { checks: [check("[c] GLOB '[A-Z][A-Z][0-9]*'")] }), /^[A-Z]{2}\d/],
  [
    target({ kind: 'integer', native: 'smallint' }, { checks: [check('((c >= 18) AND (c < 21))')] }),
    (made) => [18, 19, 20].includes(Number(made)),
  ],
  [
    target({ kind: 'integer', native: 'integer' }, { checks: [check('`c` between -5 and -1')] }),
    (made) => Number(made) >= -5 && Number(made) < 0,
  ],
  [
    target({ kind: 'integer', native: 'integer' }, { checks: [check('((c % 2) = 0)')] }),
    (made) => Number(made) % 2 === 0,
  ],
  [
    target({ kind: 'integer', native: 'integer' }, { checks: [check('c IN (10, 20)')] }),
    (made) => [10, 20].includes(Number(made)),
  ],
  [
    target(
      { kind: 'decimal', native: 'numeric(5,2)' },
      { checks: [check("((c > 0.5) AND (c < '0.9'::numeric))")] },
    ),
    (made) => Number(made) > 0.5 && Number(made) < 0.9,
  ],
  [
    target(
      { kind: 'float', native: 'real' },
      { checks: [check('((c >= (0)::double precision) AND (c <= (1)::double precision))')] },
    ),
    (made) => Number(made) >= 0 && Number(made) <= 1,
  ],
  [
    target(
      { kind: 'date', native: 'date' },
      { checks: [check("((c >= '2020-01-01'::date) AND (c < '2020-02-01'::date))")] },
    ),
    /^2020-01-\d\d$/,
  ],
  [target({ kind: 'date', native: 'date' }, { checks: [check('(c < CURRENT_DATE)')] }), /^19\d\d-/],
  [target({ kind: 'boolean', native: 'boolean' }, { checks: [check('(NOT c)')] }), (made) => made === false],
  [
    target({ kind: 'enum', native: 'e', values: ['a', 'b', 'c'] }, { checks: [check("(c <> 'a'::e)")] }),
    /^[bc]$/,
  ],
  [
    target({ kind: 'json', native: 'jsonb' }, { checks: [check("(jsonb_typeof(c) = 'object'::text)")] }),
    (made) => JSON.stringify(made) === '{"json":"{}"}',
  ],
  [
    target(
      { kind: 'array', native: 'text[]', element: { kind: 'text', native: 'text', length: null } },
      { checks: [check('(cardinality(c) > 0)')] },
    ),
    (made) => Array.isArray(made) && made.length === 1,
  ],
  [text(30, { checks: [check('((c IS NOT NULL) OR (d IS NOT NULL))', 'c', 'd')] }), /^pseudonym-/],
];

describe('a check', () => {
  it.each(
    CHECKED.map(
      ([place, right]) =>
        [
          place.type.native,
          place.checks.map(({ expression }) => expression).join(' and '),
          place,
          right,
        ] as const,
    ),
  )('on %s is met: %s', (_native, _sql, place, right) => {
    expect(canMake(place)).toBeNull();
    for (let index = 0; index < 20; index += 1) {
      const made = pseudonym(place, place.type.kind === 'json' ? { json: '[]' } : `value ${index}`);
      expect(right instanceof RegExp ? right.test(String(made)) : right(made), String(made)).toBe(true);
    }
  });

  it.each([
    [
      text(20, { checks: [check('is_known(c)')] }),
      /no random value can be made for c, which is varchar\(20\): the check is_known\(c\) may refuse it/,
    ],
    [text(20, { checks: [{ name: 'c_ok', fields: ['c', 'd'], expression: '(c < d)' }] }), /the check c_ok/],
    [text(20, { checks: [check("c like 'a%'"), check("c like 'b%'")] }), /its checks/],
    [text(13, { identifier: use('email') }), /^no random value can be made for c, which is varchar\(13\)$/],
    [text(30, { identifier: use('email'), checks: [check("(c ~ '@example\\.se$'::text)")] }), /the check/],
    [target({ kind: 'other', native: 'point' }), /which is point/],
  ])('that no value can be made for is told by name', (place, reason) => {
    expect(canMake(place)).toMatch(reason);
    expect(() => pseudonym(place, 'secret-value')).toThrow(/crm\.t\.c: no random value can be made/);
    expect(() => pseudonym(place, 'secret-value')).not.toThrow(/secret/);
  });
});

describe('the other masks', () => {
  const value = makerOf().value;

  it('null and keep are what they say', () => {
    expect(value(text(5), 'null', 'a')).toBeNull();
    expect(value(text(5), 'keep', 'a')).toBe('a');
  });

  it.each<readonly [string, FieldType, string | number | boolean, Value]>([
    ['integer', { kind: 'integer', native: 'bigint', length: null }, '9007199254740993', 9007199254740993n],
    ['integer', { kind: 'integer', native: 'tinyint', length: null }, true, 1],
    ['decimal', { kind: 'decimal', native: 'numeric', length: null }, 1.5, '1.5'],
    ['boolean', { kind: 'boolean', native: 'tinyint(1)', length: null }, 0, false],
    ['text', { kind: 'text', native: 'text', length: null }, 5, '5'],
    ['character', { kind: 'text', native: 'character(3)', length: 3 }, 'x', 'x  '],
    [
      'uuid',
      { kind: 'uuid', native: 'uuid', length: null },
      '{00112233445546778899AABBCCDDEEFF}',
      '00112233-4455-4677-8899-aabbccddeeff',
    ],
    [
      'timestamp',
      { kind: 'timestamp', native: 'timestamp', length: null },
      '2020-01-02',
      '2020-01-02T00:00:00',
    ],
    [
      'timestamp',
      { kind: 'timestamp', native: 'timestamp', length: null },
      '2020-01-02 03:04:05.600',
      '2020-01-02T03:04:05.6',
    ],
    [
      'instant',
      { kind: 'instant', native: 'timestamptz', length: null },
      '2020-01-02 00:30:00.25+01',
      '2020-01-01T23:30:00.25+00:00',
    ],
    ['time', { kind: 'time', native: 'time', length: null }, '03:04', '03:04:00'],
    ['bytes', { kind: 'bytes', native: 'bytea', length: null }, '\\x00ff', new Uint8Array([0, 255])],
    ['json', { kind: 'json', native: 'jsonb', length: null }, '{"a":1}', { json: '{"a":1}' }],
    ['json', { kind: 'json', native: 'jsonb', length: null }, 'x', { json: '"x"' }],
  ])('a constant in a column of %s', (_kind, type, constant, made) => {
    expect(value(target(type), { constant }, null)).toEqual(made);
  });
});
