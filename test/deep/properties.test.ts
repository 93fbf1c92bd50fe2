import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherOf } from '../../src/deep/matcher.js';
import { needlesOf, spelled } from '../../src/deep/needles.js';
import { soughtValues } from '../../src/deep/sought.js';
import { asciiLower } from '../../src/identity/text.js';
import type { Identifier } from '../../src/model/subject.js';
import { context, identifier, LAYERS, types } from './arbitrary.js';

const TEXT = { numeric: false, counts: false, named: [] };
const sought = (one: Identifier) => soughtValues([one], types);
const layer = fc.constantFrom(...Object.keys(LAYERS));
const pick = fc.nat();

/** One of the forms in which an identifier is written. */
function formOf(one: Identifier, at: number): string {
  const forms = sought(one).flatMap(({ forms: each }) => each);
  return forms[at % forms.length] ?? one.value;
}

describe('a deep search', () => {
  it('finds every form of an identifier in any text, and its net brings that text', () => {
    fc.assert(
      fc.property(identifier, pick, context, layer, (one, at, [before, after], name) => {
        const form = formOf(one, at);
        const text = (LAYERS[name] ?? String)(before + form + after);
        const needles = needlesOf(sought(one));
        expect(needles?.some((needle) => asciiLower(text).includes(needle)) ?? true, text).toBe(true);
        expect(matcherOf(sought(one), types).holds(text, TEXT), text).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never takes another identifier for the one sought', () => {
    fc.assert(
      fc.property(identifier, identifier, pick, context, layer, (one, other, at, [before, after], name) => {
        const form = formOf(other, at);
        const isAnother = sought(one).every(
          ({ type, value }) => types.get(type).compare(value, form) !== 'same',
        );
        fc.pre(isAnother && !matcherOf(sought(one), types).holds(before + after, TEXT));
        const text = (LAYERS[name] ?? String)(before + form + after);
        expect(matcherOf(sought(one), types).holds(text, TEXT), text).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never takes a longer one for the one sought', () => {
    fc.assert(
      fc.property(identifier, pick, pick, fc.boolean(), layer, (one, at, which, isBefore, name) => {
        const form = formOf(one, at);
        fc.pre(/^[\p{L}\p{N}][^:<>]*[\p{L}\p{N}]$/u.test(form));
        const parts = joining(one.type, isBefore);
        const extra = parts[which % parts.length] ?? '';
        const longer = isBefore ? extra + form : form + extra;
        // Of a number that is written in groups a longer one holds it still.
        fc.pre(!/\d .*\d$/.test(form));
        fc.pre(sought(one).every(({ type, value }) => types.get(type).compare(value, longer) !== 'same'));
        const text = (LAYERS[name] ?? String)(` ${longer} `);
        expect(matcherOf(sought(one), types).holds(text, TEXT), text).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('asks the source for signs that every engine compares alike, in every form', () => {
    fc.assert(
      fc.property(identifier, (one) => {
        const needles = needlesOf(sought(one));
        for (const needle of needles ?? []) expect(needle).toMatch(/^[a-z0-9_.@+;-]+$/);
        for (const { forms } of sought(one)) {
          for (const form of forms.flatMap(spelled).map(asciiLower)) {
            expect(needles?.some((needle) => form.includes(needle)) ?? true, form).toBe(true);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What makes a longer word, number, address or id of one. */
function joining(type: string, isBefore: boolean): readonly string[] {
  const words = ['a', '7', 'å'];
  if (type === 'email')
    return [...words, ...(isBefore ? ['x.', 'x-', 'x_', 'x+'] : ['.example.com', '-x.example.com'])];
  if (type === 'personnummer' || type === 'organisationsnummer' || type === 'number') return words;
  return [...words, ...(isBefore ? ['x.', 'x-', 'x_', 'x@'] : ['.x', '-x', '_x', '@example.com'])];
}
