import { expect, test } from 'vitest';
import { loadMap } from '../../src/map/load.js';
import { CONTRACT_MAP } from './contract-example.js';
import { crm, ENV, HEAD, load, problemsOf, write } from './support.js';

const customers = (rest: string) => crm(`customers:\n  subject: customer\n${rest}`);

test('the example of the contract loads, with defaults and the environment filled in', () => {
  const map = load(CONTRACT_MAP);
  expect(map.warnings).toEqual([]);
  expect(map.sources).toEqual([
    { name: 'crm', connector: 'postgres', connection: ENV.CRM_DATABASE_URL, options: {} },
  ]);
  expect(map.identifiers.email).toEqual({ never: ['info@*', 'faktura@*'] });
  expect(load(crm('a: {}')).policy).toEqual({
    promise: { months: 1 },
    freeExtract: { perMonths: 12 },
    approvals: { erase: 0 },
    identity: 'operator',
    candidates: 'ask',
  });
});

test('every error is reported at once: the first as the message, the others below it', () => {
  const text = crm('customers:\n  fields: { name: user.nam, email: user.contact.emial }\n  systm: [id]');
  expect(() => load(text)).toThrowError(
    /^dsr\.yaml:16:19: sources\.crm\.collections\.customers\.fields\.name: 'user\.nam' is not known here\n2 more in the map:\n {2}dsr\.yaml:16:35: .*email.*did you mean 'user\.contact\.email'.*\n {2}dsr\.yaml:17:9: .*did you mean 'system'/,
  );
  expect(catching(() => load(text))).toMatchObject({
    kind: 'config',
    hint: expect.stringContaining('user.name'),
  });
});

test('a file that is not there sends to dsr init', () => {
  expect(() => loadMap('/nowhere/dsr.yaml', {})).toThrowError('there is no /nowhere/dsr.yaml');
});

test.each([
  [
    'a name JavaScript would lose',
    `${HEAD}sources: { __proto__: {} }`,
    /^error dsr\.yaml:\d+:12 : __proto__ cannot be a name/,
  ],
  ['a duplicate key', `${HEAD}version: 1\nsources: {}`, /^error dsr\.yaml:10:1 : the same key stands twice/],
  ['a quote left open', `${HEAD}sources: "x`, /^error dsr\.yaml:\d+:\d+ : something is missing here/],
  ['a tab', `${HEAD}sources:\n\tcrm: {}`, /tabs cannot indent/],
  ['two documents', `${HEAD}---\nsources: {}`, /more than one document/],
  [
    'a variable in a flow without quotes',
    `${HEAD}sources: { a: { connection: \${X} } }`,
    /variable stands in quotes/,
  ],
  ['the same in a list', `${HEAD}sources: [\${X}]`, /variable stands in quotes/],
  ['an alias without anchor', `${HEAD}sources: *nobody`, /alias/],
])('%s is a syntax error with its place', (_, text, expected) => {
  expect(problemsOf(text)[0]).toMatch(expected);
});

test('anchors and merge keys work, and errors in what they bring have a place', () => {
  const text = crm(`a: &base
  erase: delete
  fields: { name: user.name }
b:
  <<: *base
  fields: { name: user.nmae }`);
  expect(problemsOf(text)).toEqual([
    "error dsr.yaml:20:19 sources.crm.collections.b.fields.name: 'user.nmae' is not known here (did you mean 'user.name'?)",
  ]);
});

test('aliases that multiply without end are refused, not followed', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
    bomb.push(`${name}: &${name} [*${of}, *${of}, *${of}, *${of}, *${of}, *${of}, *${of}, *${of}, *${of}]`);
  }
  expect(problemsOf(bomb.join('\n'))[0]).toContain('aliases');
});

test('integers beyond 2^53 keep every digit', () => {
  const map = load(crm('a:\n  subject: { is: x, when: { no: [9007199254740993, 5] } }'));
  expect(map.written.sources.crm?.collections?.a?.subject).toEqual({
    is: 'x',
    when: { no: [9007199254740993n, 5] },
  });
});

test('the map of sources may not be empty: nothing would be searched', () => {
  expect(problemsOf(`${HEAD}sources: {}`)[0]).toMatch(/sources: is empty: nothing would be searched/);
});

test.each<[string, string, RegExp]>([
  [
    'an unknown key',
    customers('  tabel: x'),
    /customers\.tabel: the key 'tabel' is unknown here \(did you mean 'table'\?\)/,
  ],
  ['a name with dots', crm('a.b: {}'), /the name 'a\.b' cannot be used/],
  [
    'an unknown category',
    customers('  fields: { x: user.contact.phone }'),
    /'user\.contact\.phone' is not known/,
  ],
  ['a relation misspelt', customers('  fields: { x: ownedby }'), /did you mean 'owned-by'/],
  ['an empty field', customers('  fields:\n    x:'), /fields\.x: is empty: it takes a text or a mapping/],
  [
    'mask: null without quotes',
    customers('  fields: { x: { category: user.name, mask: null } }'),
    /in quotes: "null"/,
  ],
  [
    'a field without category and relation',
    customers('  fields: { x: { freetext: true } }'),
    /neither a category nor a relation/,
  ],
  [
    'an unknown identifier type',
    customers('  fields: { x: { category: user.name, identifier: emial } }'),
    /did you mean 'email'/,
  ],
  [
    'an identifier without category',
    customers('  fields: { x: { identifier: email, relation: mentions } }'),
    /category: user\.contact\.email/,
  ],
  [
    'an identifier called system',
    customers('  fields: { x: { category: system, identifier: email } }'),
    /an identifier names a person/,
  ],
  [
    'match without identifier',
    customers('  fields: { x: { category: user.name, match: folded } }'),
    /match goes with an identifier/,
  ],
  [
    'omit without reason',
    customers('  fields: { x: { category: user.name, export: omit } }'),
    /omit needs a reason/,
  ],
  [
    'a password to be shown',
    customers('  fields: { x: { category: user.authorization.password, export: show } }'),
    /never shown/,
  ],
  [
    'a reference without relation',
    customers('  fields: { x: { references: customers.id } }'),
    /reference without a relation/,
  ],
  [
    'a reference to no collection',
    customers('  fields: { x: { references: custmers.id, relation: none } }'),
    /leads nowhere.*did you mean 'customers'/,
  ],
  [
    'references to no collection',
    customers('  references: [{ fields: [x], to: crm.custommers, relation: owns }]'),
    /'crm\.custommers' is not in the map \(did you mean 'crm\.customers'/,
  ],
  [
    'references of unlike length',
    customers('  references: [{ fields: [x, y], to: customers, on: [id], relation: owns }]'),
    /names 1 fields for 2/,
  ],
  [
    'a reference in a list without relation',
    customers('  references: [{ fields: [x], to: customers }]'),
    /relation: is missing/,
  ],
  [
    'of what is not there',
    customers('  fields: { mail: user.name, x: { category: user.name, of: mial } }'),
    /'mial' is not in this collection.*did you mean 'mail'/,
  ],
  [
    'of what names nobody',
    customers('  fields: { a: user.name, x: { category: user.name, of: a } }'),
    /'a' names nobody/,
  ],
  ['of in a circle', customers('  fields: { a: { category: user.name, of: a } }'), /runs in a circle/],
  [
    'onErase without relation',
    customers('  fields: { a: { category: user.name, onErase: keep } }'),
    /there is no relation/,
  ],
  [
    'a field that is system too',
    customers('  system: [a]\n  fields: { a: user.name }'),
    /'a' stands in fields too/,
  ],
  [
    'an ignored column that is system too',
    customers('  system: [a]\n  ignore: [a]'),
    /'a' stands in system too/,
  ],
  ['keep without ground', customers('  erase: keep'), /keep needs a ground/],
  [
    'a ground without keep',
    customers('  erase: delete\n  ground: archiving'),
    /ground stands beside erase: keep only/,
  ],
  ['an unknown ground', customers('  erase: keep\n  ground: legal'), /'legal' is not known/],
  [
    'retain and keep',
    customers(
      '  erase: keep\n  ground: archiving\n  retain: { ground: archiving, until: { field: d, plus: { years: 1 } } }',
    ),
    /contradicts erase: keep/,
  ],
  ['as-owner without owner', customers('  erase: as-owner'), /as-owner needs an owner/],
  [
    'until with both lengths',
    customers(
      '  erase: delete\n  retain: { ground: archiving, until: { field: d, plus: { years: 1 }, calendarYearsAfterFiscalYear: 7 } }',
    ),
    /either calendarYearsAfterFiscalYear or plus/,
  ],
  [
    'until with no length',
    customers('  erase: delete\n  retain: { ground: archiving, until: { field: d, plus: {} } }'),
    /has no length/,
  ],
  [
    'a mask list with an unknown field',
    customers(
      '  fields: { phone: user.name }\n  erase: delete\n  retain: { ground: archiving, until: { field: d, plus: { years: 1 } }, mask: [phon] }',
    ),
    /'phon' is not in fields.*'phone'/,
  ],
  [
    'a legal basis misspelt',
    crm('a: {}', 'information: { legalBasis: concent }'),
    /'concent' is not known here \(did you mean 'consent'/,
  ],
  [
    'an origin that is a word',
    crm('a: {}', 'information: { origin: bought }'),
    /origin: 'bought' is not known/,
  ],
  [
    'an unknown time zone',
    crm('a: {}').replace('Europe/Stockholm', 'Europe/Stokholm'),
    /controller\.timezone: 'Europe\/Stokholm' is no time zone/,
  ],
  ['an offset for a time zone', crm('a: {}').replace('Europe/Stockholm', '"+01:00"'), /is no time zone/],
  ['a country that is none', crm('a: {}').replace('country: SE', 'country: XX'), /'XX' is no country/],
  ['a day that is none', crm('a: {}').replace('12-31', '02-31'), /'02-31' is no day of a year/],
  ['an authority without address', crm('a: {}').replace('https://www.imy.se', 'imy.se'), /is no web address/],
  [
    'a controller without contact',
    crm('a: {}').replace('  contact: contact@onefin.io\n', ''),
    /controller\.contact: is missing: it takes a text/,
  ],
  [
    'another version',
    crm('a: {}').replace('version: 1', 'version: 2'),
    /version: 2 is not known here \(it takes 1\)|it takes 1/,
  ],
  [
    'an identifier type in capitals',
    crm('a: {}').replace('sources:', 'identifiers: { No: {} }\nsources:'),
    /the name 'No' cannot be used/,
  ],
])('%s is an error that says what would be right', (_, text, expected) => {
  const problems = problemsOf(text);
  expect(problems.join('\n')).toMatch(expected);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^error dsr\.yaml:\d+:\d+ /);
});

test('an identifier among records that others own must say whose it is', () => {
  const emails = (rest: string) =>
    crm(`contacts: { subject: contact }
emails:
  fields:
    contact_id: owned-by
    email: { category: user.contact.email, identifier: email${rest} }`);
  expect(problemsOf(emails(''))).toEqual([
    "error dsr.yaml:19:11 sources.crm.collections.emails.fields.email: does not say whose identifier it is: records here are owned by others (of: contact_id (the owner's), relation: mentions (another's), or relation: none (never searched))",
  ]);
  for (const said of [', of: contact_id', ', relation: mentions', ', relation: none']) {
    expect(problemsOf(emails(said))).toEqual([]);
  }
});

test('an identifier that is itself the reference may be said to be of itself', () => {
  const text = crm(`users: { subject: user }
logins:
  fields:
    mail: { category: user.contact.email, identifier: email, references: users.email, relation: owned-by, of: mail }`);
  expect(problemsOf(text)).toEqual([]);
});

test('a retention by fiscal years without a fiscal year is a warning, and loads', () => {
  const text = customers(
    '  erase: delete\n  retain: { ground: archiving, until: { field: d, calendarYearsAfterFiscalYear: 7 } }',
  ).replace('  fiscalYearEnd: "12-31"\n', '');
  expect(load(text).warnings).toMatchObject([{ severity: 'warning', path: 'controller' }]);
});

test('references are read by the longest name the map knows', () => {
  const text =
    crm(`customers: { subject: customer, system: [id, meta], fields: { boss: { references: id, relation: none }, mentor: { references: meta.no, relation: none } } }
orders: { fields: { a: { references: customers.id, relation: none }, b: { references: crm.customers.id, relation: none } } }`);
  expect(problemsOf(text)).toEqual([]);
});

test('a byte order mark and CRLF are read as nothing', () => {
  expect(loadMap(write(`\uFEFF${crm('a: {}').replaceAll('\n', '\r\n')}`), ENV).sources).toHaveLength(1);
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
