import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../src/survey/rectify-targets.js';
import { table } from '../map/support.js';
import { landscapeOf } from './rectify-support.js';

const landscape = () =>
  landscapeOf(
    {
      crm: {
        collections: `
customers:
  subject: customer
  system: [id, status]
  fields:
    name: user.name
    first: user.name.first
    no: { category: user.unique_id, identifier: customer_no }
    email: { category: user.contact.email, identifier: email }
    key_mail: { category: user.contact.email, identifier: email }
    rep_id: { references: customers.id, relation: mentions }
    rep_name: { category: user.name, of: rep_id }
    old_name: { category: user.name, rectify: false }
    full: user.content
    doc: user.behavior
    doc.note: user.behavior.search_history
    boss_mail: { category: user.contact.email, identifier: email, relation: mentions }
  erase: delete
logins:
  system: [id]
  fields:
    mail: { category: user.contact.email, references: customers.key_mail, relation: owned-by }
  erase: delete`,
        tables: [
          [
            table(
              'customers',
              'id integer, status text, name text, first text, no text, email text, key_mail text, rep_id integer?, rep_name text?, old_name text, full text=, boss_mail text?, doc jsonb?',
            ),
            [],
          ],
          [table('logins', 'id integer, mail text'), []],
        ],
      },
    },
    `identifiers:\n  customer_no: { strength: strong }\n`,
  );

const meant = (...names: readonly string[]) =>
  targetsOf({ ...landscape(), set: names.map((name) => ({ name, value: 'x' })) });
const fields = (...names: readonly string[]) =>
  meant(...names).map(
    ({ collection, field, barrier }) =>
      `${collection.id}.${field.name}${barrier === null ? '' : ` ${barrier.action}: ${barrier.why}`}`,
  );

describe('a NAME', () => {
  it('may be an identifier type, also of one the map declares', () => {
    expect(fields('customer_no')).toEqual(['crm.customers.no']);
    expect(fields('email')).toEqual([
      'crm.customers.email',
      'crm.customers.key_mail manual: other records refer to it',
      "crm.customers.boss_mail keep: the map does not say that it is this person's",
      'crm.logins.mail manual: it refers to another record',
    ]);
  });

  it('that is a type also means fields of its category that say no identifier', () => {
    expect(fields('name')).toEqual(fields('user.name'));
  });

  it('may be a category, which means no narrower one', () => {
    expect(fields('user.name')).toEqual([
      'crm.customers.name',
      'crm.customers.rep_name',
      'crm.customers.old_name keep: history must stand there (rectify: false)',
    ]);
    expect(fields('user.content')).toEqual(['crm.customers.full keep: the database computes it']);
  });

  it.each([
    ['crm.customers.nmae', '--set names no field of crm.customers in the map', "did you mean 'name'?"],
    ['crm.customers.status', '--set names no field of crm.customers in the map', 'known are name, first'],
    ['crm.customers.password', '--set names no field of crm.customers in the map', 'known are name, first'],
    [
      'emial',
      'a NAME given to --set is no identifier type, no category and no field of the map',
      "did you mean 'email'?",
    ],
    [
      'anna@example.se',
      'a NAME given to --set is no identifier type, no category and no field of the map',
      'known are',
    ],
    ['user.contact', "no field of the map has the category 'user.contact'", 'the map has user.contact.email'],
    ['username', "no field of the map holds the identifier type 'username'", ''],
  ])('%s: what is meant instead is told', (name, message, hint) => {
    const hinted = expect.stringContaining(hint);
    expect(() => meant(name)).toThrow(expect.objectContaining({ kind: 'usage', message, hint: hinted }));
  });

  it.each([
    [
      'crm.customers.old_name',
      'crm.customers.old_name is not set: history must stand there (rectify: false)',
    ],
    ['crm.customers.full', 'crm.customers.full is not set: the database computes it'],
    [
      'crm.customers.boss_mail',
      "crm.customers.boss_mail is not set: the map does not say that it is this person's",
    ],
    ['crm.customers.rep_id', 'crm.customers.rep_id is not set: it refers to another record'],
    ['crm.customers.key_mail', 'crm.customers.key_mail is not set: other records refer to it'],
    ['crm.logins.mail', 'crm.logins.mail is not set: it refers to another record'],
  ])('%s may not be set, and why is told', (name, message) => {
    expect(() => meant(name)).toThrow(expect.objectContaining({ kind: 'usage', message }));
  });

  it('that means what another does, with another value, is refused; the field itself goes before both', () => {
    const twoNames = (...set: readonly (readonly [string, string])[]) =>
      targetsOf({ ...landscape(), set: set.map(([name, value]) => ({ name, value })) });
    const [type, category] = ['email', 'user.contact.email'];
    const differing = [
      [type, 'a@example.se'],
      [category, 'b@example.se'],
    ] as const;
    expect(() => twoNames(...differing)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message:
          '--set gives email and user.contact.email different values, and both mean crm.customers.email',
      }),
    );
    expect(
      twoNames([type, 'a@example.se'], [category, 'A@example.se']).map(({ setting }) => setting),
    ).toEqual([0, 0, 0, 0]);
    expect(twoNames(['crm.customers.name', 'a'], ['name', 'b'])[0]).toMatchObject({ setting: 0 });
  });

  it('is given once, and as a column or as a place inside it', () => {
    expect(() => meant('email', 'email')).toThrow('--set gives one NAME twice');
    expect(() => meant('crm.customers.doc', 'crm.customers.doc.note')).toThrow(
      '--set names crm.customers.doc and doc.note inside it',
    );
    expect(fields('user.behavior', 'user.behavior.search_history')).toEqual(['crm.customers.doc']);
  });
});
