import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CATEGORIES,
  categoryExplanation,
  categoryLabel,
  isPersonal,
  within,
} from '../../src/map/categories.js';
import { didYouMean } from '../../src/map/did-you-mean.js';
import { mapJsonSchema } from '../../src/map/json-schema.js';
import { pathText } from '../../src/map/loaded.js';
import { nearest } from '../../src/model/nearest.js';

test('every category has words in both languages, and a parent', () => {
  expect(CATEGORIES.length).toBeGreaterThan(100);
  for (const category of CATEGORIES) {
    for (const language of ['sv', 'en'] as const) {
      expect(categoryLabel(category, language)).toMatch(/^\S.*\S$/);
      expect(categoryExplanation(category, language)).toMatch(/^\p{Lu}.*\.$/u);
    }
    const parent = category.slice(0, Math.max(0, category.lastIndexOf('.')));
    expect(parent === '' || (CATEGORIES as readonly string[]).includes(parent), category).toBe(true);
  }
});

test('a category under an unknown name takes its parent’s words', () => {
  expect(categoryLabel('user.contact.email.work', 'sv')).toBe('E-postadress');
  expect(categoryLabel('user.no.such', 'en')).toBe('Data about you');
});

test('what is personal, and what stands under what, goes by whole steps', () => {
  expect(isPersonal('user.name')).toBe(true);
  expect(isPersonal('system.operations')).toBe(false);
  expect(within('user.authorization.password', 'user.authorization')).toBe(true);
  expect(within('user.names', 'user.name')).toBe(false);
});

test('a swap of neighbours is the mistake thought of first', () => {
  expect(didYouMean('tabel', ['label', 'table'])).toBe("did you mean 'table'?");
  expect(didYouMean('EMAIL', ['email', 'name'])).toBe("did you mean 'email'?");
  expect(didYouMean('x', ['owned-by'])).toBeNull();
});

test('one wrong letter in a word of three or more is always seen', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{3,20}$/), fc.nat(), (word, at) => {
      const place = at % word.length;
      const wrong = `${word.slice(0, place)}#${word.slice(place + 1)}`;
      expect(nearest(wrong, ['0000000000000000000000000000', word])).toEqual([word]);
    }),
  );
});

test('paths are told so that dots in names cannot mislead', () => {
  expect(pathText(['sources', 'crm', 'collections', 'c', 'fields', 'profile.email', 'values', '3'])).toBe(
    'sources.crm.collections.c.fields["profile.email"].values.3',
  );
  expect(pathText(['retain', 0, 'until'])).toBe('retain[0].until');
});

test('the JSON Schema closes every object and knows categories and relations', () => {
  const schema = JSON.stringify(mapJsonSchema());
  expect(schema).toContain('"additionalProperties":false');
  expect(schema).toContain('"user.contact.email"');
  expect(schema).toContain('"owned-by"');
  expect(mapJsonSchema()).toMatchObject({
    required: ['version', 'controller', 'sources'],
    title: 'dsr.yaml',
  });
});
