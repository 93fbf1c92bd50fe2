import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { table } from '../map/support.js';
import { dump, type Landscape, landscapeOf, lines, rectified, write } from '../survey/rectify-support.js';

const CRM = `
customers:
  subject: customer
  system: [id]
  fields:
    name: user.name
    email: { category: user.contact.email, identifier: email }
    phone: { category: user.contact.phone_number, identifier: phone }
    personnummer: { category: user.government_id.national_identification_number, identifier: personnummer }
    born: user.demographic.date_of_birth
    profile.newsletter.email: { category: user.contact.email, identifier: email }
    registrant_email: { category: user.contact.email, identifier: email, relation: mentions }
  erase: delete
orders:
  system: [id]
  fields:
    customer_id: owned-by
    email: { category: user.contact.email, identifier: email, of: customer_id }
    ship_name: user.name
    ship_phone: user.contact.phone_number
    billed_name: { category: user.name, rectify: false }
    city: user.contact.address.city
  erase: delete
`;

const customers = table(
  'customers',
  'id integer, name text, email varchar(40)?, phone text?, personnummer integer?, born date?, profile jsonb?, registrant_email text?',
  { unique: [['email']] },
);
const orders = table(
  'orders',
  'id integer, customer_id integer?, email text?, ship_name varchar(20)?, ship_phone text?, billed_name text?, city text?',
  {
    to: { customer_id: 'customers.id' },
    checks: [{ name: 'a_city', fields: ['city'], expression: "city = 'Umeå' or city = 'Malmö'" }],
  },
);

const ANNA = {
  id: 1,
  name: 'Anna Berg',
  email: 'anna@example.se',
  phone: '070-174 06 05',
  personnummer: 9006022397,
  born: '1990-06-02',
};
const BO = { id: 2, name: 'Bo Ek', email: 'bo@example.se', phone: '+46701740606' };

function crm(
  rows: { readonly customers?: readonly object[]; readonly orders?: readonly object[] } = {},
): Landscape {
  return landscapeOf({
    crm: {
      collections: CRM,
      tables: [
        [customers, (rows.customers ?? [ANNA, BO]) as never],
        [orders, (rows.orders ?? []) as never],
      ],
    },
  });
}

const GIVEN = ['email=anna@example.se'];
const planned = async (landscape: Landscape, ...set: readonly string[]) =>
  lines((await rectified(landscape, GIVEN, set)).plan);

describe('by identifier type', () => {
  it('sets the value in every own record that holds a known one, and shows old and new', async () => {
    const landscape = crm({
      orders: [
        { id: 10, customer_id: 1, email: 'Anna@Example.se' },
        // The map says that it is the customer's.
        { id: 11, customer_id: 1, email: 'other@example.se' },
        { id: 12, customer_id: 2, email: 'bo@example.se' },
        { id: 13, customer_id: 1 },
      ],
    });
    expect(await planned(landscape, 'email=Anna.Ny@example.se')).toEqual([
      'update crm.customers:1 email anna@example.se -> Anna.Ny@example.se',
      'update crm.orders:10 email Anna@Example.se -> Anna.Ny@example.se',
      'update crm.orders:11 email other@example.se -> Anna.Ny@example.se',
    ]);
  });

  it('writes each place in its own form', async () => {
    const landscape = crm({
      orders: [
        { id: 10, customer_id: 1, ship_phone: '+46 70 174 06 05' },
        { id: 11, customer_id: 1, ship_phone: '0701740605' },
        { id: 12, customer_id: 1, ship_phone: '070-1740690' },
      ],
    });
    expect(await planned(landscape, 'phone=070-1740612')).toEqual([
      'update crm.customers:1 phone 070-174 06 05 -> 070-174 06 12',
      'update crm.orders:10 ship_phone +46 70 174 06 05 -> +46 70 174 06 12',
      'update crm.orders:11 ship_phone 0701740605 -> 0701740612',
      'keep crm.orders:12 (ship_phone: another value stands there)',
    ]);
    expect(await planned(landscape, 'personnummer=19850101-2382')).toEqual([
      'update crm.customers:1 personnummer number 9006022397 -> number 8501012382',
    ]);
  });

  it('rewrites a document without touching anything else in it', async () => {
    const profile = { json: '{"n": 9007199254740993,  "newsletter": {"email": "anna@example.se"}}' };
    const landscape = crm({ customers: [{ ...ANNA, profile }, BO] });
    expect(await planned(landscape, 'email=a@example.com')).toEqual([
      'update crm.customers:1 email anna@example.se -> a@example.com, profile {"n": 9007199254740993,  "newsletter": {"email": "anna@example.se"}} -> {"n": 9007199254740993,  "newsletter": {"email": "a@example.com"}}',
    ]);
  });

  it('writes a hash where a hash stands', async () => {
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const landscape = landscapeOf({
      crm: {
        collections: CRM,
        tables: [
          [customers, [ANNA] as never],
          [orders, []],
        ],
      },
      letters: {
        collections: `
subscribers:
  system: [id]
  fields:
    email_md5: { category: user.contact.email, identifier: email, encoding: md5 }
  erase: delete`,
        tables: [
          [
            table('subscribers', 'id integer, email_md5 char(32)'),
            [
              { id: 5, email_md5: md5('anna@example.se') },
              { id: 6, email_md5: md5('bo@example.se') },
            ],
          ],
        ],
      },
    });
    expect(await planned(landscape, 'email=anna.ny@example.se')).toContain(
      `update letters.subscribers:5 email_md5 ${md5('anna@example.se')} -> ${md5('anna.ny@example.se')}`,
    );
  });

  it('empties with an empty value, and leaves what holds nothing out', async () => {
    const landscape = crm({ orders: [{ id: 10, customer_id: 1, ship_phone: '' }] });
    expect(await planned(landscape, 'phone=')).toEqual([
      'update crm.customers:1 phone 070-174 06 05 -> null',
    ]);
  });

  it('has nothing to do where the new value stands already', async () => {
    expect(await planned(crm(), 'phone=+46701740605')).toEqual([]);
  });

  it('leaves alone what the map says names somebody else, and says so', async () => {
    const landscape = crm({ customers: [{ ...ANNA, registrant_email: 'anna@example.se' }] });
    expect(await planned(landscape, 'email=a@example.com')).toEqual([
      "update crm.customers:1 email anna@example.se -> a@example.com (left as it is: registrant_email: the map does not say that it is this person's)",
    ]);
  });

  it('tells of a mention of the person that it stays, since the record is somebody else’s', async () => {
    const landscape = crm({ customers: [ANNA, { ...BO, registrant_email: 'anna@example.se' }] });
    expect(await planned(landscape, 'email=a@example.com')).toEqual([
      'update crm.customers:1 email anna@example.se -> a@example.com',
      "keep crm.customers:2 [mention] (registrant_email: the record is somebody else's)",
    ]);
  });

  it('leaves a record that is somebody else’s too', async () => {
    const landscape = landscapeOf({
      crm: {
        collections: `${CRM}
loans:
  system: [id]
  fields:
    first_id: { references: customers.id, relation: owned-by }
    second_id: { references: customers.id, relation: owned-by }
    contact: user.contact.phone_number
  erase: delete`,
        tables: [
          [customers, [ANNA, BO] as never],
          [orders, []],
          [
            table('loans', 'id integer, first_id integer?, second_id integer?, contact text?'),
            [
              { id: 20, first_id: 1, second_id: 2, contact: '0701740605' },
              { id: 21, first_id: 1, second_id: null, contact: '0701740605' },
            ],
          ],
        ],
      },
    });
    expect((await planned(landscape, 'phone=070-1740612')).slice(1)).toEqual([
      "keep crm.loans:20 [shared] (contact: the record is somebody else's too)",
      'update crm.loans:21 contact 0701740605 -> 0701740612',
    ]);
  });

  it('reaches the number of a sole trader under both of its names', async () => {
    const landscape = landscapeOf({
      crm: {
        collections: `
customers:
  subject: customer
  system: [id]
  fields:
    pnr: { category: user.government_id.national_identification_number, identifier: personnummer }
    orgnr: { category: user.government_id, identifier: organisationsnummer }
  erase: delete`,
        tables: [
          [
            table('customers', 'id integer, pnr text?, orgnr text?'),
            [{ id: 1, pnr: '19900602-2397', orgnr: '900602-2397' }],
          ],
        ],
      },
    });
    const { plan } = await rectified(landscape, ['personnummer=199006022397'], ['personnummer=850101-2382']);
    expect(lines(plan)).toEqual([
      'update crm.customers:1 pnr 19900602-2397 -> 19850101-2382, orgnr 900602-2397 -> 850101-2382',
    ]);
  });

  it('asks the source set by set, not record by record', async () => {
    const queries = async (count: number) => {
      const landscape = crm({
        orders: Array.from({ length: count }, (_, at) => ({
          id: 100 + at,
          customer_id: 1,
          ship_phone: '0701740605',
        })),
      });
      expect(await planned(landscape, 'phone=070-1740612')).toHaveLength(count + 1);
      return landscape.connectors.get('crm')?.queries ?? 0;
    };
    expect(await queries(900)).toBe(await queries(2));
  });

  it('warns of an invalid value, and sets it all the same', async () => {
    const { plan, warnings } = await rectified(crm(), GIVEN, ['email=anna']);
    expect(warnings).toEqual(['the new email is not valid: it has no @; it is set as it stands']);
    expect(lines(plan)).toEqual(['update crm.customers:1 email anna@example.se -> anna']);
  });
});

describe('by category', () => {
  it('leaves the name of whom an order is shipped to, and history', async () => {
    const landscape = crm({
      orders: [
        { id: 10, customer_id: 1, ship_name: 'ANNA BERG', billed_name: 'Anna Berg' },
        { id: 11, customer_id: 1, ship_name: 'Bo Ek', billed_name: 'Bo Ek' },
        { id: 12, customer_id: 1, billed_name: 'Anna Berg' },
      ],
    });
    expect(await planned(landscape, 'user.name=Anna Ny')).toEqual([
      'update crm.customers:1 name Anna Berg -> Anna Ny',
      'update crm.orders:10 ship_name ANNA BERG -> Anna Ny (left as it is: billed_name: history must stand there (rectify: false))',
      'keep crm.orders:11 (ship_name: another value stands there)',
      'keep crm.orders:12 (billed_name: history must stand there (rectify: false))',
    ]);
  });

  it('corrects nothing but the case, where that is what is asked', async () => {
    const landscape = crm({ customers: [{ ...ANNA, name: 'anna berg' }] });
    expect(await planned(landscape, 'user.name=Anna Berg')).toEqual([
      'update crm.customers:1 name anna berg -> Anna Berg',
    ]);
  });

  it('sets nothing where no record of the person themselves tells what is theirs', async () => {
    const landscape = crm({ orders: [{ id: 10, customer_id: 1, city: 'Umeå' }] });
    expect(await planned(landscape, 'user.contact.address.city=Malmö')).toEqual([
      'keep crm.orders:10 (city: no record of the person themselves tells what is theirs; to set it, name crm.orders.city)',
    ]);
  });
});

describe('by field', () => {
  it('sets it in every own record of the collection, whatever stands there', async () => {
    const landscape = crm({
      orders: [
        { id: 10, customer_id: 1, ship_name: 'Bo Ek' },
        { id: 11, customer_id: 1 },
        { id: 12, customer_id: 2, ship_name: 'Bo Ek' },
      ],
    });
    expect(await planned(landscape, 'crm.orders.ship_name=Anna Ny')).toEqual([
      'update crm.orders:10 ship_name Bo Ek -> Anna Ny',
      'update crm.orders:11 ship_name null -> Anna Ny',
    ]);
  });

  it('wins over a type and a category that mean the same field', async () => {
    expect(
      await planned(
        crm(),
        'user.contact.phone_number=+46 70 174 06 12',
        'crm.customers.phone=070-1740699',
        'phone=070-1740612',
      ),
    ).toEqual(['update crm.customers:1 phone 070-174 06 05 -> 070-174 06 99']);
  });

  it('says of a place in a document that is not there that it cannot be set', async () => {
    const landscape = crm({ customers: [{ ...ANNA, profile: { json: '{}' } }] });
    expect(await planned(landscape, 'crm.customers.profile.newsletter.email=a@example.com')).toEqual([
      'keep crm.customers:1 (profile.newsletter.email: there is nothing at that place to be set)',
    ]);
  });

  it.each([
    ['crm.customers.born=2026-02-30', 'crm.customers.born: it is date'],
    ['crm.customers.born=1990-6-2', 'crm.customers.born: it is date'],
    ['crm.customers.name=', 'crm.customers.name: it may not be empty'],
    [
      `crm.orders.ship_name=${'x'.repeat(21)}`,
      'crm.orders.ship_name: it is varchar(20), and the value is too long',
    ],
    ['crm.orders.city=Lund', 'crm.orders.city: the check a_city refuses the value'],
    ['crm.customers.personnummer=19900602-TF97', 'crm.customers.personnummer: '],
  ])('refuses %s, naming the field and not the value', async (set, message) => {
    const landscape = crm({ orders: [{ id: 10, customer_id: 1 }] });
    const error = await rectified(landscape, GIVEN, [set]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
    const value = set.slice(set.indexOf('=') + 1);
    if (value !== '') expect(String(error)).not.toContain(value);
  });
});

describe('a field that says `of` a reference', () => {
  const logs = (relation: string, reference: string) =>
    landscapeOf({
      crm: {
        collections: `${CRM}
logs:
  system: [id, kind]
  fields:
    owner: { references: customers.id, relation: owned-by }
    cust: user.unique_id
    email: { category: user.contact.email, identifier: email, of: cust }
    phone: { category: user.contact.phone_number, of: cust }
  references:
${reference.replaceAll('RELATION', relation)}
  erase: delete`,
        tables: [
          [customers, [ANNA, BO] as never],
          [orders, [{ id: 9, customer_id: 2 }] as never],
          [
            table('logs', 'id integer, kind text?, owner integer?, cust integer?, email text?, phone text?'),
            [
              { id: 20, cust: 1 },
              { id: 21, cust: null },
              { id: 22, cust: 9 },
              { id: 23, owner: 1, cust: 2, email: null },
              { id: 24, owner: 1, cust: 1, email: null, kind: 'order' },
              { id: 25, owner: 1, cust: 9, email: null, kind: 'order' },
            ].map((row) => ({ kind: 'customer', email: 'anna@example.se', phone: '070-1740605', ...row })),
          ],
        ],
      },
    });
  const ONE = '    - { fields: [cust], to: customers, on: [id], relation: RELATION }';
  const BY_KIND = `    - { fields: [cust], to: customers, on: [id], when: { kind: customer }, relation: RELATION }
    - { fields: [cust], to: orders, on: [id], when: { kind: order }, relation: RELATION }`;
  const of = (plan: readonly string[]) => plan.filter((line) => line.startsWith('update crm.logs'));

  it('is set where it leads to the person, to nobody, or to nothing', async () => {
    const plan = await planned(logs('owned-by', ONE), 'email=ny@example.se', 'phone=070-1740612');
    expect(of(plan).slice(0, 3)).toEqual(
      [20, 21, 22].map(
        (id) =>
          `update crm.logs:${id} email anna@example.se -> ny@example.se, phone 070-1740605 -> 070-1740612`,
      ),
    );
  });

  it('of whom a reference mentions stays where that is somebody else', async () => {
    const plan = await planned(logs('mentions', ONE), 'email=ny@example.se', 'phone=070-1740612');
    expect(plan.slice(1)).toEqual([
      "keep crm.logs:20 [mention] (email: the record is somebody else's)",
      'update crm.logs:21 email anna@example.se -> ny@example.se, phone 070-1740605 -> 070-1740612',
      'update crm.logs:22 email anna@example.se -> ny@example.se, phone 070-1740605 -> 070-1740612',
      'keep crm.logs:23 (phone: it may name somebody else here)',
      'update crm.logs:24 phone 070-1740605 -> 070-1740612',
      'update crm.logs:25 phone 070-1740605 -> 070-1740612',
    ]);
  });

  it('where nobody is mentioned, is not set to what any text may be', async () => {
    const plan = await planned(logs('mentions', ONE), 'crm.logs.phone=070-1740612');
    expect(of(plan)).toEqual(['update crm.logs:24 phone 070-1740605 -> 070-1740612']);
  });

  it('leads by the reference whose condition holds', async () => {
    const plan = await planned(logs('mentions', BY_KIND), 'phone=070-1740612');
    expect(plan.filter((line) => /crm\.logs:2[2345]/.test(line))).toEqual([
      'update crm.logs:22 phone 070-1740605 -> 070-1740612',
      'update crm.logs:24 phone 070-1740605 -> 070-1740612',
      'keep crm.logs:23 (phone: it may name somebody else here)',
      'keep crm.logs:25 (phone: it may name somebody else here)',
    ]);
  });
});

describe('what may stand once', () => {
  it('refuses a value that another record holds, in any case that the source takes for the same', async () => {
    const accepted = { accept: ['crm.customers:2'] };
    const set = ['crm.customers.email=bo@example.se'];
    await expect(rectified(crm(), GIVEN, set, accepted)).rejects.toMatchObject({
      kind: 'usage',
      message: 'crm.customers.email: another record already holds the new value, where each may stand once',
    });
    const lowered = table('customers', 'id integer, email text?', {
      indexes: [{ name: 'one_email', parts: ['lower((email)::text)'], unique: true }],
    });
    const collections = `
customers:
  subject: customer
  system: [id]
  fields: { email: { category: user.contact.email, identifier: email } }
  erase: delete`;
    const rows = [
      { id: 1, email: 'anna@example.se' },
      { id: 2, email: 'Bo@Example.se' },
    ];
    const landscape = landscapeOf({ crm: { collections, tables: [[lowered, rows]] } });
    await expect(rectified(landscape, GIVEN, ['email=bo@example.SE'], accepted)).rejects.toMatchObject({
      kind: 'usage',
    });
  });

  it('refuses that two records of the person come to hold the same', async () => {
    const landscape = crm({
      customers: [
        { ...ANNA, id: 1 },
        { ...ANNA, id: 3, email: 'anna2@example.se' },
      ],
    });
    await expect(
      rectified(landscape, ['email=anna@example.se', 'email=anna2@example.se'], ['email=new@example.se']),
    ).rejects.toMatchObject({
      message:
        'crm.customers.email: two records of this person would hold the same value, where each may stand once',
    });
  });

  it('looks at a composite key as a whole', async () => {
    const collections = `
customers:
  subject: customer
  system: [id, shop]
  fields: { email: { category: user.contact.email, identifier: email } }
  erase: delete`;
    const info = table('customers', 'id integer, shop integer, email text?', { unique: [['shop', 'email']] });
    const rows = [
      { id: 1, shop: 0, email: 'anna@example.se' },
      { id: 2, shop: 1, email: 'new@example.se' },
    ];
    const landscape = (more: readonly object[]) =>
      landscapeOf({ crm: { collections, tables: [[info, [...rows, ...more] as never]] } });
    const accepted = { accept: ['crm.customers:2', 'crm.customers:3'] };
    const plan = await rectified(landscape([]), GIVEN, ['email=new@example.se'], accepted);
    expect(lines(plan.plan)).toEqual(['update crm.customers:1 email anna@example.se -> new@example.se']);
    await expect(
      rectified(
        landscape([{ id: 3, shop: 0, email: 'new@example.se' }]),
        GIVEN,
        ['email=new@example.se'],
        accepted,
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('which with shop, email may stand once') });
  });
});

describe('a new strong value that is already somebody else’s', () => {
  const elsewhere = () =>
    crm({ customers: [ANNA, { ...BO, email: 'x@example.se', registrant_email: 'New@example.se' }] });

  it('is a decision, which blocks until it is answered', async () => {
    const { decisions } = await rectified(elsewhere(), GIVEN, ['email=new@example.se']);
    expect(decisions).toEqual([
      {
        kind: 'identity-conflict',
        collection: 'crm.customers',
        key: [2],
        recordKey: expect.any(String),
        why: "the new email already stands in this record, which is not this person's own",
      },
    ]);
  });

  it('is asked before it is refused as what may stand once', async () => {
    const { decisions } = await rectified(crm(), GIVEN, ['email=bo@example.se']);
    expect(decisions).toMatchObject([{ kind: 'identity-conflict', collection: 'crm.customers', key: [2] }]);
  });

  it('does not block once it was accepted', async () => {
    const answer = { accept: ['crm.customers:2'] };
    const { decisions, plan } = await rectified(elsewhere(), GIVEN, ['email=new@example.se'], answer);
    expect(decisions).toEqual([]);
    expect(lines(plan)).toHaveLength(1);
  });

  it('stays refused once it was rejected', async () => {
    const answer = { reject: ['crm.customers:2'] };
    await expect(rectified(elsewhere(), GIVEN, ['email=new@example.se'], answer)).rejects.toMatchObject({
      kind: 'decision',
    });
  });

  it('is none in the person’s own records, of a weak type, or where nothing would change', async () => {
    const own = crm({ orders: [{ id: 10, customer_id: 1, email: 'new@example.se' }] });
    expect((await rectified(own, GIVEN, ['email=new@example.se'])).decisions).toEqual([]);
    expect((await rectified(crm(), GIVEN, ['phone=+46701740606'])).decisions).toEqual([]);
    expect(
      (await rectified(elsewhere(), ['email=nobody@example.se'], ['email=new@example.se'])).decisions,
    ).toEqual([]);
  });
});

describe('what dsr cannot write', () => {
  const collections = `
people:
  subject: person
  fields:
    personnummer: { category: user.government_id.national_identification_number, identifier: personnummer }
    email: { category: user.contact.email, identifier: email }
  erase: delete`;
  const people = table('people', 'personnummer varchar(12), email text?');
  const rows = [{ personnummer: '199006022397', email: 'anna@example.se' }];

  it('is a task where the source is only read, with what to write', async () => {
    const landscape = landscapeOf({ hr: { collections, tables: [[people, rows]], readOnly: true } });
    expect(await planned(landscape, 'email=a@example.com')).toEqual([
      'manual hr.people:199006022397 email anna@example.se -> a@example.com (the source is only read: change it there)',
    ]);
  });

  it('is a task where it is the key, alone or beside what is set', async () => {
    const landscape = landscapeOf({ hr: { collections, tables: [[people, rows]] } });
    expect(await planned(landscape, 'personnummer=198501012382')).toEqual([
      'manual hr.people:199006022397 (personnummer: it is the key of its record: change it by hand)',
    ]);
    const both = await rectified(landscape, GIVEN, ['personnummer=198501012382', 'email=a@example.com']);
    expect(lines(both.plan)).toEqual([
      'update hr.people:199006022397 email anna@example.se -> a@example.com (left as it is: personnummer: it is the key of its record: change it by hand)',
    ]);
    expect(both.incomplete).toEqual([
      'hr.people.personnummer: it is the key of its record, and has to be changed by hand in 1 record',
    ]);
  });
});

describe('the plan', () => {
  it('is the same again on the same data, and another where a value changed meanwhile', async () => {
    const rows = [10, 11, 12].map((id) => ({
      id,
      customer_id: 1,
      ship_name: id === 11 ? 'Bo Ek' : 'Anna Berg',
    }));
    const landscape = crm({ orders: rows });
    const turned = crm({ customers: [BO, ANNA], orders: rows.toReversed() });
    const hash = async (of: Landscape) => (await rectified(of, GIVEN, ['user.name=Anna Ny'])).plan.hash;
    const first = await hash(landscape);
    expect(await hash(landscape)).toBe(first);
    expect(await hash(turned)).toBe(first);
    landscape.connectors
      .get('crm')
      ?.change('public.orders', (row) => (row.id === 11 ? { ...row, ship_name: 'anna berg' } : row));
    expect(await hash(landscape)).not.toBe(first);
  });

  it('has nothing left to do once it was written', async () => {
    const landscape = crm({ orders: [{ id: 10, customer_id: 1, ship_name: 'Anna Berg' }] });
    const { plan } = await rectified(landscape, GIVEN, ['user.name=Anna Ny', 'phone=070-1740612']);
    write(landscape, plan);
    expect(dump(landscape)['crm.orders']).toMatchObject([{ ship_name: 'Anna Ny' }]);
    expect(await planned(landscape, 'user.name=Anna Ny', 'phone=070-1740612')).toEqual([]);
  });
});
