import { expect, test } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { matchedFields } from '../../src/map/matched-fields.js';
import { fieldPathText } from '../../src/model/catalog.js';
import { CONTRACT_CATALOG, CONTRACT_MAP } from './contract-example.js';
import { crm, resolve, table } from './support.js';

const matched = (...args: Parameters<typeof resolve>) => {
  const { map } = resolve(...args);
  return [...matchedFields(map, identifierTypes(map.identifiers))].map(([source, fields]) => [
    source,
    fields.map(
      ({ collection, fields: at, mode }) => `${collection} ${at.map(fieldPathText).join('+')} ${mode}`,
    ),
  ]);
};

test('identifiers in their mode, references and what they lead to, each once', () => {
  expect(matched(CONTRACT_MAP, { crm: CONTRACT_CATALOG })).toEqual([
    [
      'crm',
      [
        'public.customers email folded',
        'public.customers personnummer digits',
        'public.customers customer_no exact',
        'public.customers registrant_email folded',
        'public.customers profile.newsletter.email folded',
        'public.customers address_id exact',
        'public.addresses id exact',
        'public.invoices customer_id exact',
        'public.customers id exact',
        'public.invoice_lines invoice_id exact',
        'public.invoices id exact',
        'public.emails email folded',
        'public.emails contact_id exact',
        'public.notes entity_id exact',
      ],
    ],
  ]);
});

test('what is never searched is not matched; a reference that no search follows is, for an erasure; the map may change the mode', () => {
  const text = crm(`t:
  subject: x
  fields:
    a: { category: user.contact.email, identifier: email, relation: none }
    b: { category: user.contact.email, identifier: email, match: exact }
    c: { category: user.contact.email, identifier: email, encoding: md5 }
    d: { references: t.id, relation: none }
  erase: delete`);
  const catalog = { collections: [table('t', 'id integer, a text?, b text?, c text?, d integer?')] };
  expect(matched(text, { crm: catalog })).toEqual([
    ['crm', ['public.t b exact', 'public.t c exact', 'public.t d exact', 'public.t id exact']],
  ]);
});

test('a source that was not read has nothing to match', () => {
  expect(matched(CONTRACT_MAP, {})).toEqual([['crm', []]]);
});
