import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { keyOf } from '../../src/ledger/key.js';
import type { IdentifierSetting } from '../../src/model/map.js';
import { canonicalOf } from '../../src/obligation/replay/canonical.js';
import { startHashing } from '../../src/obligation/replay/hashing.js';
import type { TagMatch } from '../../src/obligation/replay/protocol.js';
import { sinceOf } from '../../src/obligation/replay/since.js';
import { tagMatching } from '../../src/obligation/replay/tag-matches.js';

const NOW = Date.parse('2026-11-26T09:00:00Z');
const SETTINGS: Readonly<Record<string, IdentifierSetting>> = {
  customer_no: { strength: 'strong', match: 'digits' },
  member: { strength: 'strong', match: 'folded' },
  phone: { strength: 'strong' },
};
const types = identifierTypes(SETTINGS, { country: 'SE', clock: { now: () => new Date(NOW) } });
const key = randomBytes(32);
const { subjectTag } = keyOf(key);

/** Law.md §5's safe numbers, in every form that somebody has typed one. */
const PERSONAL = ['199006022397', '198501012382', '194408139089', '189001019802', '202412312387'];
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const written = fc.oneof(
  fc
    .constantFrom(...PERSONAL)
    .chain((value) =>
      fc.constantFrom(
        value,
        value.slice(2),
        `${value.slice(2, 8)}-${value.slice(8)}`,
        `${value.slice(0, 8)}-${value.slice(8)}`,
      ),
    ),
  digits(10),
  digits(12),
  fc.tuple(digits(6), digits(4)).map(([date, last]) => `${date}-${last}`),
  fc.tuple(digits(8), digits(4)).map(([date, last]) => `${date}-${last}`),
  fc.tuple(digits(6), digits(4)).map(([date, last]) => `${date}+${last}`),
  fc.tuple(digits(6), digits(4)).map(([date, last]) => `16${date}-${last}`),
);
const address = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'annaÅ.+%-_ <>;,"'), maxLength: 12 }),
    fc.constantFrom('@', '@', '@', '', '@@', ' @ '),
    fc.constantFrom(
      'example.se',
      'Example.COM',
      'räksmörgås.example.se',
      'example.se.',
      'localhost',
      '',
      'a..b',
      'x_y.se;',
    ),
  )
  .map((parts) => parts.join(''));
const anything = fc.oneof(address, written, fc.string(), fc.string({ unit: 'binary' }));

const canonical = (type: string, raw: string): readonly string[] => {
  const found: string[] = [];
  canonicalOf(types, type)(raw, (value) => found.push(value));
  return found;
};

describe('the canonical value of millions', () => {
  it.each(['email', 'personnummer', 'organisationsnummer', 'phone', 'username', 'member'])(
    'is what the type %s makes of each',
    (type) => {
      fc.assert(
        fc.property(anything, (raw) => {
          const { value, content } = types.get(type).normalise(raw);
          expect(canonical(type, raw)).toEqual(content ? [value] : []);
        }),
        { numRuns: 500 },
      );
    },
  );

  it('counts the zeros that an integer has lost', () => {
    fc.assert(
      fc.property(digits(7), fc.nat(5), (number, zeros) => {
        const given = types.get('customer_no').normalise('0'.repeat(zeros) + number).value;
        const integer = number.replace(/^0+(?=\d)/, '');
        expect(canonical('customer_no', integer)).toContain(given);
        expect(canonical('customer_no', `000${integer}`)).toContain(integer);
      }),
    );
  });
});

const tagged = (...identifiers: readonly (readonly [type: string, value: string])[]) => ({
  ...{ key, settings: SETTINGS, country: 'SE', now: NOW },
  tags: identifiers.map(([type, value]) => ({ type, tag: subjectTag(type, value) })),
});

describe('matching', () => {
  it('finds every spelling of those who were erased, and nobody else', () => {
    const setup = tagged(
      ['email', 'anna@example.se'],
      ['personnummer', '199006022397'],
      ['phone', '+46701740605'],
    );
    const match = tagMatching(setup);
    const of = (type: string, ...values: readonly string[]) =>
      match({ type, values: values.join('\0') }).map(({ at, tag }) => [at, tag]);
    expect(
      of(
        'email',
        'Anna@Example.SE',
        'bo@example.se',
        ' <anna@example.se>;',
        'anna@example.se',
        'mailto:anna@example.se',
      ),
    ).toEqual([
      [0, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
    expect(of('personnummer', '900602-2397', '9006022397', '19900602-2397', '198501012382')).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    // A sole trader's number is the owner's.
    expect(of('organisationsnummer', 'SE900602239701', '556016-0680')).toEqual([[0, 1]]);
    expect(of('phone', '070-174 06 05', '0701740606')).toEqual([[0, 2]]);
    expect(of('username', 'anna@example.se')).toEqual([]);
  });

  it('remembers what it looked at without mixing anything up', () => {
    const pool = Array.from({ length: 30 }, (_, at) => `p${at}@example.se`);
    const erased = pool.filter((_, at) => at % 3 === 0);
    const match = tagMatching(tagged(...erased.map((value) => ['email', value] as const)));
    // More than it remembers at once.
    const values = Array.from({ length: 60_000 }, (_, at) =>
      at % 2 === 0 ? `x${at}@example.se` : (pool[at % 30] ?? ''),
    );
    const found = match({ type: 'email', values: values.join('\0') });
    expect(found.map(({ at }) => at)).toEqual(
      values.flatMap((value, at) => (erased.includes(value) ? [at] : [])),
    );
    for (const { tag, value } of found) expect(erased[tag]).toBe(value);
  });

  it('runs in threads of its own, and hands back what matched in each batch', async () => {
    const hashing = startHashing(tagged(['email', 'anna@example.se']));
    const found: (readonly [batch: number, matches: readonly TagMatch[]])[] = [];
    try {
      for (let batch = 0; batch < 20; batch += 1) {
        const values = ['x@example.se', ...(batch % 5 === 0 ? ['ANNA@example.se'] : [])];
        await hashing.add('email', values, (matches) => found.push([batch, matches]));
      }
      await hashing.done();
    } finally {
      await hashing.close();
    }
    const hit = [{ at: 1, tag: 0, value: 'anna@example.se' }];
    expect(found.toSorted(([one], [other]) => one - other)).toEqual(
      Array.from({ length: 20 }, (_, batch) => [batch, batch % 5 === 0 ? hit : []]),
    );
  });

  it('throws what the taker of a match has thrown', async () => {
    const hashing = startHashing(tagged(['email', 'anna@example.se']));
    const full = () => {
      throw new Error('the disk is full');
    };
    await expect(hashing.add('email', ['anna@example.se'], full).then(hashing.done)).rejects.toThrow(/full/);
    await hashing.close();
  });

  it('says so when a thread fails, or has ended', async () => {
    const failing = startHashing({ ...tagged(), settings: null as never });
    await expect(failing.add('email', ['x'], () => undefined).then(failing.done)).rejects.toThrow(/thread/);
    await failing.close();
    const ended = startHashing(tagged());
    await ended.close();
    await expect(ended.add('email', ['x'], () => undefined).then(ended.done)).rejects.toThrow(/thread/);
  });
});

describe('--since', () => {
  const now = new Date(NOW);
  it.each([
    ['2026-11-25', '2026-11-24T23:00:00.000Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2026-11-25T03:00:00+01:00', '2026-11-25T02:00:00.000Z'],
    ['2026-11-25T03:00Z', '2026-11-25T03:00:00.000Z'],
    ['2026-11-26T09:00:00Z', '2026-11-26T09:00:00.000Z'],
  ])('%s is %s in Stockholm', (text, moment) => {
    expect(sinceOf(text, 'Europe/Stockholm', now).toISOString()).toBe(moment);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-29',
    '2026-11-25T25:00:00Z',
    '2026-11-25T03:00:00',
    '2026-11-27',
  ])('refuses %j', (text) => {
    expect(() => sinceOf(text, 'Europe/Stockholm', now)).toThrow(/--since/);
  });
});
