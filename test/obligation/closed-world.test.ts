import { expect, it } from 'vitest';
import { changing, dump } from '../cases/changes.js';
import { kept, owed, setDay, shop, shopAt, shopWith } from '../cases/sweep-world.js';
import type { CaseWorkspace } from '../cases/workspace.js';

const DUE = '2032-05-01';
const rows = async (world: CaseWorkspace, pattern: RegExp) =>
  (await dump(world)).filter((row) => pattern.test(row));

it('only what belongs to a due invoice alone goes along, not what is the customer’s, too', async () => {
  const world = await shopAt(
    'sqlite',
    {},
    shopWith(
      [
        `create table payments (id int primary key, invoice_id int, customer_id int, text varchar(50),
           foreign key (invoice_id) references invoices (id), foreign key (customer_id) references customers (id))`,
        `create table receipts (id int primary key, payment_id int, text varchar(50),
           foreign key (payment_id) references payments (id))`,
      ],
      {
        payments: {
          system: ['id'],
          fields: { invoice_id: 'owned-by', customer_id: 'owned-by', text: 'user.content' },
          erase: 'delete',
        },
        receipts: {
          system: ['id'],
          fields: { payment_id: 'owned-by', text: 'user.content' },
          erase: 'delete',
        },
      },
    ),
  );
  expect((await world.dsr('erase', 'anna@example.se', '--yes')).code).toBe(0);
  const { crm } = world.databases;
  // A payment of the invoice, with its receipt; one that says whose it is, too.
  await crm?.exec(`insert into payments values (1, 10, null, 'a'), (2, 10, 1, 'b')`);
  await crm?.exec(`insert into receipts values (1, 1, 'a'), (2, 2, 'b')`);
  setDay(world, DUE);
  const swept = await changing(world, [])('sweep', '--yes');
  expect(swept.code).toBe(3);
  expect(swept.document.incomplete).toEqual([
    expect.stringMatching(/^crm.payments: one record stays/),
    expect.stringMatching(/^crm.receipts: one record stays/),
  ]);
  expect(await rows(world, /payments|receipts|invoices 10|customers 1/)).toEqual([
    expect.stringMatching(/^crm.customers 1\|/),
    // The payment that stays holds the invoice, which is masked under it.
    expect.stringMatching(/^crm.invoices 10\|1\|/),
    'crm.payments 2|10|1|b',
    'crm.receipts 2|2|b',
  ]);
  await world.close();
});

it('who names or shares with somebody who came back is not touched either', async () => {
  const named = {
    email: { category: 'user.contact.email', identifier: 'email', relation: 'mentions' },
    about: { references: 'customers.id', relation: 'mentions' },
  };
  const world = await shopAt(
    'sqlite',
    {},
    shopWith(
      [
        `create table notes (id int primary key, about int, email varchar(100), customer_id int,
           foreign key (customer_id) references customers (id))`,
      ],
      {
        notes: { system: ['id'], fields: { ...named, customer_id: 'owned-by' }, erase: 'delete' },
      },
    ),
  );
  expect((await world.dsr('erase', 'anna@example.se', '--yes')).code).toBe(0);
  const { crm } = world.databases;
  await crm?.exec(`update customers set email = 'anna@example.se' where id = 1`);
  await crm?.exec(`insert into notes values (1, 1, null, 2), (2, null, 'anna@example.se', 2)`);
  const before = await rows(world, /notes|customers/);
  setDay(world, DUE);
  const swept = await changing(world, [])('sweep', '--yes');
  expect(swept.code).toBe(3);
  expect(swept.document.incomplete).toHaveLength(1);
  expect(await rows(world, /notes|customers/)).toEqual(before);
  expect(await rows(world, /invoices 10|invoice_lines 10/)).toEqual([]);
  await world.close();
});

it('a record of which nobody can tell any more until when it must be kept stays, and is named', async () => {
  const world = await shopAt('sqlite');
  expect((await world.dsr('erase', 'anna@example.se', '--yes')).code).toBe(0);
  await world.dsr('erase', 'eva@example.se', '--yes');
  await world.databases.crm?.exec('update invoices set invoice_date = null where id = 10');
  setDay(world, DUE);
  const swept = await changing(world, [])('sweep', '--yes');
  expect(swept.code).toBe(3);
  expect(swept.document.incomplete).toEqual([
    'crm.invoices: one record stays, until when it must be kept cannot be told any more',
  ]);
  expect(swept.gone.map((row) => row.split('|')[0])).toEqual([
    'crm.customers 3',
    'crm.invoice_lines 300',
    'crm.invoices 30',
  ]);
  expect((await owed(world)).every((line) => line.endsWith('2032-05-01 R-2026-0001'))).toBe(true);
  await world.close();
});

it('what the map keeps for good is no stranger, and no task', async () => {
  const world = await shopAt(
    'sqlite',
    {},
    shopWith(
      [
        'create table consents (id int primary key, customer_id int not null, text varchar(50), foreign key (customer_id) references customers (id))',
        `insert into consents values (1, 1, 'ja')`,
      ],
      {
        consents: {
          system: ['id'],
          fields: { customer_id: 'owned-by', text: 'user.content' },
          erase: 'keep',
          ground: 'legal-claims',
        },
      },
    ),
  );
  expect((await world.dsr('erase', 'anna@example.se', '--yes')).code).toBe(0);
  expect(await owed(world)).toContain('crm.customers husk 2032-05-01 R-2026-0001');
  setDay(world, DUE);
  const swept = await changing(world, [])('sweep', '--yes');
  expect(swept.code).toBe(0);
  expect(await rows(world, /invoices 10|consents/)).toEqual(['crm.consents 1|1|ja']);
  // Nothing that pins the customer has a day any more.
  expect(await owed(world)).toEqual(['crm.customers husk 9999-12-31 R-2026-0001']);
  await world.close();
});

it('a later day in the record itself counts, and moves what is owed', async () => {
  const world = await shopAt(
    'sqlite',
    {},
    shopWith([], { invoices: { ...(shop.collections.invoices as object), retain: kept(7) } }),
  );
  expect((await world.dsr('erase', 'anna@example.se', '--yes')).code).toBe(0);
  await world.databases.crm?.exec(`update invoices set invoice_date = '2027-03-03' where id = 10`);
  setDay(world, DUE);
  const swept = await changing(world, [])('sweep', '--yes');
  expect(swept).toMatchObject({ code: 0, document: { request: null }, gone: [], came: [] });
  expect(new Set((await owed(world)).map((line) => line.split(' ')[2]))).toEqual(new Set(['2034-03-03']));
  await world.close();
});
