import { expect, test } from 'vitest';
import { factsOf } from '../../src/map/facts-of.js';
import { mapJsonSchema } from '../../src/map/json-schema.js';
import { crm, load, problemsOf } from './support.js';

const NOBODY = 'customers:\n  system: [id]';
const facts = (collections: string, source = '') => factsOf(load(crm(collections, source)).written);

test('backups: a rotation in the units of `plus`, none, or not said', () => {
  const said = (source: string) => facts(NOBODY, source).backups('crm');
  expect(said('backups: { rotation: { days: 35 } }')).toEqual({ rotation: { days: 35 } });
  expect(said('backups: { rotation: { years: 1, months: 6 } }')).toEqual({
    rotation: { years: 1, months: 6 },
  });
  expect(said('backups: none')).toBe('none');
  expect(said('')).toBeNull();
  expect(facts(NOBODY, 'backups: none').backups('erp')).toBeNull();
});

test.each([
  ['35', 'sources.crm.backups', 'backups: { rotation: { days: 35 } }, or none where there are none'],
  ['{ rotation: 35 }', 'sources.crm.backups.rotation', 'for how long a backup is kept: { days: 35 }'],
  ['{ rotation: {} }', 'sources.crm.backups.rotation', 'has no length: give years, months or days'],
  ['{ rotation: { days: 0 } }', 'sources.crm.backups.rotation.days', 'is below 1'],
  [
    '{ rotation: { days: 1, weeks: 5 } }',
    'sources.crm.backups.rotation.weeks',
    'known are: years, months, days',
  ],
  ['never', 'sources.crm.backups', 'none'],
])('backups: %s is refused, by its place', (text, path, words) => {
  const problems = problemsOf(crm(NOBODY, `backups: ${text}`));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(` ${path}: `);
  expect(problems[0]).toContain(words);
});

test('another rotation is another map', () => {
  const hash = (days: number) => load(crm(NOBODY, `backups: { rotation: { days: ${days} } }`)).hash;
  expect(hash(35)).not.toBe(hash(36));
  expect(hash(35)).toBe(hash(35));
});

test('an editor is told of backups', () => {
  expect(JSON.stringify(mapJsonSchema())).toContain('"backups":{"anyOf":[{"type":"string","const":"none"}');
});

test('recipients: the collection’s before the source’s; an empty list is an answer, silence is none', () => {
  const { recipients } = facts(
    `customers:
  system: [id]
invoices:
  system: [id]
  information: { recipients: [] }
letters:
  system: [id]
  information: { recipients: [PostNord AB] }
`,
    'information: { recipients: [Fortnox AB] }',
  );
  expect(recipients('crm.customers')).toEqual(['Fortnox AB']);
  expect(recipients('crm.invoices')).toEqual([]);
  expect(recipients('crm.letters')).toEqual(['PostNord AB']);
  expect(recipients('crm.gone')).toBeNull();
  expect(recipients('erp.customers')).toBeNull();
  expect(facts(NOBODY).recipients('crm.customers')).toBeNull();
});

test('what stays without a date, and what a date ends', () => {
  const { staysForGood, law } = facts(`
customers:
  system: [id]
  erase: keep
  ground: archiving
  law: Arkivlagen
invoices:
  system: [id, day]
  erase: delete
  retain: { ground: legal-obligation, until: { field: day, plus: { years: 7 } } }
lines:
  system: [id]
  fields: { invoice_id: { references: invoices.id, relation: owned-by } }
  erase: as-owner
dated:
  system: [id, day]
  erase: keep
  ground: archiving
  until: { field: day, plus: { years: 7 } }
`);
  expect(staysForGood('crm.customers', 'archiving')).toBe(true);
  expect(staysForGood('crm.customers', 'legal-claims')).toBe(false);
  expect(staysForGood('crm.invoices', 'legal-obligation')).toBe(false);
  expect(staysForGood('crm.dated', 'archiving')).toBe(false);
  expect(staysForGood('crm.lines', 'archiving')).toBe(true);
  expect(staysForGood('crm.lines', 'legal-obligation')).toBe(false);
  for (const ground of ['not-covered', 'third-party-rights', null]) {
    expect(staysForGood('crm.invoices', ground)).toBe(true);
  }
  expect(staysForGood('crm.unmapped', 'legal-obligation')).toBe(true);
  expect(law('crm.customers', 'archiving')).toBe('Arkivlagen');
  expect(law('crm.customers', null)).toBeNull();
  expect(law('crm.invoices', 'legal-obligation')).toBeNull();
});
