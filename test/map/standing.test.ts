import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/model/catalog.js';
import { crm, resolve, table } from './support.js';

/** `collection.field: message (hint)` of what stands, or is parted, where records are masked. */
function told(text: string, ...tables: Catalog['collections']): readonly string[] {
  return resolve(`identifiers: { customer_no: { strength: strong } }\n${crm(text)}`, {
    crm: { collections: tables },
  }).problems.flatMap(({ severity, path, message, hint }) =>
    severity === 'warning' && path.includes('.fields.')
      ? [`${path.split('.').slice(3).join('.')}: ${message} (${hint})`]
      : [],
  );
}

const NO = 'no: { category: user.unique_id, identifier: customer_no }';
const PEOPLE = table('people', 'id integer, no text, name text?', { unique: [['no']] });
const people = (field: string, erase: string) =>
  `people: { subject: x, system: [id], fields: { ${field}, name: user.name }, erase: ${erase} }`;
const ORDERS = table('orders', 'id integer, person text', {});
const orders = (erase: string, more = '') =>
  `orders: { system: [id], fields: { person: { references: people.no, relation: owned-by${more} } }, erase: ${erase} }`;
describe('what identifies, and stays where a record is masked', () => {
  const STAYS = 'identifies the person, and stays in a record that is masked';

  it('is told of: a personal key, and an identifier that others refer to', () => {
    const keyed = table('people', 'no text, name text?');
    expect(told(people(NO, 'mask').replace('system: [id], ', ''), keyed)).toEqual([
      `people.fields.no: ${STAYS}: it says erase: mask (say how it is masked, or erase: delete)`,
    ]);
    expect(told(`${people(NO, 'mask')}\n${orders('delete')}`, PEOPLE, ORDERS)).toEqual([
      `people.fields.no: ${STAYS}: it says erase: mask (say how it is masked, or erase: delete)`,
    ]);
  });

  it('is not where nothing refers to it, it says its mask, or all goes', () => {
    expect(told(people(NO, 'mask'), PEOPLE)).toEqual([]);
    expect(told(`${people(NO, 'delete')}\n${orders('delete')}`, PEOPLE, ORDERS)).toEqual([]);
    const keyed = table('people', 'no text, name text?');
    const masked = people(NO.replace(' }', ', mask: pseudonym }'), 'mask').replace('system: [id], ', '');
    expect(told(masked, keyed)).toEqual([]);
  });

  it('is where a masked record cannot let go of it, and stays under its ground where a kept one cannot', () => {
    const loose = table('orders', 'id integer, person text?');
    expect(told(`${people(NO, 'delete')}\n${orders('mask')}`, PEOPLE, ORDERS)).toEqual([
      `people.fields.no: ${STAYS}: crm.orders.person, which is masked as well, cannot let go of it (erase: delete for crm.orders, or a link there that may be null)`,
    ]);
    expect(told(`${people(NO, 'delete')}\n${orders('mask')}`, PEOPLE, loose)).toEqual([]);
    expect(told(`${people(NO, 'delete')}\n${orders('mask', ', onErase: keep')}`, PEOPLE, loose)).toHaveLength(
      1,
    );
    expect(told(`${people(NO, 'delete')}\n${orders('keep, ground: archiving')}`, PEOPLE, ORDERS)).toEqual([]);
  });
});

describe('a mask on one side of a link', () => {
  const key = (mask: string) => people(`no: { category: user.name, mask: ${mask} }`, 'delete');
  const other = 'unsearchable: x';
  const child = (mask: string) =>
    `orders: { ${other}, system: [id], fields: { person: { category: user.name, references: people.no, relation: none${mask} } }, erase: delete }`;
  const REFERRED =
    'people.fields.no.mask: holds only where nothing that stays refers to it, as crm.orders.person may (erase: delete for crm.orders, or a link there that may be null)';
  const LINK =
    'orders.fields.person.mask: holds only where the link leads to no record that stays (mask: "null" where it may be null)';

  it.each([
    ['pseudonym', '', [REFERRED]],
    ['redact', ', mask: redact', [REFERRED, LINK]],
    ['pseudonym', ', mask: "null"', [REFERRED]],
    ['pseudonym', ', mask: pseudonym', [REFERRED, LINK]],
    ['keep', ', mask: pseudonym', [LINK]],
    ['keep', '', []],
  ])('%s, and of what refers to it%s', (mask, referring, expected) => {
    const loose = table('orders', 'id integer, person text?');
    expect(told(`${key(mask)}\n${child(referring)}`, PEOPLE, loose)).toEqual(expected);
  });
});
