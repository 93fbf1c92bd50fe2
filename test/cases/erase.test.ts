import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, expectDone, expectUntouched } from './changes.js';
import { caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const ANNA = ['anna@example.se', 'Anna Lind'];
const users = 'create table users (id int primary key, email varchar(100), name varchar(100))';
const user = { subject: 'customer', system: ['id'], fields: { email, name: 'user.name' }, erase: 'delete' };

describeEngines('erase', (engine) => {
  it('an employee who is support contact of 21 customers: 21 links are cleared, no customer is lost', async () => {
    const customers = Array.from({ length: 21 }, (_, at) => at);
    const world = await caseWorkspace(engine, {
      crm: {
        sql: [
          'create table employees (id int primary key, email varchar(100))',
          `create table customers (id int primary key, email varchar(100), support_id int,
             foreign key (support_id) references employees (id))`,
          `insert into employees values (1, 'eva@example.se'), (2, 'bo@example.se')`,
          `insert into customers values ${customers.map((at) => `(${at}, 'kund${at}@example.com', 1)`).join(', ')}, (99, 'x@example.com', 2)`,
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
    const call = changing(world, ['eva@example.se', 'kund7@example.com']);
    const done = await call('erase', 'eva@example.se', '--yes');
    expectDone(done);
    expect(done.actions).toEqual(['crm.customers clear 21', 'crm.employees delete 1']);
    expect(done.gone).toEqual(
      [
        ...customers.map((at) => `crm.customers ${at}|kund${at}@example.com|1`),
        'crm.employees 1|eva@example.se',
      ].sort(),
    );
    expect(done.came).toEqual(customers.map((at) => `crm.customers ${at}|kund${at}@example.com|null`).sort());
    expect(done.entries).toEqual([
      ...['ledger', 'intent erase', 'find', 'plan', 'state', 'state'],
      ...['intent erase', 'outcome crm committed', 'verification'],
    ]);
    const again = await call('erase', 'eva@example.se', '--yes');
    expectDone(again);
    expectUntouched(again);
    expect(again.actions).toEqual([]);
    await world.close();
  });

  it("an order paid with another customer's card, an address that two share: theirs stay to the byte", async () => {
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          'create table addresses (id int primary key, street varchar(50))',
          `create table users (id int primary key, email varchar(100), name varchar(100), address_id int,
             foreign key (address_id) references addresses (id))`,
          'create table cards (id int primary key, user_id int, holder varchar(50), foreign key (user_id) references users (id))',
          `create table orders (id int primary key, user_id int, card_id int, foreign key (user_id) references users (id),
             foreign key (card_id) references cards (id))`,
          `insert into addresses values (0, 'Storgatan 1'), (1, 'Torget 2'), (2, 'Hamnen 3')`,
          `insert into users values (1, 'anna@example.se', 'Anna Lind', 0), (2, 'bo@example.se', 'Bo', 0), (3, 'eva@example.se', 'Eva', 2)`,
          `insert into cards values (0, 1, 'ANNA-CARD'), (2, 2, 'BO-CARD')`,
          'insert into orders values (1, 1, 2), (2, 1, 0), (3, 2, 0)',
        ],
        collections: {
          addresses: { system: ['id'], fields: { street: 'user.contact.address.street' }, erase: 'delete' },
          users: { ...user, fields: { ...user.fields, address_id: 'owns' } },
          cards: { system: ['id'], fields: { user_id: 'owned-by', holder: 'user.name' }, erase: 'delete' },
          orders: {
            system: ['id'],
            fields: { user_id: 'owned-by', card_id: { relation: 'mentions', onErase: 'clear' } },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, ANNA)('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual([
      'shop.cards 0|1|ANNA-CARD',
      'shop.orders 1|1|2',
      'shop.orders 2|1|0',
      'shop.orders 3|2|0',
      'shop.users 1|anna@example.se|Anna Lind|0',
    ]);
    // Bo's order was paid with Anna's card: the link that named it goes, the order stays.
    expect(done.came).toEqual(['shop.orders 3|2|null']);
    await world.close();
  });

  it("other customers' payments on a rental whose customer may not be null: rental and customer row are masked, nothing blocks", async () => {
    const world = await caseWorkspace(engine, {
      shop: {
        sql: [
          users,
          'create table rentals (id int primary key, user_id int not null, note varchar(50), foreign key (user_id) references users (id))',
          `create table payments (id int primary key, rental_id int not null, user_id int, note varchar(50),
             foreign key (rental_id) references rentals (id), foreign key (user_id) references users (id))`,
          `insert into users values (1, 'anna@example.se', 'Anna Lind'), (2, 'bo@example.se', 'Bo')`,
          `insert into rentals values (0, 1, 'hemligt'), (1, 1, 'mer hemligt'), (2, 2, 'bos')`,
          `insert into payments values (1, 0, 1, 'ANNA-PAID'), (2, 0, 2, 'BO-PAID'), (3, 1, 1, 'ANNA-PAID')`,
        ],
        collections: {
          users: user,
          rentals: {
            system: ['id'],
            fields: { user_id: 'owned-by', note: 'user.content.private' },
            erase: 'delete',
          },
          payments: {
            system: ['id'],
            fields: { rental_id: 'owned-by', user_id: 'owned-by', note: 'user.financial' },
            erase: 'delete',
          },
        },
      },
    });
    const done = await changing(world, [...ANNA, 'hemligt'])('erase', 'anna@example.se', '--yes');
    expectDone(done);
    expect(done.gone).toEqual([
      'shop.payments 1|0|1|ANNA-PAID',
      'shop.payments 3|1|1|ANNA-PAID',
      'shop.rentals 0|1|hemligt',
      'shop.rentals 1|1|mer hemligt',
      'shop.users 1|anna@example.se|Anna Lind',
    ]);
    expect(done.came).toEqual(['shop.rentals 0|1|null', 'shop.users 1|null|null']);
    expect(done.document.actions).toContainEqual(
      expect.objectContaining({
        ...{ collection: 'shop.rentals', action: 'mask', records: 1 },
        why: expect.stringContaining('shop.payments.rental_id'),
      }),
    );
    expect(done.document.actions).toContainEqual(
      expect.objectContaining({
        ...{ collection: 'shop.users', action: 'mask', records: 1 },
        why: expect.stringContaining('shop.rentals.user_id refers to it and may not be null'),
      }),
    );
    await world.close();
  });

  describeRetention(engine);
});

function describeRetention(engine: Parameters<Parameters<typeof describeEngines>[1]>[0]): void {
  const invoices = (dates: readonly (string | null)[], fiscalYearEnd: string) =>
    caseWorkspace(
      engine,
      {
        shop: {
          sql: [
            users,
            `create table invoices (id int primary key, user_id int not null, invoice_date date, amount decimal(10, 2), phone varchar(20) not null,
               note varchar(100), foreign key (user_id) references users (id))`,
            `create table invoice_lines (id int primary key, invoice_id int not null, what varchar(50), price int,
               foreign key (invoice_id) references invoices (id) on delete cascade)`,
            `insert into users values (1, 'anna@example.se', 'Anna Lind'), (2, 'bo@example.se', 'Bo')`,
            ...dates.map(
              (date, at) =>
                `insert into invoices values (${at}, 1, ${date === null ? 'null' : `'${date}'`}, 100.50, '070-174 06 05', 'Ring Anna Lind')`,
            ),
            `insert into invoices values (90, 2, '2026-02-01', 7, '070-174 06 06', 'Ring Bo')`,
            ...dates.map((_, at) => `insert into invoice_lines values (${at}, ${at}, 'Symaskin', 100)`),
            `insert into invoice_lines values (90, 90, 'Cykel', 7)`,
          ],
          collections: {
            users: user,
            invoices: {
              system: ['id'],
              fields: {
                user_id: 'owned-by',
                invoice_date: 'user.financial',
                amount: 'user.financial',
                phone: 'user.contact.phone_number',
                note: { category: 'user.content.private', freetext: true, mask: 'redact' },
              },
              erase: 'delete',
              retain: {
                ground: 'legal-obligation',
                law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
                until: { field: 'invoice_date', calendarYearsAfterFiscalYear: 7 },
                mask: ['phone', 'note'],
              },
            },
            invoice_lines: {
              system: ['id', 'price'],
              fields: { invoice_id: 'owned-by', what: 'user.content' },
              erase: 'as-owner',
            },
          },
        },
      },
      {
        controller: {
          name: 'Onefin AB',
          contact: 'contact@example.com',
          authority: { name: 'IMY', url: 'https://www.imy.se' },
          country: 'SE',
          timezone: 'Europe/Stockholm',
          language: 'sv',
          fiscalYearEnd,
        },
      },
    );
  const amount = engine === 'sqlite' ? '100.5' : '100.50';
  const PERSONAL = [...ANNA, '070-174 06 05'];

  it.for([
    ['12-31', '2027-01-01', '2034-01-01', '2035-01-01'],
    ['04-30', '2026-05-01', '2034-01-01', '2035-01-01'],
  ] as const)(
    'an invoice kept by law, financial years ending %s: amounts, lines and link stay, listed fields go, the customer row is masked',
    async ([fiscalYearEnd, nextYear, until, later]) => {
      const dayBefore = nextYear === '2027-01-01' ? '2026-12-31' : '2026-04-30';
      const world = await invoices(['2010-03-01', dayBefore, nextYear], fiscalYearEnd);
      world.env.DSR_NOW = '2027-06-01T10:00:00Z';
      const call = changing(world, PERSONAL);
      const done = await call('erase', 'anna@example.se', '--yes');
      expectDone(done);
      expect(done.actions).toEqual([
        'shop.invoice_lines delete 1',
        'shop.invoice_lines keep 1',
        'shop.invoice_lines keep 1',
        'shop.invoices delete 1',
        'shop.invoices keep 1',
        'shop.invoices keep 1',
        'shop.users mask 1',
      ]);
      expect(
        done.document.actions
          .filter(({ action }) => action === 'keep')
          .map(({ collection, until: day, ground }) => `${collection} ${ground} ${day}`)
          .sort(),
      ).toEqual([
        `shop.invoice_lines legal-obligation ${until}`,
        `shop.invoice_lines legal-obligation ${later}`,
        `shop.invoices legal-obligation ${until}`,
        `shop.invoices legal-obligation ${later}`,
      ]);
      expect(done.gone).toHaveLength(5);
      const date = (day: string) => `\\|1\\|${day}\\|${amount.replace('.', '\\.')}\\|`;
      expect(done.came).toEqual([
        expect.stringMatching(new RegExp(`^shop.invoices 1${date(dayBefore)}[^|]{1,20}\\|[^|]*$`)),
        expect.stringMatching(new RegExp(`^shop.invoices 2${date(nextYear)}[^|]{1,20}\\|[^|]*$`)),
        'shop.users 1|null|null',
      ]);
      expect(done.came.join('\n')).not.toMatch(/070-174 06 05|Anna|Lind/);
      const again = await call('erase', 'anna@example.se', '--yes');
      expectDone(again);
      expectUntouched(again);
      await world.close();
    },
  );

  it('an invoice without a date is a decision: accepted it goes, rejected it is kept without an end', async () => {
    for (const [answer, actions] of [
      ['--accept', ['shop.invoice_lines delete 1', 'shop.invoices delete 1', 'shop.users delete 1']],
      ['--reject', ['shop.invoice_lines keep 1', 'shop.invoices keep 1', 'shop.users mask 1']],
    ] as const) {
      const world = await invoices([null], '12-31');
      const call = changing(world, PERSONAL);
      const asked = await call('erase', 'anna@example.se', '--yes');
      expect(asked.code).toBe(4);
      expectUntouched(asked);
      expect(asked.document).toMatchObject({
        applied: false,
        decisions: [{ id: 'D1', kind: 'retention', collection: 'shop.invoices' }],
      });
      const { request } = asked.document;
      const done = await call('erase', '--request', String(request), answer, 'D1', '--yes');
      expectDone(done);
      expect(done.actions).toEqual(actions);
      if (answer === '--reject') {
        expect(done.came).toHaveLength(2);
        expect(done.document.actions.find(({ collection }) => collection === 'shop.invoices')).toMatchObject({
          ground: 'legal-obligation',
          until: null,
        });
      }
      await world.close();
    }
  });
}
