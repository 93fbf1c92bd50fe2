import { expect, it } from 'vitest';
import type { CollectionInfo } from '../../src/model/catalog.js';
import { uniqueKeys } from '../../src/model/unique-keys.js';
import { table } from '../map/support.js';

const told = (rest: Partial<CollectionInfo>) =>
  uniqueKeys(table('t', 'id integer, email text, no text', rest)).map(
    ({ columns, folded, whole }) =>
      `${columns.join('+')}${folded ? ' folded' : ''}${whole ? '' : ' perhaps'}`,
  );
const index = (...parts: readonly string[]) => ({ name: parts.join(), parts, unique: true });

it('unique keys are the declared key, the unique ones, and unique indexes, each once', () => {
  expect(told({ unique: [['email', 'no'], ['id']], indexes: [index('id'), index('no')] })).toEqual([
    'id',
    'email+no',
    'no perhaps',
  ]);
});

it('a physical key is none, nor is an index that is not unique or over what is no column', () => {
  const key = { fields: ['id'], kind: 'physical' } as const;
  expect(
    told({ key, indexes: [{ ...index('email'), unique: false }, index('(expression)'), index()] }),
  ).toEqual([]);
});

it.each(['lower(email)', 'lower((email)::text)', 'lower("email")', 'lower(`email`)'])(
  'one in lower case is seen as %s',
  (part) => {
    expect(told({ indexes: [index(part), index('email')] })).toEqual([
      'id',
      'email folded perhaps',
      'email perhaps',
    ]);
    expect(told({ indexes: [index(part, 'no')] })).toEqual(['id']);
  },
);
