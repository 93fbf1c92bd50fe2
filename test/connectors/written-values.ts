import fc from 'fast-check';
import type { Value } from '../../src/model/value.js';

/** Values of each kind as a source gives them, in canonical form, so that they are read as written. */

const two = (n: number) => String(n).padStart(2, '0');
const fraction = fc.integer({ min: 0, max: 999_999 }).map((micros) => {
  const digits = String(micros).padStart(6, '0').replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
});

export const date: fc.Arbitrary<string> = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
export const time: fc.Arbitrary<string> = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fraction)
  .map(([h, m, s, f]) => `${two(h)}:${two(m)}:${two(s)}${f}`);
export const timestamp: fc.Arbitrary<string> = fc.tuple(date, time).map(([day, at]) => `${day}T${at}`);
export const integer = (bits: 16 | 32): fc.Arbitrary<number> =>
  fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
/** Whole numbers as model/value.ts tells them: a number where it is safe. */
export const wide = (min: bigint, max: bigint): fc.Arbitrary<number | bigint> =>
  fc.oneof(fc.constantFrom(min, max, 0n), fc.bigInt({ min, max })).map((n) => {
    const number = Number(n);
    return Number.isSafeInteger(number) ? number : n;
  });
export const decimal: fc.Arbitrary<string> = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.nat(9_999))
  .map(([minus, whole, rest]) => `${minus ? '-' : ''}${whole}.${String(rest).padStart(4, '0')}`)
  .map((text) => (/[1-9]/.test(text) ? text : '0.0000'));
export const double: fc.Arbitrary<number> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((n) => (n === 0 ? 0 : n));
/** Of the type `real`: as the shortest text that means it (PostgreSQL), or as its exact double (MariaDB). */
export const single = (shortest: boolean): fc.Arbitrary<number> =>
  fc
    .float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) })
    .map((n) => {
      if (Math.abs(n) < 1e-30) return 0;
      if (!shortest) return n;
      const digits = [6, 7, 8].find((most) => Math.fround(Number(n.toPrecision(most))) === n) ?? 9;
      return Number(n.toPrecision(digits));
    });
const pieces = ['', ' ', '\\', "'", '"', '\n', '\t', '{', '}', ',', 'NULL', 'å', '😀', '%', '\u2028', '0'];
/** `nul`: with NUL characters too. */
export const text = (nul: boolean, most = 40): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...pieces, ...(nul ? ['\0'] : [])),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => [...parts.join('')].slice(0, most).join(''))
    .filter((made) => nul || !made.includes('\0'));
export const bytes: fc.Arbitrary<Uint8Array> = fc
  .uint8Array({ maxLength: 40 })
  .map((made) => Uint8Array.from(made));
export const uuid: fc.Arbitrary<string> = fc.uuid();
export const json = (nul: boolean): fc.Arbitrary<{ readonly json: string }> =>
  fc
    .json({ maxDepth: 3 })
    .filter((made) => nul || !made.includes('\\u0000'))
    .map((made) => ({ json: made }));

/** A record with a value, or nothing, for each column. */
export const rowOf = (kinds: Readonly<Record<string, fc.Arbitrary<Value>>>): fc.Arbitrary<readonly Value[]> =>
  fc.tuple(...Object.values(kinds).map((kind) => fc.option(kind, { nil: null, freq: 6 })));
