import { expect, test } from 'vitest';
import type { Catalog } from '../../src/model/catalog.js';
import { CONTRACT_CATALOG, CONTRACT_MAP } from './contract-example.js';
import { crm, errorsOf, HEAD, load, resolve, table } from './support.js';

const catalog = (...collections: Catalog['collections']): Catalog => ({ collections });
const INFORMATION =
  'information: { purposes: [], legalBasis: contract, recipients: [], retention: x, origin: subject, transfers: none }';
const map = (text: string, ...tables: Catalog['collections']) =>
  resolve(crm(text, INFORMATION), { crm: catalog(...tables) });
const one = (text: string, columns: string, rest = {}) => map(text, table('t', columns, rest));

test('the example of the contract fits its schema without a problem', () => {
  const resolution = resolve(CONTRACT_MAP, { crm: CONTRACT_CATALOG });
  expect(resolution.problems).toEqual([]);
  expect(resolution.gaps).toEqual([]);
  const [customers] = resolution.map.collections;
  expect(customers).toMatchObject({
    id: 'crm.customers',
    table: 'public.customers',
    key: ['id'],
    keyKind: 'declared',
    subject: { is: 'customer', when: [] },
    systemColumns: ['id', 'notified_at', 'active', 'restricted', 'created_at', 'updated_at'],
    information: { legalBasis: 'contract', recipients: ['Fortnox AB'], automated: 'none' },
  });
  expect(customers?.fields.map((field) => field.name)).toEqual([
    'name',
    'address_id',
    'email',
    'personnummer',
    'customer_no',
    'status',
    'registrant_email',
    'registrant_name',
    'password',
    'profile.newsletter.email',
  ]);
  expect(customers?.fields.at(-1)).toMatchObject({
    at: { column: 'profile', path: ['newsletter', 'email'] },
    nullable: true,
    personal: true,
  });
  expect(customers?.fields.find((field) => field.name === 'password')?.export).toBe('stated');
  expect(customers?.fields.find((field) => field.name === 'address_id')).toMatchObject({
    category: null,
    personal: false,
  });
  expect(resolution.map.collections.flatMap(({ references }) => references)).toMatchObject([
    { id: 'crm.customers.address_id', to: 'crm.addresses', relation: 'owns', on: [{ column: 'id' }] },
    { id: 'crm.invoices.customer_id', to: 'crm.customers', relation: 'owned-by' },
    { id: 'crm.invoice_lines.invoice_id', to: 'crm.invoices', relation: 'owned-by' },
    { id: 'crm.emails.contact_id', to: 'crm.customers', relation: 'owned-by' },
    {
      id: 'crm.notes.entity_id',
      to: 'crm.customers',
      when: [{ field: 'entity_table', anyOf: ['customer'] }],
    },
  ]);
  expect(resolution.map.collections.at(-1)?.fields.map((field) => field.name)).toEqual(['text', 'entity_id']);
});

test('a table is found by its full name, else by the one the source itself would take', () => {
  const tables = [
    table('customer', 'id integer'),
    table('sales.customer', 'id integer'),
    table('sales.lead', 'id integer'),
  ];
  const found = (text: string) => map(text, ...tables);
  expect(found('customer: {}').map.collections[0]?.table).toBe('public.customer');
  expect(found('customer: { table: sales.customer }').map.collections[0]?.table).toBe('sales.customer');
  expect(errorsOf(found('lead: {}'))).toEqual([
    "sources.crm.collections.lead: there is no table 'lead' without its schema (table: sales.lead)",
  ]);
  expect(errorsOf(found('custmer: {}'))).toEqual([
    "sources.crm.collections.custmer: there is no table 'custmer' in the source (did you mean 'customer'?)",
  ]);
});

test('an unqualified name of several tables is refused with the candidates', () => {
  const twins = ['a', 'b'].map((schema) => table(`${schema}.customer`, 'id integer', { unqualified: true }));
  expect(errorsOf(map('customer: {}', ...twins))).toEqual([
    "sources.crm.collections.customer: several tables are called 'customer' (table: a.customer or b.customer)",
  ]);
});

test('columns neither mapped, system nor ignored are a gap, and so are tables; views are not', () => {
  const resolution = map(
    't: { system: [id], ignore: [blob], fields: { mail: { category: user.contact.email, identifier: email } }, erase: delete }',
    table('t', 'id integer, mail text, blob bytea?, other text, more text'),
    table('left_over', 'id integer'),
    table('v', 'id integer', { kind: 'view' }),
  );
  expect(resolution.gaps).toEqual([
    {
      kind: 'columns',
      source: 'crm',
      collection: 'crm.t',
      names: ['other', 'more'],
      message: 'crm.t: unmapped columns other and more',
    },
    {
      kind: 'tables',
      source: 'crm',
      collection: null,
      names: ['left_over'],
      message: 'crm: unmapped table left_over',
    },
  ]);
  expect(resolution.map.collections[0]).toMatchObject({
    ignoredColumns: ['blob'],
    unmappedColumns: ['other', 'more'],
  });
  expect(errorsOf(resolution)).toEqual([]);
});

test('nonpersonal patterns match by table, with a dot by schema, and in the right case', () => {
  const tables = ['country', 'Country', 'lookup_a', 'audit.log', 'audit.x', 'lookup'].map((name) =>
    table(name, 'id integer'),
  );
  const unmapped = (patterns: string) =>
    resolve(crm('{}', `nonpersonal: ${patterns}`).replace('    collections:\n      {}\n', ''), {
      crm: catalog(...tables),
    });
  expect(unmapped('[country, "lookup_*", "audit.*"]').map.sources[0]?.unmappedTables).toEqual([
    'Country',
    'lookup',
  ]);
  expect(unmapped('[contry, "*"]').problems).toMatchObject([
    {
      severity: 'warning',
      message: "no table is called 'contry'",
      hint: "did you mean 'Country' or 'country'?",
    },
  ]);
});

test('a table cannot be a collection and nonpersonal', () => {
  const resolution = resolve(crm('t: {}', 'nonpersonal: [t]'), { crm: catalog(table('t', 'id integer')) });
  expect(errorsOf(resolution)).toEqual([
    'sources.crm.nonpersonal[0]: t is a collection too (a table either holds people or nobody)',
  ]);
});

test('a schema that may not be used is one gap, and a table mapped in it a warning', () => {
  const crmCatalog = { ...catalog(table('t', 'id integer')), hidden: ['audit', 'pay'] };
  const mapped = (collections: string) => resolve(crm(collections), { crm: crmCatalog });
  const fine = mapped('t: { system: [id] }');
  expect(fine.gaps).toEqual([
    {
      kind: 'hidden',
      source: 'crm',
      collection: null,
      names: ['audit', 'pay'],
      message: 'crm: what schemas audit and pay hold cannot be read: no right to use them',
    },
  ]);
  for (const name of ['audit.log', 'log']) {
    const resolution = mapped(`t: { system: [id] }\nlog: { table: ${name}, system: [id] }`);
    expect(errorsOf(resolution)).toEqual([]);
    expect(resolution.problems[0]).toMatchObject({
      severity: 'warning',
      message: `there is no table '${name}' in the source, or this connection may not see it`,
      hint: expect.stringContaining('the right to use'),
    });
    expect(resolution.gaps.map(({ collection }) => collection)).toEqual(['crm.log', null]);
  }
  expect(errorsOf(mapped('log: { table: other.log, system: [id] }'))).toHaveLength(1);
});

test('that single tables may not be told of makes no answer incomplete', () => {
  const crmCatalog = { ...catalog(table('t', 'id integer')), unseen: 'GRANT SELECT on it' };
  expect(resolve(crm('t: { system: [id] }'), { crm: crmCatalog }).gaps).toEqual([]);
});

test('rows that may be hidden are a warning and a gap', () => {
  const resolution = one('t: { system: [id] }', 'id integer', { hidden: 'row-level security' });
  expect(resolution.gaps).toMatchObject([
    { kind: 'hidden', collection: 'crm.t', names: ['row-level security'] },
  ]);
  expect(resolution.problems).toMatchObject([{ severity: 'warning' }]);
});

test.each([
  ['profile.a.b', { column: 'profile', path: ['a', 'b'] }],
  ['items[].email', { column: 'items', path: ['[]', 'email'] }],
  ['items[].tags[]', { column: 'items', path: ['[]', 'tags', '[]'] }],
  ['tags[]', { column: 'tags', path: ['[]'] }],
  ['doc.a', { column: 'doc', path: ['a'] }],
  ['dotted.name', { column: 'dotted.name', path: [] }],
  ['dotted.name.x', { column: 'dotted.name', path: ['x'] }],
  ['odd[]', { column: 'odd[]', path: [] }],
])('the field %s is found', (name, at) => {
  const resolution = one(
    `t: { fields: { id: owned-by, '${name}': user.name }, unsearchable: x }`.replace('id: owned-by, ', ''),
    'id integer, profile jsonb?, items jsonb?, tags text[]?, doc text?, dotted.name jsonb, odd[] text?',
  );
  expect(errorsOf(resolution)).toEqual([]);
  expect(resolution.map.collections[0]?.fields[0]).toMatchObject({ name, at });
});

test.each<[string, string, string, RegExp]>([
  [
    'an unknown column',
    't: { fields: { emial: user.name }, unsearchable: x }',
    'id integer, email text',
    /'emial' is no column of t \(did you mean 'email'/,
  ],
  [
    'an unknown system column',
    't: { system: [idd] }',
    'id integer',
    /system\[0\]: 'idd' is no column of t \(did you mean 'id'/,
  ],
  ['an unknown key column', 't: { key: [no] }', 'id integer', /key\[0\]: 'no' is no column/],
  [
    'an unknown column of a condition',
    't: { subject: { is: x, when: { typ: a } } }',
    'id integer, type text',
    /when\.typ: .*did you mean 'type'/,
  ],
  [
    'a path into a number',
    't: { fields: { id.x: user.name }, unsearchable: x }',
    'id integer',
    /'id\.x' leads into id, which is integer/,
  ],
  [
    'a path into an array without []',
    't: { fields: { tags.x: user.name }, unsearchable: x }',
    'id integer, tags text[]',
    /its elements are tags\[\]/,
  ],
  [
    'a condition that cannot be',
    't: { subject: { is: x, when: { id: seven } } }',
    'id integer',
    /"seven" is no value of id, which is integer/,
  ],
  [
    'a condition outside an enum',
    't: { subject: { is: x, when: { kind: c } } }',
    'id integer, kind enum(a,b)',
    /it takes a, b/,
  ],
  [
    'a disabling null where none may be',
    't: { disable: { on: null } }',
    'id integer, on boolean',
    /on may not be null/,
  ],
  [
    'a disabling value of another type',
    't: { disable: { on: never } }',
    'id integer, on boolean',
    /"never" is no value of on/,
  ],
  [
    'a disabling of a generated column',
    't: { disable: { on: true } }',
    'id integer, on boolean=',
    /on is generated/,
  ],
  [
    'a mask of null where none may be',
    't: { fields: { a: { category: user.name, mask: "null" } }, unsearchable: x }',
    'id integer, a text',
    /mask: a may not be null/,
  ],
  [
    'a constant of another type',
    't: { fields: { a: { category: user.name, mask: { constant: x } } }, unsearchable: x }',
    'id integer, a date',
    /constant: "x" is no value of a/,
  ],
  [
    'a constant that is too long',
    't: { fields: { a: { category: user.name, mask: { constant: xyz } } }, unsearchable: x }',
    'id integer, a char(2)',
    /"xyz" is longer than a/,
  ],
  [
    'a redaction of a number',
    't: { fields: { a: { category: user.name, mask: redact } }, unsearchable: x }',
    'id integer, a integer',
    /redact is for texts/,
  ],
  [
    'a mask of a generated column',
    't: { fields: { a: { category: user.name, mask: pseudonym } }, unsearchable: x }',
    'id integer, a text=',
    /a is generated/,
  ],
  [
    'a type no pseudonym is made for',
    't: { fields: { a: user.name }, unsearchable: x }',
    'id integer, a cidr',
    /no random value can be made for a, which is cidr/,
  ],
  [
    'an e-mail column too short for a pseudonym',
    't: { subject: x, fields: { a: { category: user.contact.email, identifier: email } }, erase: delete }',
    'id integer, a varchar(9)',
    /no random value can be made for a, which is varchar\(9\)/,
  ],
  [
    'an identifier in a date',
    't: { subject: x, fields: { a: { category: user.name, identifier: name } }, erase: delete }',
    'id integer, a date?',
    /which holds no identifier/,
  ],
  [
    'an identifier in a whole document',
    't: { subject: x, fields: { a: { category: user.name, identifier: name } }, erase: delete }',
    'id integer, a jsonb?',
    /say where in it: a\.…/,
  ],
  [
    'uuid-binary of a text',
    't: { subject: x, fields: { a: { category: user.unique_id, identifier: username, encoding: uuid-binary } }, erase: delete }',
    'id integer, a text?',
    /uuid-binary is for binary columns/,
  ],
  [
    'a retention from what is no date',
    't: { erase: delete, retain: { ground: archiving, until: { field: a, plus: { years: 1 } } } }',
    'id integer, a boolean',
    /a is boolean, which tells no day/,
  ],
  [
    'a notice that is no date',
    't: { fields: { a: { category: user.name, notice: b } }, unsearchable: x }',
    'id integer, a text?, b boolean',
    /b is boolean, which tells no day/,
  ],
  [
    'a key that the table does not vouch for',
    't: { key: [a] }',
    'id integer, a text',
    /nothing in t says that a is unique \(key: \[id\]\)/,
  ],
  [
    'a relation without a foreign key',
    't: { fields: { a: owned-by } }',
    'id integer, a integer',
    /no foreign key says where it leads/,
  ],
  [
    'personal data that no path reaches',
    't: { fields: { a: user.name } }',
    'id integer, a text?',
    /no identifier and no reference leads here/,
  ],
  [
    'no verdict where a search leads',
    't: { fields: { a: { category: user.contact.email, identifier: email } } }',
    'id integer, a text?',
    /has no verdict, and a search leads here/,
  ],
])('%s is an error', (_, text, columns, expected) => {
  const errors = errorsOf(one(text, columns));
  expect(errors.join('\n')).toMatch(expected);
  expect(errors).toHaveLength(1);
});

test('a key is vouched for by a unique index, and told unsafe where nobody vouches', () => {
  expect(one('t: { key: [a] }', 'id integer, a text', { unique: [['a']] }).problems).toEqual([]);
  expect(one('t: { key: [b, a] }', 'id integer, a text, b text', { unique: [['a']] }).problems).toEqual([]);
  const view = { kind: 'view', key: { fields: [], kind: 'declared' } } as const;
  expect(one('t: { key: [id] }', 'id integer', view).problems).toMatchObject([{ severity: 'warning' }]);
  expect(errorsOf(one('t: {}', 'id integer', view))[0]).toMatch(/t has no key/);
  expect(one('t: { key: [a] }', 'id integer, a text?', { unique: [['a']] }).problems).toMatchObject([
    { severity: 'warning', path: 'sources.crm.collections.t.key[0]' },
  ]);
});

test('a physical key is taken where the source has no other', () => {
  const physical = one('t: {}', 'a text', { key: { fields: ['ctid'], kind: 'physical' } });
  expect(physical.map.collections[0]).toMatchObject({ key: ['ctid'], keyKind: 'physical' });
  expect(physical.problems).toEqual([]);
  const erased = one(
    't: { subject: x, fields: { a: { category: user.contact.email, identifier: email } }, erase: delete }',
    'a text',
    { key: { fields: ['ctid'], kind: 'physical' } },
  );
  expect(erased.problems).toMatchObject([
    { severity: 'warning', message: expect.stringContaining('not changed') },
  ]);
});

const PARENT = table('parent', 'id integer');
const child = (
  fields: string,
  to: Readonly<Record<string, string>>,
  columns = 'id integer, a integer?, b integer?',
) =>
  map(`parent: {}\nchild: { system: [id], fields: { ${fields} } }`, PARENT, table('child', columns, { to }));

test('every foreign key between mapped collections needs a relation', () => {
  expect(errorsOf(child('b: none', { a: 'parent.id' }))).toEqual([
    'sources.crm.collections.child.fields: the foreign key a → parent.id needs a relation (a: owned-by, owns, mentions or none)',
  ]);
  for (const relation of ['owned-by', 'owns', 'mentions', 'none']) {
    const resolution = child(`a: ${relation}`, { a: 'parent.id' });
    expect(errorsOf(resolution)).toEqual([]);
    expect(resolution.map.collections[1]?.references).toMatchObject([{ relation, to: 'crm.parent' }]);
  }
  expect(errorsOf(child('a: { references: parent.id, relation: owned-by }', { a: 'parent.id' }))).toEqual([]);
});

test('a collection nobody has begun to fill in is warned of its foreign keys, not refused', () => {
  const resolution = map(
    'parent: {}\nchild: {}',
    PARENT,
    table('child', 'id integer, a integer', { to: { a: 'parent.id' } }),
  );
  expect(errorsOf(resolution)).toEqual([]);
  expect(resolution.problems).toMatchObject([
    { severity: 'warning', message: expect.stringContaining('needs a relation') },
  ]);
});

test('a foreign key to a table outside the map may be none, and nothing else', () => {
  const outside = table('child', 'id integer, a integer', { to: { a: 'elsewhere.id' } });
  expect(errorsOf(map('child: { fields: { a: none } }', outside))).toEqual([]);
  expect(errorsOf(map('child: { fields: { a: owned-by } }', outside))[0]).toMatch(
    /leads to public\.elsewhere, which is not in the map/,
  );
});

test('the target of a column in a composite foreign key is the whole key', () => {
  const parent = table('parent', 'tenant integer, no integer', {
    key: { fields: ['tenant', 'no'], kind: 'declared' },
  });
  const composite = table('child', 'id integer, tenant integer, parent_no integer', {
    to: { 'tenant+parent_no': 'parent.tenant+no' },
  });
  const references = [
    'child: { fields: { parent_no: owned-by } }',
    'child: { references: [{ fields: [tenant, parent_no], to: parent, relation: owned-by }] }',
  ].map((text) => {
    const resolution = map(`parent: {}\n${text}`, parent, composite);
    expect(errorsOf(resolution)).toEqual([]);
    return resolution.map.collections[1]?.references;
  });
  expect(references[0]).toMatchObject([
    {
      id: 'crm.child.tenant+parent_no',
      fields: [{ column: 'tenant' }, { column: 'parent_no' }],
      on: [{ column: 'tenant' }, { column: 'no' }],
    },
  ]);
  expect(references[1]).toEqual(references[0]);
});

test('a foreign key to a table in two collections must be told apart', () => {
  const text = `people: { table: parent, subject: { is: p, when: { kind: [P] } } }
firms: { table: parent, subject: { is: f, when: { kind: [F, G] } } }
child: { fields: { a: owned-by } }`;
  const tables = [
    table('parent', 'id integer, kind text'),
    table('child', 'id integer, a integer', { to: { a: 'parent.id' } }),
  ];
  const resolution = map(text, ...tables);
  expect(resolution.problems).toMatchObject([
    { message: 'leads to more than one collection', hint: 'references: people.id or firms.id' },
  ]);
  const told = map(
    text.replace('a: owned-by', 'a: { references: people.id, relation: owned-by }'),
    ...tables,
  );
  expect(told.problems).toEqual([]);
  expect(map(text.replace('[F, G]', '[P, G]'), ...tables).problems[0]).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('same table as crm.people'),
  });
});

test('references whose values can never be equal are an error, texts may hold anything', () => {
  expect(
    errorsOf(child('b: { references: parent.id, relation: owned-by }', {}, 'id integer, b date'))[0],
  ).toMatch(/b is date and crm\.parent\.id is integer: they can never be equal/);
  expect(
    errorsOf(child('b: { references: parent.id, relation: owned-by }', {}, 'id integer, b text')),
  ).toEqual([]);
});

test('the two sides of a polymorphic reference have names of their own', () => {
  const text = `parent: {}
other: {}
child:
  references:
    - { fields: [a], to: parent, when: { kind: p }, relation: owned-by }
    - { fields: [a], to: other, when: { kind: [o, null] }, relation: mentions, onErase: keep }`;
  const resolution = map(
    text,
    PARENT,
    table('other', 'id integer'),
    table('child', 'id integer, a integer, kind text?'),
  );
  expect(errorsOf(resolution)).toEqual([]);
  expect(resolution.map.collections[2]?.references).toMatchObject([
    { id: 'crm.child.a→crm.parent', onErase: 'clear' },
    { id: 'crm.child.a→crm.other', when: [{ field: 'kind', anyOf: ['o', null] }], onErase: 'keep' },
  ]);
  expect(resolution.map.collections[2]?.systemColumns).toEqual(['kind']);
});

const TWO_SOURCES = `${HEAD}sources:
  crm:
    connector: sqlite
    connection: crm.db
    ${INFORMATION}
    collections:
      customers: { subject: customer, system: [id], fields: { email: { category: user.contact.email, identifier: email } }, erase: delete }
  shop:
    connector: sqlite
    connection: shop.db
    ${INFORMATION}
    collections:
      orders: { fields: { customer_id: { references: crm.customers.id, relation: owned-by }, text: user.content }, system: [id], erase: delete }
`;
const SHOP = catalog(table('orders', 'id integer, customer_id integer?, text text?'));
const CRM = catalog(table('customers', 'id integer, email text?'));

test('references lead across sources', () => {
  const resolution = resolve(TWO_SOURCES, { crm: CRM, shop: SHOP });
  expect(resolution.problems).toEqual([]);
  expect(resolution.map.collections[1]?.references).toMatchObject([
    { id: 'shop.orders.customer_id', to: 'crm.customers', on: [{ column: 'id' }] },
  ]);
});

test('a column that a reference leads to counts as mapped', () => {
  const resolution = resolve(TWO_SOURCES.replace('customer, system: [id]', 'customer'), {
    crm: CRM,
    shop: SHOP,
  });
  expect(resolution.map.collections[0]).toMatchObject({ systemColumns: ['id'], unmappedColumns: [] });
});

test('without one source the rest resolves; references into it are kept, leading to no collection', () => {
  const resolution = resolve(TWO_SOURCES, { shop: SHOP });
  expect(resolution.problems).toEqual([]);
  expect(resolution.map.collections.map(({ id }) => id)).toEqual(['shop.orders']);
  expect(resolution.map.collections[0]?.references).toMatchObject([
    { to: 'crm.customers', on: [{ column: 'id', path: [] }] },
  ]);
  expect(resolution.map.sources.map(({ name }) => name)).toEqual(['crm', 'shop']);
  expect(resolution.map.hash).toBe(load(TWO_SOURCES).hash);
});

test('missing facts of Art. 15 are warned of, once a collection; [] and none are answers', () => {
  const text =
    't: { subject: x, system: [id], fields: { a: { category: user.contact.email, identifier: email } }, erase: delete }';
  const bare = resolve(crm(text), { crm: catalog(table('t', 'id integer, a text?')) });
  expect(bare.problems).toMatchObject([
    {
      severity: 'warning',
      message: expect.stringMatching(
        /^does not say purposes, legalBasis, recipients, retention, origin, transfers/,
      ),
    },
  ]);
  expect(map(text, table('t', 'id integer, a text?')).problems).toEqual([]);
});

test('a mention alone needs no verdict, and an unsearchable collection that is reached is told', () => {
  const tickets = table('tickets', 'id integer, staff text?');
  const text = (rest: string) =>
    `tickets: { system: [id], fields: { staff: { category: user.contact.email, identifier: email, relation: mentions } }${rest} }`;
  expect(map(text(''), tickets).problems).toEqual([]);
  expect(map(text(', unsearchable: no'), tickets).problems).toMatchObject([
    { severity: 'warning', message: 'a search does lead here' },
  ]);
});

test('an identifier of a reference leads to the record referred to, which needs a verdict', () => {
  const contacts = table('contacts', 'id integer, name text?');
  const emails = table('emails', 'id integer, contact_id integer, email text', {
    to: { contact_id: 'contacts.id' },
  });
  const text = (
    verdict: string,
  ) => `contacts: { subject: c, system: [id], fields: { name: user.name }${verdict} }
emails: { system: [id], fields: { contact_id: owned-by, email: { category: user.contact.email, identifier: email, of: contact_id } }, erase: delete }`;
  expect(errorsOf(map(text(''), contacts, emails))).toEqual([
    expect.stringContaining('contacts: has no verdict'),
  ]);
  expect(map(text(', erase: delete'), contacts, emails).problems).toEqual([]);
});
