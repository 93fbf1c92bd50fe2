import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import mysql from '../../connectors/mysql/index.js';
import postgres from '../../connectors/postgres/index.js';
import { holdsOf } from '../../connectors/sql/charset.js';
import {
  type Coerce,
  toBoolean,
  toBytes,
  toDecimal,
  toFloat,
  toInteger,
  toText,
  toUuid,
} from '../../connectors/sql/coerce.js';
import { toDate, toInstant, toSpan, toTime, toTimestamp } from '../../connectors/sql/coerce-time.js';
import { coercedChunks } from '../../connectors/sql/keys.js';
import { keySetOf } from '../../src/connector/key-set.js';
import type { Scalar } from '../../src/model/value.js';
import { describeEngines, type Engine, withEngine } from '../harness/engines.js';
import { call, match, openOn } from './asking.js';

const RULE = { lastYear: 9999, unbounded: true };
const all: Readonly<Record<string, Coerce>> = {
  integer: toInteger(-(2n ** 63n), 2n ** 63n - 1n),
  decimal: toDecimal(20, 4),
  float: toFloat(false),
  single: toFloat(true),
  boolean: toBoolean('t', 'f'),
  uuid: toUuid,
  bytes: toBytes,
  date: toDate(RULE),
  time: toTime,
  span: toSpan,
  timestamp: toTimestamp(RULE),
  instant: toInstant(RULE, '+00'),
};

/** Keys near what each type takes, and far from it. */
const pad = (number: number, width = 2) => String(number).padStart(width, '0');
const digits = fc.stringMatching(/^[+-]?[0-9]{0,25}(\.[0-9]{0,6})?(e[+-]?[0-9]{1,3})?$/);
const moment = fc
  .tuple(
    fc.nat(300_000),
    fc.nat(13),
    fc.nat(32),
    fc.nat(25),
    fc.nat(61),
    fc.nat(61),
    fc.nat(9_999_999),
    fc.nat(3),
  )
  .map(([y, mo, d, h, mi, s, f, kind]) => {
    const date = `${pad(y % (kind === 0 ? 300_000 : 10_000), 4)}-${pad(mo)}-${pad(d)}`;
    const time = `${pad(h)}:${pad(mi)}:${pad(s)}${f === 0 ? '' : `.${f}`}`;
    const zone = ['', 'Z', '+00', '+02:00', '-11:30', '+15:59:59', '+99'][(f + d) % 7];
    return (
      [date, time, `${date} ${time}`, `${date}T${time}${zone}`, `${date} ${time}${zone}`, `${date} BC`][
        (s + h) % 6
      ] ?? date
    );
  });
const hex = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^\\x[0-9a-fA-F]{0,9}$/),
  fc.stringMatching(/^[0-9a-f-]{30,38}$/),
);
const odd = fc.constantFrom(
  'infinity',
  '-infinity',
  'NaN',
  'true',
  'f',
  '',
  ' ',
  'null',
  '\u0000',
  '\ud800',
  '(0,1)',
  '10.0.0.1/8',
  '::1',
  "it's",
);
const key: fc.Arbitrary<Scalar> = fc.oneof(
  ...[
    digits,
    moment,
    hex,
    odd,
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
  ],
);

describe('coercing a key', () => {
  it.each(Object.entries(all))('to %s gives one canonical text, or none', (_type, coerce) => {
    fc.assert(
      fc.property(key, (part) => {
        const text = coerce(part);
        if (text !== null) expect(coerce(text)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['integer', ['7', '007', '+7', '7.0', 7]],
    ['decimal', ['1.5', '01.50', '+1.5', 1.5]],
    ['decimal', ['0', '-0', '0.000', '.0', 0]],
    ['instant', ['2024-02-29T23:30:00Z', '2024-03-01 01:30:00.000+02', '2024-02-29 12:00:00-11:30']],
    ['instant', ['0001-01-01T00:00:00Z', '0001-01-01 02:00:00+02']],
    ['uuid', ['6F1C9F6E9d5b4c8e8f5a3b2a1c0d9e8f', '6f1c9f6e-9d5b-4c8e-8f5a-3b2a1c0d9e8f']],
    ['time', ['10:20', '10:20:00', '10:20:00.000']],
    ['boolean', [true, 't', 'TRUE', 1]],
  ] as const)('to %s, the same value is the same text (%#)', (type, keys) => {
    const texts = new Set((keys as readonly Scalar[]).map((one) => all[type]?.(one)));
    expect(texts.size).toBe(1);
    expect(texts).not.toContain(null);
  });

  it.each([
    ['integer', ['x', '', '1.5', '99999999999999999999', '0x7', '５']],
    ['decimal', ['1.23456', '123456789012345678901', 'NaN', '1,5', '.']],
    ['float', ['1e999', '1e-999', 'NaN', 'x']],
    ['date', ['2023-02-29', '2024-13-01', '0000-01-01', '2024-1-1']],
    ['instant', ['2024-02-29T10:00:00', '2024-02-29T10:00:00+99:00', '0001-01-01T00:00:00+02:00']],
    ['bytes', ['00ff', '\\x0', '\\xzz', '']],
  ] as const)('to %s, what it cannot hold is no key (%#)', (type, keys) => {
    for (const one of keys) expect(all[type]?.(one), String(one)).toBeNull();
  });

  it('keeps to the character set and length of a text', () => {
    const latin = toText({ length: 5, nul: true, holds: holdsOf('latin1') });
    expect(['Åsa', '€', 'a漢', 'abcdef', '\ud800'].map(latin)).toEqual(['Åsa', '€', null, null, null]);
    expect(toText({ length: null, nul: false, holds: holdsOf('LATIN1') })('€')).toBeNull();
    expect(holdsOf('utf8mb3')('😀')).toBe(false);
  });
});

describe('the chunks of a key set', () => {
  const integers = { probes: [{ coerce: all.integer ?? (() => null) }], copyPart: null };
  it('tell every key that can match once, with its position, and one value in one chunk only', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.oneof(
            fc.nat(30).map(String),
            fc.nat(30).map((n) => `0${n}`),
            fc.nat(30).map((n) => `${n}.0`),
            fc.constant('x'),
          ),
        ),
        fc.integer({ min: 1, max: 9 }),
        (texts, most) => {
          const chunks = [
            ...coercedChunks(
              keySetOf(
                texts.map((one) => [one]),
                1,
              ),
              integers as never,
              most,
            ),
          ];
          const values = chunks.flatMap(({ rows }) => rows.map(([value]) => value));
          expect(new Set(values).size).toBe(values.length);
          const told = chunks.flatMap(({ rows, asked }) =>
            asked.flatMap((keys, at) => keys.map(({ key: position }) => [position, rows[at]?.[0]])),
          );
          const wanted = texts.flatMap((one, position) =>
            one === 'x' ? [] : [[position, String(Number(one))]],
          );
          const inOrder = (list: readonly (readonly unknown[])[]) =>
            [...list].sort((a, b) => Number(a[0]) - Number(b[0]));
          expect(inOrder(told)).toEqual(wanted);
          for (const { rows } of chunks) expect(rows.length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

const TYPES: Readonly<Partial<Record<Engine, readonly string[]>>> = {
  postgres: [
    ...[
      'smallint',
      'integer',
      'bigint',
      'oid',
      'numeric',
      'numeric(10,2)',
      'real',
      'double precision',
      'boolean',
    ],
    ...[
      'text',
      'varchar(5)',
      'char(4)',
      'name',
      '"char"',
      'uuid',
      'date',
      'time',
      'timetz',
      'timestamp(3)',
      'timestamptz',
    ],
    ...[
      'interval',
      'bytea',
      'inet',
      'cidr',
      'macaddr',
      'int4range',
      'bit(3)',
      'varbit',
      'money',
      'xml',
      'point',
      'jsonb',
      'text[]',
      'tsvector',
    ],
  ],
  mysql: [
    ...[
      'tinyint(1)',
      'tinyint unsigned',
      'int',
      'bigint unsigned',
      'decimal(10,2)',
      'float',
      'double',
      'bit(3)',
      'year',
    ],
    ...[
      'varchar(5)',
      'char(4) character set latin1',
      'text',
      'longtext',
      "enum('a','it''s')",
      "set('a','b')",
      'uuid',
      'inet6',
      'inet4',
    ],
    ...[
      'date',
      'time',
      'time(6)',
      'datetime',
      'datetime(6)',
      'timestamp(6) null',
      'binary(4)',
      'varbinary(20)',
      'blob',
      'json',
      'point',
    ],
  ],
};

describeEngines(
  'any key against any type',
  (engine) => {
    const factory = engine === 'postgres' ? postgres : mysql;
    it('raises nothing, in any mode', async () => {
      const types = TYPES[engine] ?? [];
      const db = await withEngine(engine);
      await db.exec(
        `create table anything (id int primary key, ${types.map((type, at) => `c${at} ${type}`).join(', ')})`,
      );
      await db.exec('insert into anything (id) values (1)');
      const connector = await openOn<never>(factory as never, db.connection);
      const info = (await connector.describe(call())).collections[0];
      const keys = fc.sample(key, 1_500);
      const reader = await connector.reader(call(25_000));
      for (const at of types.keys()) {
        for (const mode of ['exact', 'folded', 'digits'] as const) {
          const matches = [match(`c${at}`, keys, mode)];
          for await (const batch of reader.find({
            collection: info?.id ?? '',
            key: ['id'],
            matches,
            fields: [],
          })) {
            throw new Error(`${types[at]} (${mode}): ${batch.length} records from a table of nulls`);
          }
        }
      }
      await reader.close();
      await connector.close();
      await db.drop();
    });
  },
  ['postgres', 'mysql'],
);
