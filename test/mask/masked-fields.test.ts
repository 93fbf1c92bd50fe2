import { describe, expect, it } from 'vitest';
import { clearedFields, maskedFields, minimisedFields } from '../../src/mask/masked-fields.js';
import { mayBeNull } from '../../src/mask/nullable.js';
import { check, collection, column, field, info, reference } from './build.js';

const required = { nullable: false } as const;
const nobody = () => false;
/** `email null, name pseudonym`: what goes, and how. */
const told = (changes: readonly { readonly field: string; readonly to: unknown }[]) =>
  changes
    .map(({ field: name, to }) => `${name} ${typeof to === 'string' ? to : JSON.stringify(to)}`)
    .join(', ');

describe('a column may be null', () => {
  const table = info(
    [
      column('a'),
      column('b', required),
      column('c', { generated: true }),
      column('Name'),
      column('start'),
      column('finish'),
    ],
    {
      checks: [
        check('("Name" IS NOT NULL)', 'Name'),
        check('start <= finish', 'start', 'finish'),
        check('strange(b)', 'b'),
      ],
    },
  );

  it.each([
    ['a', true],
    ['b', false],
    ['c', false],
    ['Name', false],
    // NULL is never greater.
    ['start', true],
    ['gone', false],
  ])('%s: %s', (name, may) => {
    expect(mayBeNull(table, name)).toBe(may);
  });

  it('by a check that says nothing against NULL, and not by one that may', () => {
    const may = (expression: string, ...fields: readonly string[]) =>
      mayBeNull(info([column('c'), column('d')], { checks: [check(expression, ...fields)] }), 'c');
    expect(may("c <> ''")).toBe(true);
    expect(may("(c = ANY (ARRAY['a'::text, 'b'::text]))")).toBe(true);
    expect(may("coalesce(c, '') <> ''")).toBe(false);
    expect(may('known_only_here(c)')).toBe(false);
    expect(may('(c IS NOT NULL) OR (d IS NOT NULL)', 'c', 'd')).toBe(false);
    expect(may('(c IS NULL) = (d IS NULL)', 'c', 'd')).toBe(false);
  });

  it('of a table that is not wholly told, also one that is not named', () => {
    expect(mayBeNull(info([], { hidden: 'no SELECT on c' }), 'c')).toBe(true);
  });
});

describe('a masked record', () => {
  it('loses every personal field, to NULL where the column may be null, else to a pseudonym', () => {
    const fields = [
      field('email'),
      field('name'),
      field('status', { personal: false, category: null }),
      field('password', { export: 'stated' }),
    ];
    const table = info([
      column('id', required),
      column('email'),
      column('name', required),
      column('password', required),
    ]);
    expect(told(maskedFields(collection(fields), table, nobody).changes)).toBe(
      'email null, name pseudonym, password pseudonym',
    );
  });

  it('loses them as the map says', () => {
    const fields = [
      field('a', { mask: 'redact' }),
      field('b', { mask: { constant: 'x' } }),
      field('c', { mask: 'keep' }),
      field('d', { mask: 'null', personal: false, category: null }),
    ];
    const { changes, stays } = maskedFields(
      collection(fields),
      info(['a', 'b', 'c', 'd'].map((name) => column(name))),
      nobody,
    );
    expect(told(changes)).toBe('a redact, b {"constant":"x"}, d null');
    expect(stays).toEqual([{ field: 'c', why: 'the map says keep' }]);
  });

  it('keeps keys, references, what others refer to and what the database computes, and says why', () => {
    const fields = ['id', 'owner_id', 'email', 'initials'].map((name) => field(name));
    const table = info([
      column('id'),
      column('owner_id'),
      column('email'),
      column('initials', { generated: true }),
    ]);
    const { changes, stays } = maskedFields(
      collection(fields, { references: [reference('owner_id')] }),
      table,
      (name) => name === 'email',
    );
    expect(changes).toEqual([]);
    expect(stays).toEqual([
      { field: 'id', why: 'it is part of the key' },
      { field: 'owner_id', why: 'it refers to another record' },
      { field: 'email', why: 'other records refer to it' },
      { field: 'initials', why: 'the database computes it' },
    ]);
  });

  it('loses even those where they say how, marked for who decides', () => {
    const fields = ['id', 'owner_id', 'email'].map((name) => field(name, { mask: 'pseudonym' }));
    const { changes } = maskedFields(
      collection(fields, { references: [reference('owner_id')] }),
      info(['id', 'owner_id', 'email'].map((name) => column(name))),
      (name) => name === 'email',
    );
    expect(changes).toEqual([
      { field: 'id', to: 'pseudonym', touchesKey: true, isReferred: false },
      { field: 'owner_id', to: 'pseudonym', touchesKey: false, isReferred: false },
      { field: 'email', to: 'pseudonym', touchesKey: false, isReferred: true },
    ]);
  });

  it('loses places inside a document, unless the whole column goes', () => {
    const inner = [field('profile.email'), field('profile.tags[].name', { mask: 'pseudonym' })];
    const table = info([column('profile', required)]);
    const changes = (...fields: Parameters<typeof collection>[0][number][]) =>
      told(maskedFields(collection(fields), table, nobody).changes);
    expect(changes(...inner)).toBe('profile.email null, profile.tags[].name pseudonym');
    expect(changes(...inner, field('profile'))).toBe('profile pseudonym');
    expect(changes(...inner, field('profile', { mask: 'keep' }))).toBe(
      'profile.email null, profile.tags[].name pseudonym',
    );
    expect(changes(...inner, field('profile', { mask: 'redact' }))).toBe(
      'profile.email null, profile.tags[].name pseudonym, profile redact',
    );
  });
});

describe('a retained record', () => {
  const fields = [
    field('id'),
    field('phone'),
    field('note', { mask: 'redact' }),
    field('kept', { mask: 'keep' }),
    field('seller_id', { personal: false, category: null }),
    field('buyer_id', { personal: false, category: null }),
  ];
  const table = info([
    ...['id', 'phone', 'note', 'kept', 'seller_id'].map((name) => column(name)),
    column('buyer_id', required),
  ]);
  const owned = collection(fields, { references: [reference('seller_id'), reference('buyer_id')] });

  it('loses at once what retain.mask names, references and system fields too', () => {
    expect(told(minimisedFields(owned, table, ['phone', 'note', 'seller_id']))).toBe(
      'phone null, note redact, seller_id null',
    );
  });

  it('keeps its key, what the map keeps, and a reference that may not be null', () => {
    expect(minimisedFields(owned, table, ['id', 'kept', 'buyer_id', 'unknown'])).toEqual([]);
  });
});

describe('a mention', () => {
  it('loses the field that names the person and all that is of it, however far', () => {
    const fields = [
      field('registrant_email', { relation: 'mentions' }),
      field('registrant_name', { of: 'registrant_email' }),
      field('registrant_title', { of: 'registrant_name', mask: { constant: '-' } }),
      field('name'),
      field('other', { of: 'name' }),
    ];
    const table = info([
      column('registrant_email', required),
      ...['registrant_name', 'registrant_title', 'name', 'other'].map((name) => column(name)),
    ]);
    expect(told(clearedFields(collection(fields), table, 'registrant_email'))).toBe(
      'registrant_email pseudonym, registrant_name null, registrant_title {"constant":"-"}',
    );
  });
});
