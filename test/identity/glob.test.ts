import fc from 'fast-check';
import { expect, it } from 'vitest';
import { globMatches } from '../../src/identity/glob.js';

it.each([
  ['info@*', 'info@example.se', true],
  ['INFO@*', 'Info@example.se', true],
  ['info@*', 'anna.info@example.se', false],
  ['*@example.se', 'anna@example.se', true],
  ['*@example.se', 'anna@example.se.com', false],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'acb', false],
  ['aba*aba', 'aba', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['a.c', 'abc', false],
])('%j on %j: %s', (pattern, text, matches) => {
  expect(globMatches(pattern, text)).toBe(matches);
});

it('agrees with the regular expression that the pattern means', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (pattern, text) => {
      expect(globMatches(pattern, text)).toBe(new RegExp(`^${pattern.replace(/\*+/g, '.*')}$`).test(text));
    }),
  );
});

it('does not backtrack', () => {
  const start = performance.now();
  expect(globMatches('*a'.repeat(200), `${'a'.repeat(100_000)}b`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(500);
});
