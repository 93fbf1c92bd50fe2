import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const users = 'create table users (id int primary key, email varchar(100), name varchar(100))';

describeEngines('find', (engine) => {
  it('an employee who is support contact of 21 customers: her own row only', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table employees (id int primary key, email varchar(100))',
          `create table customers (id int primary key, email varchar(100), support_id int,
             foreign key (support_id) references employees (id))`,
          `insert into employees values (1, 'eva@example.se'), (2, 'bo@example.se')`,
          `insert into customers values ${Array.from({ length: 21 }, (_, at) => `(${at}, 'kund${at}@example.com', 1)`).join(', ')}, (99, 'x@example.com', 2)`,
        ],
        collections: {
          employees: { subject: 'employee', system: ['id'], fields: { email }, erase: 'delete' },
          customers: {
            subject: 'customer',
            system: ['id'],
            fields: { email, support_id: 'mentions' },
            erase: 'delete',
          },
        },
      },
    });
    const { stdout, code } = await world.dsr('find', 'eva@example.se', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).collections).toEqual([
      { collection: 'crm.employees', own: 1, mentions: 0, shared: 0, candidates: 0 },
      { collection: 'crm.customers', own: 0, mentions: 21, shared: 0, candidates: 0 },
    ]);
    const files = await world.extract('eva@example.se');
    expect([...files.values()].join('\n')).not.toMatch(/kund\d+@example\.com/);
    await world.close();
  });

  it("an order paid with another customer's card, and other customers' payments on a rental: theirs do not come out", async () => {
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          users,
          'create table cards (id int primary key, user_id int, holder varchar(50), foreign key (user_id) references users (id))',
          `create table orders (id int primary key, user_id int, card_id int, foreign key (user_id) references users (id),
             foreign key (card_id) references cards (id))`,
          'create table rentals (id int primary key, user_id int not null, foreign key (user_id) references users (id))',
          `create table payments (id int primary key, rental_id int, user_id int, note varchar(50),
             foreign key (rental_id) references rentals (id), foreign key (user_id) references users (id))`,
          `insert into users values (1, 'anna@example.se', 'Anna'), (2, 'bo@example.se', 'Bo')`,
          `insert into cards values (1, 1, 'ANNA-CARD'), (2, 2, 'BO-CARD')`,
          'insert into orders values (1, 1, 2)',
          'insert into rentals values (1, 1)',
          `insert into payments values (1, 1, 1, 'ANNA-PAID'), (2, 1, 2, 'BO-PAID')`,
        ],
        collections: {
          users: {
            subject: 'customer',
            system: ['id'],
            fields: { email, name: 'user.name' },
            erase: 'delete',
          },
          cards: { system: ['id'], fields: { user_id: 'owned-by', holder: 'user.name' }, erase: 'delete' },
          orders: { system: ['id'], fields: { user_id: 'owned-by', card_id: 'owns' }, erase: 'delete' },
          rentals: { system: ['id'], fields: { user_id: 'owned-by' }, erase: 'mask' },
          payments: {
            system: ['id'],
            fields: { rental_id: 'owned-by', user_id: 'owned-by', note: 'user.financial' },
            erase: 'delete',
          },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual([
      'own shop.cards:1',
      'own shop.orders:1',
      'own shop.payments:1',
      'own shop.rentals:1',
      'own shop.users:1',
    ]);
    const files = await world.extract('anna@example.se');
    const all = [...files.values()].join('\n');
    expect(all).toContain('ANNA-PAID');
    expect(all).not.toMatch(/BO-CARD|BO-PAID|bo@example/);
    await world.close();
  });

  it('an address of two people, or of one customer and a shop, is shared and in both extracts', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table addresses (id int primary key, street varchar(50))',
          `create table customers (id int primary key, email varchar(100), address_id int,
             foreign key (address_id) references addresses (id))`,
          'create table shops (id int primary key, address_id int, foreign key (address_id) references addresses (id))',
          `insert into addresses values (0, 'Storgatan 1'), (1, 'Torget 2'), (2, 'Hamnen 3')`,
          `insert into customers values (1, 'anna@example.se', 0), (2, 'bo@example.se', 0), (3, 'eva@example.se', 1)`,
          'insert into shops values (1, 1), (2, 2)',
        ],
        collections: {
          addresses: { system: ['id'], fields: { street: 'user.contact.address.street' }, erase: 'delete' },
          customers: {
            subject: 'customer',
            system: ['id'],
            fields: { email, address_id: 'owns' },
            erase: 'delete',
          },
          shops: { system: ['id'], fields: { address_id: 'owns' }, erase: 'delete' },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual(['own crm.customers:1', 'shared crm.addresses:0']);
    expect(await world.found('bo@example.se')).toEqual(['own crm.customers:2', 'shared crm.addresses:0']);
    expect(await world.found('eva@example.se')).toEqual(['own crm.customers:3', 'shared crm.addresses:1']);
    for (const [who, street] of [
      ['anna@example.se', 'Storgatan 1'],
      ['bo@example.se', 'Storgatan 1'],
      ['eva@example.se', 'Torget 2'],
    ] as const) {
      const files = await world.extract(who);
      expect(files.get('data/crm/addresses.json')).toContain(street);
      expect(files.get('data/crm/addresses.json')).toContain('shared');
    }
    await world.close();
  });

  it('e-mail addresses in a child table reach the contact; the same address on another record pulls nobody in', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table contacts (id int primary key, name varchar(50))',
          'create table emails (id int primary key, contact_id int, email varchar(100), foreign key (contact_id) references contacts (id))',
          `create table deals (id int primary key, contact_id int, accountant_email varchar(100),
             foreign key (contact_id) references contacts (id))`,
          `insert into contacts values (1, 'Anna'), (2, 'Bo')`,
          `insert into emails values (1, 1, 'Anna@Example.se'), (2, 1, 'anna@example.com'), (3, 2, 'bo@example.se'), (4, null, 'anna@example.se')`,
          `insert into deals values (1, 1, 'bo@example.se'), (2, 2, 'anna@example.com')`,
        ],
        collections: {
          contacts: { subject: 'contact', system: ['id'], fields: { name: 'user.name' }, erase: 'delete' },
          emails: {
            system: ['id'],
            fields: { contact_id: 'owned-by', email: { ...email, of: 'contact_id' } },
            erase: 'delete',
          },
          deals: {
            system: ['id'],
            fields: { contact_id: 'owned-by', accountant_email: { ...email, relation: 'mentions' } },
            erase: 'delete',
          },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual([
      'mention crm.deals:2',
      'own crm.contacts:1',
      'own crm.deals:1',
      'own crm.emails:1',
      'own crm.emails:2',
      'own crm.emails:4',
    ]);
    expect(await world.found('bo@example.se')).toEqual([
      'mention crm.deals:1',
      'own crm.contacts:2',
      'own crm.deals:2',
      'own crm.emails:3',
    ]);
    await world.close();
  });

  it('one person registered by a colleague, both with the finance mailbox in a field: three people stay three', async () => {
    const world = await caseWorkspace(engine, {
      app: {
        sql: [
          `create table accounts (id int primary key, email varchar(100), invoice_email varchar(100),
             registrant_email varchar(100), registrant_name varchar(100))`,
          `insert into accounts values
             (1, 'anna@example.se', 'ekonomi@example.com', 'bo@example.se', 'Bo Registrant'),
             (2, 'bo@example.se', 'ekonomi@example.com', null, null),
             (3, 'eva@example.se', 'ekonomi@example.com', null, null)`,
        ],
        collections: {
          accounts: {
            subject: 'user',
            system: ['id'],
            fields: {
              email,
              invoice_email: email,
              registrant_email: { ...email, relation: 'mentions' },
              registrant_name: { category: 'user.name', of: 'registrant_email' },
            },
            erase: 'delete',
          },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual([
      'candidate app.accounts:2',
      'candidate app.accounts:3',
      'own app.accounts:1',
    ]);
    const asked = await world.dsr('find', 'anna@example.se', '--json');
    expect(asked.code).toBe(4);
    expect(JSON.parse(asked.stdout).decisions).toMatchObject([
      { id: 'D1', kind: 'identity-conflict', collection: 'app.accounts', key: { id: 2 } },
      { id: 'D2', kind: 'identity-conflict', collection: 'app.accounts', key: { id: 3 } },
    ]);
    const files = await world.extract('anna@example.se', '--reject', 'all');
    const all = [...files.values()].join('\n');
    expect(all).not.toMatch(/Bo Registrant|bo@example\.se|eva@example\.se/);
    // The registrant's own extract names the record that mentions them, and nothing of its owner.
    const bo = await world.extract('bo@example.se', '--reject', 'all');
    expect([...bo.values()].join('\n')).not.toMatch(/anna@example\.se/);
    await world.close();
  });

  it('a → b → c → a, self-references and polymorphic children: found once', async () => {
    const world = await caseWorkspace(engine, {
      x: {
        sql: [
          'create table a (id int primary key, email varchar(100), b_id int)',
          'create table b (id int primary key, c_id int)',
          'create table c (id int primary key, a_id int, parent_id int)',
          'create table notes (id int primary key, entity_table varchar(20), entity_id int, body varchar(50))',
          `insert into a values (1, 'anna@example.se', 1), (2, 'bo@example.se', 2)`,
          'insert into b values (1, 1), (2, 4)',
          'insert into c values (1, 1, 1), (2, null, 1), (3, null, 2), (4, 2, null)',
          `insert into notes values (1, 'a', 1, 'x'), (2, 'shop', 1, 'y'), (3, 'c', 3, 'z'), (4, 'a', 2, 'w')`,
        ],
        collections: {
          a: {
            subject: 'person',
            system: ['id'],
            fields: { email, b_id: { references: 'b.id', relation: 'owned-by' } },
            erase: 'delete',
          },
          b: {
            system: ['id'],
            fields: { c_id: { references: 'c.id', relation: 'owned-by' } },
            erase: 'delete',
          },
          c: {
            system: ['id'],
            fields: {
              a_id: { references: 'a.id', relation: 'owned-by' },
              parent_id: { references: 'c.id', relation: 'owned-by' },
            },
            erase: 'delete',
          },
          notes: {
            system: ['id'],
            fields: { body: 'user.content.private' },
            references: [
              {
                fields: ['entity_id'],
                to: 'a',
                on: ['id'],
                when: { entity_table: 'a' },
                relation: 'owned-by',
              },
              {
                fields: ['entity_id'],
                to: 'c',
                on: ['id'],
                when: { entity_table: 'c' },
                relation: 'owned-by',
              },
            ],
            erase: 'delete',
          },
        },
      },
    });
    expect(await world.found('anna@example.se')).toEqual([
      'own x.a:1',
      'own x.b:1',
      'own x.c:1',
      'own x.c:2',
      'own x.c:3',
      'own x.notes:1',
      'own x.notes:3',
    ]);
    await world.close();
  });

  it('people named alike, Åsa and Asa, one phone of two people: candidates, nothing is mixed', async () => {
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (id int primary key, name varchar(50), phone varchar(30), email varchar(100))',
          'create table orders (id int primary key, person_id int, foreign key (person_id) references people (id))',
          `insert into people values (1, 'Åsa Ek', '070-174 06 05', 'asa@example.se'), (2, 'Asa Ek', '0701740605', 'asa@example.com'), (3, 'Åsa Ek', null, 'ek@example.com')`,
          'insert into orders values (1, 1), (2, 2), (3, 3)',
        ],
        collections: {
          people: {
            subject: 'customer',
            system: ['id'],
            fields: {
              name: { category: 'user.name', identifier: 'name' },
              phone: { category: 'user.contact.phone_number', identifier: 'phone' },
              email,
            },
            erase: 'delete',
          },
          orders: { system: ['id'], fields: { person_id: 'owned-by' }, erase: 'delete' },
        },
      },
    });
    expect(await world.found('asa@example.se')).toEqual(['own crm.orders:1', 'own crm.people:1']);
    expect(await world.found('asa@example.se', '+46701740605')).toEqual([
      'candidate crm.people:2',
      'own crm.orders:1',
      'own crm.people:1',
    ]);
    const named = await world.found('name=Åsa Ek');
    expect(named).toContain('candidate crm.people:1');
    expect(named).toContain('candidate crm.people:3');
    expect(named.filter((line) => line.startsWith('own'))).toEqual([]);
    await world.close();
  });

  it('two sources each with customer id 1 as different people: never mixed', async () => {
    const source = (who: string) => ({
      sql: [
        'create table customer (id int primary key, email varchar(100))',
        'create table orders (id int primary key, customer_id int, foreign key (customer_id) references customer (id))',
        `insert into customer values (1, '${who}@example.se')`,
        'insert into orders values (1, 1)',
      ],
      collections: {
        customer: { subject: 'customer', system: ['id'], fields: { email }, erase: 'delete' },
        orders: { system: ['id'], fields: { customer_id: 'owned-by' }, erase: 'delete' },
      },
    });
    const world = await caseWorkspace(engine, { se: source('anna'), no: source('bo') });
    expect(await world.found('anna@example.se')).toEqual(['own se.customer:1', 'own se.orders:1']);
    await world.close();
  });

  it('phones, e-mails and personnummer in every way of writing are found', async () => {
    const phones = [
      '070-174 06 05',
      '+46701740605',
      '0046 70 174 06 05',
      '+46 (0)70-174 06 05',
      '0701740605',
    ];
    const numbers = ['900602-2397', '19900602-2397', '9006022397', '199006022397', '900602 2397'];
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100), pnr varchar(30))',
          'create table numbers (id int primary key, pnr bigint)',
          'create table calls (id int primary key, phone varchar(30))',
          `insert into people values ${numbers.map((number, at) => `(${at}, ${at === 0 ? `'Anna.Ek@Example.SE'` : 'null'}, '${number}')`).join(', ')}, (9, 'bo@example.se', '850101-2382')`,
          'insert into numbers values (1, 199006022397), (2, 9006022397), (3, 198501012382)',
          `insert into calls values ${phones.map((phone, at) => `(${at}, '${phone}')`).join(', ')}, (9, '070-174 06 06')`,
        ],
        collections: {
          people: {
            subject: 'customer',
            system: ['id'],
            fields: {
              email,
              pnr: {
                category: 'user.government_id.national_identification_number',
                identifier: 'personnummer',
              },
            },
            erase: 'delete',
          },
          numbers: {
            system: ['id'],
            fields: {
              pnr: {
                category: 'user.government_id.national_identification_number',
                identifier: 'personnummer',
              },
            },
            erase: 'delete',
          },
          calls: {
            system: ['id'],
            fields: { phone: { category: 'user.contact.phone_number', identifier: 'phone' } },
            erase: 'delete',
          },
        },
      },
    });
    const all = [
      ...numbers.map((_, at) => `own crm.people:${at}`),
      'own crm.numbers:1',
      'own crm.numbers:2',
    ].sort();
    expect(await world.found('anna.ek@example.se')).toEqual(all);
    expect(await world.found('900602-2397')).toEqual(all);
    const called = await world.found('phone=070-1740605');
    expect(called).toEqual(phones.map((_, at) => `candidate crm.calls:${at}`));
    await world.close();
  });
});
