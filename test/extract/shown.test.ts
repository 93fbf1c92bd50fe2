import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/extract/layout.js';
import { shownOf } from '../../src/extract/shown.js';
import type { Collection, Field } from '../../src/model/map.js';
import type { Value } from '../../src/model/value.js';
import { collection, field, identifier, mapOf, type RowFacts, reference, rowsOf, theirs } from './build.js';

const people = collection('crm.people', { subject: { is: 'customer', when: [] }, fields: [field('name')] });

function show(entry: Collection, row: RowFacts, others: readonly Collection[] = [people]) {
  const columns = Object.keys(row.values);
  const layout = layoutOf(mapOf([entry, ...others]), entry, columns);
  const [told] = rowsOf(entry, [row], columns);
  if (told === undefined) throw new Error('one row');
  const shown = shownOf(layout, told, theirs('anna@example.se'));
  const values: Record<string, Value> = {};
  layout.slots.forEach((slot, i) => {
    const value = shown.cells[i];
    if (value !== undefined) values[slot.name] = value;
  });
  return { values, redacted: shown.redacted, stated: shown.stated };
}

const email = identifier('email');
const registrant = [
  field('name', { category: 'user.name' }),
  field('email', { identifier: email }),
  field('registrant_email', { identifier: email, relation: 'mentions' }),
  field('registrant_name', { category: 'user.name', of: 'registrant_email' }),
];

describe('what a record shows', () => {
  test('an own record shows all but the one who registered the person', () => {
    const entry = collection('crm.customers', { fields: registrant });
    const values = {
      id: 1,
      name: 'Anna',
      email: 'x',
      registrant_email: 'b@example.com',
      registrant_name: 'Bo',
    };
    expect(show(entry, { values })).toEqual({
      values: { id: 1, name: 'Anna', email: 'x' },
      redacted: ['registrant_email', 'registrant_name'],
      stated: [],
    });
  });

  test('a mention shows only what names this person', () => {
    const entry = collection('crm.customers', { fields: registrant, systemColumns: ['id', 'created'] });
    const values = {
      id: 2,
      created: 'x',
      name: 'Bo',
      email: 'b@example.com',
      registrant_email: 'Anna@example.se',
      registrant_name: 'Anna',
    };
    expect(show(entry, { role: 'mention', values })).toEqual({
      values: { id: 2, registrant_email: 'Anna@example.se', registrant_name: 'Anna' },
      redacted: ['name', 'email'],
      stated: [],
    });
  });

  test('a key that is personal does not come out of a mention', () => {
    const entry = collection('crm.customers', {
      key: ['pnr'],
      systemColumns: [],
      fields: [field('pnr'), ...registrant],
    });
    const values = { pnr: '198501012382', registrant_email: 'anna@example.se' };
    expect(show(entry, { role: 'mention', values }).values).toEqual({ registrant_email: 'anna@example.se' });
  });

  test('a secret is stated whatever the map says', () => {
    const entry = collection('crm.customers', {
      fields: [
        field('password', { category: 'user.authorization.password', export: 'show' }),
        field('token', { category: 'user.authorization' }),
        field('score', { export: 'omit', reason: 'r' }),
      ],
    });
    const shown = show(entry, { values: { id: 1, password: 'p', token: null, score: 's' } });
    expect(shown).toEqual({ values: { id: 1, token: null }, redacted: [], stated: ['password'] });
  });

  test('a reference comes out only where it leads to the person, and what is of it with it', () => {
    const entry = collection('crm.orders', {
      fields: [field('card', { of: 'card_id' }), field('buyer', { of: 'customer_id' })],
      references: [
        reference('crm.orders', 'card_id', 'crm.people', 'mentions'),
        reference('crm.orders', 'customer_id', 'crm.people', 'owned-by'),
      ],
    });
    // Columns named by a reference are fields too, as the map resolves them.
    const fields = [
      ...entry.fields,
      field('card_id', { category: null }),
      field('customer_id', { category: null }),
    ];
    const row = {
      leads: ['crm.orders.customer_id'],
      values: { id: 1, card_id: 9, customer_id: 4, card: 'c', buyer: 'b' },
    };
    expect(show({ ...entry, fields }, row)).toEqual({
      values: { id: 1, customer_id: 4, buyer: 'b' },
      redacted: ['card_id', 'card'],
      stated: [],
    });
  });

  test('where the owner is not filled in, what is of it is the record’s person', () => {
    const entry = collection('crm.emails', {
      fields: [
        field('contact_id', { category: null }),
        field('email', { identifier: email, of: 'contact_id' }),
        field('note', { of: 'contact_id' }),
      ],
      references: [reference('crm.emails', 'contact_id', 'crm.people', 'owned-by')],
    });
    const shown = show(entry, { values: { id: 1, contact_id: null, email: 'anna@example.se', note: 'n' } });
    expect(shown.values).toEqual({ id: 1, contact_id: null, email: 'anna@example.se', note: 'n' });
  });

  test('a reference that is not followed says nothing of others where nobody is described', () => {
    const plans = collection('crm.plans', { fields: [] });
    const entry = collection('crm.orders', {
      fields: [field('plan_id', { category: null }), field('seller_id', { category: null })],
      references: [
        reference('crm.orders', 'plan_id', 'crm.plans', 'none'),
        reference('crm.orders', 'seller_id', 'crm.people', 'none'),
      ],
    });
    const shown = show(entry, { values: { id: 1, plan_id: 3, seller_id: 4 } }, [people, plans]);
    expect(shown).toEqual({ values: { id: 1, plan_id: 3 }, redacted: ['seller_id'], stated: [] });
  });

  test('unmapped and ignored columns do not come out, nor a JSON column that only paths are mapped of', () => {
    const entry = collection('crm.c', {
      unmappedColumns: ['u'],
      ignoredColumns: ['i'],
      fields: [field('profile.newsletter.email', { kind: 'json' })],
    });
    const json = '{"newsletter":{"email":"anna@example.se"},"other":"x"}';
    expect(show(entry, { values: { id: 1, u: 'u', i: 'i', stray: 's', profile: { json } } }).values).toEqual({
      id: 1,
      'profile.newsletter.email': { json: '"anna@example.se"' },
    });
  });

  test('of the elements of a list, only this person’s come out, each with what is of it', () => {
    const entry = collection('crm.c', {
      fields: [
        field('items[].email', { kind: 'json', identifier: email, relation: 'mentions' }),
        field('items[].name', { kind: 'json', of: 'items[].email' }),
      ],
    });
    const json =
      '[{"name":"Bo","email":"b@example.com"},{"email":"anna@example.se","name":"Anna"},{"name":"Nobody"}]';
    expect(show(entry, { values: { id: 1, items: { json } } })).toEqual({
      values: {
        id: 1,
        'items[].email': [{ json: '"anna@example.se"' }],
        'items[].name': [{ json: '"Anna"' }],
      },
      redacted: ['items[].email', 'items[].name'],
      stated: [],
    });
  });

  test('a JSON column that comes out whole hides the places inside it that may not be seen', () => {
    const entry = collection('crm.c', {
      fields: [
        field('doc', { kind: 'json' }),
        field('doc.agent', { kind: 'json', identifier: email, relation: 'mentions' }),
        field('doc.token', { kind: 'json', category: 'user.authorization' }),
        field('doc.score', { kind: 'json', export: 'omit', reason: 'r' }),
      ],
    });
    const json = '{"agent":"b@example.com","token":"t","score":1,"n":1.50}';
    expect(show(entry, { values: { id: 1, doc: { json } } })).toEqual({
      values: {
        id: 1,
        doc: { json: '{"agent":"[redacted]","token":"[redacted]","score":"[redacted]","n":1.50}' },
      },
      redacted: ['doc.agent'],
      stated: ['doc.token'],
    });
    const broken = show(entry, { values: { id: 1, doc: 'not { json' } });
    expect(broken.values).toEqual({ id: 1 });
    expect(broken.redacted).toContain('doc');
  });
});

/** A field of any kind; its column's value is a token that occurs nowhere else. */
const anyField = fc.record({
  category: fc.constantFrom(
    'user.name',
    'user.authorization.password',
    'system.operations',
    'user.contact.email',
  ),
  identifier: fc.boolean(),
  relation: fc.constantFrom(null, 'mentions' as const, 'none' as const),
  of: fc.option(fc.nat({ max: 7 }), { nil: null }),
  export: fc.constantFrom('show' as const, 'stated' as const, 'omit' as const),
  reference: fc.option(fc.record({ leads: fc.boolean() }), { nil: null }),
  value: fc.constantFrom('token', 'anna', 'null'),
});

const anyRecord = fc.record({
  role: fc.constantFrom('own' as const, 'shared' as const, 'mention' as const),
  fields: fc.array(anyField, { minLength: 1, maxLength: 8 }),
});

describe('what a record shows, for any map', () => {
  test('nothing of another person, no secret and nothing unmapped comes out, and every field is accounted for', () => {
    fc.assert(
      fc.property(anyRecord, ({ role, fields: drafts }) => {
        const name = (i: number) => `f${i}`;
        const fields: Field[] = drafts.map((draft, i) =>
          field(name(i), {
            category: draft.category,
            identifier: draft.identifier ? email : null,
            relation: draft.relation,
            of: draft.of === null ? null : name(draft.of % drafts.length),
            export: draft.export,
          }),
        );
        const references = drafts.flatMap((draft, i) =>
          draft.reference === null ? [] : [reference('crm.c', name(i), 'crm.people', 'mentions')],
        );
        const values: Record<string, Value> = { id: 1, hidden: 'unmapped' };
        drafts.forEach((draft, i) => {
          values[name(i)] =
            draft.value === 'null' ? null : draft.value === 'anna' ? 'anna@example.se' : `token${i}`;
        });
        const entry = collection('crm.c', { fields, references, unmappedColumns: ['hidden'] });
        const leads = drafts.flatMap((draft, i) =>
          draft.reference?.leads === true ? [`crm.c.${name(i)}`] : [],
        );
        const shown = show(entry, { role, leads, values });

        const named = (i: number) => drafts[i]?.identifier === true && drafts[i]?.value === 'anna';
        const provenTheirs = (i: number, seen: readonly number[] = []): boolean => {
          const draft = drafts[i];
          if (draft === undefined || seen.includes(i)) return false;
          if (named(i) || draft.reference?.leads === true) return true;
          if (draft.reference !== null || draft.of === null) return false;
          return provenTheirs(draft.of % drafts.length, [...seen, i]);
        };
        drafts.forEach((draft, i) => {
          const value = shown.values[name(i)];
          if (value === undefined || value === null) return;
          expect(draft.export).toBe('show');
          expect(draft.category).not.toBe('user.authorization.password');
          if (role === 'mention') expect(provenTheirs(i)).toBe(true);
          if (draft.relation === 'mentions' && draft.reference === null && draft.of === null) {
            expect(named(i)).toBe(true);
          }
          if (draft.reference !== null) expect(provenTheirs(i)).toBe(true);
        });
        expect(Object.keys(shown.values)).not.toContain('hidden');

        drafts.forEach((draft, i) => {
          if (draft.export === 'omit' || draft.value === 'null') return;
          if (role === 'mention' && draft.category === 'system.operations' && draft.reference === null)
            return;
          const places = [
            shown.values[name(i)] !== undefined,
            shown.redacted.includes(name(i)),
            shown.stated.includes(name(i)),
          ];
          expect(places.filter(Boolean)).toHaveLength(1);
        });
      }),
      { numRuns: 500 },
    );
  });
});
