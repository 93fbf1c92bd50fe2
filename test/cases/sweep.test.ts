import { expect, it } from 'vitest';
import { describeEngines } from '../harness/engines.js';
import { changing, dump, expectDone, expectUntouched } from './changes.js';
import {
  closeRequests,
  kept,
  openPlans,
  owed,
  setDay,
  shop,
  shopAt,
  shopWith,
  workBytes,
} from './sweep-world.js';

const NOT_NULL = {
  postgres: ['alter table invoices alter column buyer set not null'],
  mysql: ['alter table invoices modify buyer varchar(100) not null'],
  sqlite: [],
} as const;

const PERSONAL = ['anna@example.se', 'Anna Lind', '199006022397', 'bo@example.se'];

describeEngines('sweep', (engine) => {
  it('erases what was kept on its day, not a day before, and the customer that was masked for it', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    const erased = await call('erase', 'anna@example.se', '--yes');
    expect(erased.stderr).toBe('');
    expect(erased.actions).toEqual([
      'crm.customers mask 1',
      'crm.invoice_lines keep 2',
      'crm.invoices keep 1',
      'crm.letters delete 1',
    ]);

    // 23:30 of the day before in Stockholm.
    world.env.DSR_NOW = '2032-04-30T21:30:00Z';
    const early = await call('sweep', '--yes');
    expect(early).toMatchObject({ code: 0, document: { applied: false, request: null, due: 0 } });
    expectUntouched(early);
    expect(early.entries).toEqual([]);

    world.env.DSR_NOW = '2032-04-30T22:30:00Z';
    const rehearsed = await call('sweep', '--dry-run');
    expect(rehearsed).toMatchObject({ code: 0, document: { applied: false, stopped: 'dry-run', due: 4 } });
    expectUntouched(rehearsed);
    const asked = await call('sweep');
    expect(asked).toMatchObject({ code: 4, document: { stopped: 'not-confirmed' } });
    expectUntouched(asked);

    const done = await call('sweep', '--yes');
    expectDone(done);
    expect(done.document).toMatchObject({ due: 4, closed: true });
    expect(done.actions).toEqual([
      'crm.customers delete 1',
      'crm.invoice_lines delete 2',
      'crm.invoices delete 1',
    ]);
    expect(done.came).toEqual([]);
    expect(done.gone).toHaveLength(4);
    expect(done.entries).toEqual([
      ...['intent sweep', 'find', 'plan', 'state', 'state'],
      ...['intent sweep', 'outcome crm committed', 'verification', 'state', 'state'],
    ]);
    expect(await dump(world)).toEqual([
      'crm.customers 2|bo@example.se|Bo|198501012382',
      'crm.customers 3|eva@example.se|Eva|194408139089',
      'crm.invoice_lines 200|20|hatt',
      'crm.invoice_lines 300|30|kappa',
      'crm.invoices 20|2|2026-01-10|200|null',
      'crm.invoices 30|3|2025-05-01|300|null',
      'crm.letters 2|2|hej',
    ]);

    const again = await call('sweep', '--yes');
    expect(again).toMatchObject({ code: 0, document: { applied: false, due: 0 } });
    expectUntouched(again);
    await world.close();
  });

  it('with two invoices the masked customer goes with the last, and is not written to before', async () => {
    const world = await shopAt(
      engine,
      {},
      shopWith([`insert into invoices values (11, 1, '2026-02-01', 5, null)`], {}),
    );
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    const [husk] = (await dump(world)).filter((row) => row.startsWith('crm.customers 1|'));
    setDay(world, '2032-05-01');
    const first = await call('sweep', '--yes');
    expectDone(first);
    expect(first.actions).toEqual([
      'crm.customers keep 1',
      'crm.invoice_lines delete 2',
      'crm.invoices delete 1',
      'crm.invoices keep 1',
    ]);
    expect(await dump(world)).toContain(husk);
    expect(await owed(world)).toEqual([
      'crm.customers husk 2033-02-01 R-2026-0001',
      'crm.invoices own 2033-02-01 R-2026-0001',
    ]);
    setDay(world, '2033-01-31');
    expect(await call('sweep', '--yes')).toMatchObject({ code: 0, document: { due: 0 } });
    setDay(world, '2033-02-01');
    const last = await call('sweep', '--yes');
    expectDone(last);
    expect(last.actions).toEqual(['crm.customers delete 1', 'crm.invoices delete 1']);
    expect(await owed(world)).toEqual([]);
    await world.close();
  });

  it('what must be kept longer and was minimised stays as it is, to the byte, and counts as no change', async () => {
    const invoices = shop.collections.invoices as { readonly fields: object };
    const world = await shopAt(
      engine,
      {},
      shopWith(
        [
          'alter table invoices add buyer varchar(100)',
          `update invoices set buyer = 'Anna Lind'`,
          // Nothing can be said instead of NULL, so it is a pseudonym, that of the customer row.
          ...NOT_NULL[engine],
          `insert into invoices values (11, 1, '2026-02-01', 5, 'ring Anna', 'Anna Lind')`,
          `insert into invoice_lines values (110, 11, 'kjol')`,
        ],
        {
          invoices: {
            ...invoices,
            fields: { ...invoices.fields, buyer: { category: 'user.name', mask: 'pseudonym' } },
            retain: { ...kept(7), mask: ['note', 'buyer'] },
          },
          customers: {
            ...(shop.collections.customers as object),
            fields: {
              ...(shop.collections.customers as { readonly fields: object }).fields,
              name: { category: 'user.name', mask: 'pseudonym' },
            },
          },
        },
      ),
    );
    const call = changing(world, PERSONAL);
    expectDone(await call('erase', 'anna@example.se', '--yes'));
    const staying = async () =>
      (await dump(world)).filter((row) => /^crm\.(customers 1|invoices 11|invoice_lines 110)\|/.test(row));
    const before = await staying();
    expect(before).toHaveLength(3);
    const buyer = before
      .find((row) => row.startsWith('crm.invoices'))
      ?.split('|')
      .at(-1);
    expect(buyer).not.toBe('Anna Lind');
    expect(before.find((row) => row.startsWith('crm.customers'))).toContain(`|${buyer}|`);
    const standing = owed(world).filter((line) => line.includes('2033-02-01'));
    setDay(world, '2032-05-01');
    const first = await call('sweep', '--yes');
    expectDone(first);
    expect(first.actions).toEqual([
      'crm.customers keep 1',
      'crm.invoice_lines delete 2',
      'crm.invoice_lines keep 1',
      'crm.invoices delete 1',
      'crm.invoices keep 1',
    ]);
    expect(first.came).toEqual([]);
    expect(first.gone).toHaveLength(3);
    expect(await staying()).toEqual(before);
    const left = first.document.actions.find(
      ({ collection, action }) => `${collection} ${action}` === 'crm.invoices keep',
    );
    expect(left).toMatchObject({ until: '2033-02-01', why: 'it was minimised before and is left as it is' });
    expect(left?.fields).toEqual([]);
    expect(owed(world).filter((line) => !line.includes('husk'))).toEqual(
      standing.filter((line) => !line.includes('husk')),
    );
    setDay(world, '2033-02-01');
    const last = await call('sweep', '--yes');
    expectDone(last);
    expect(await staying()).toEqual([]);
    await world.close();
  });

  it('what a hold kept whole is minimised once it is released, though it must be kept longer', async () => {
    const world = await shopAt(
      engine,
      {},
      shopWith([`update invoices set invoice_date = '2026-02-01' where id = 10`], {}),
    );
    const call = changing(world, PERSONAL);
    const add = ['hold', 'add', '--collection', 'crm.invoices', '--ground', 'legal-claims'] as const;
    expect((await world.dsr(...add)).code).toBe(0);
    await call('erase', 'anna@example.se', '--yes');
    expect(await dump(world)).toContain('crm.invoices 10|1|2026-02-01|100|ring Anna');
    expect((await world.dsr('hold', 'release', 'H1')).code).toBe(0);
    const released = await call('sweep', '--yes');
    expect(await dump(world)).toContain('crm.invoices 10|1|2026-02-01|100|null');
    expect(released.code).toBe(0);
    expect(owed(world)).toContain('crm.invoices own 2033-02-01 R-2026-0001');
    await world.close();
  });

  it('of many people at once, also of those whose case is closed, and of work.db nothing but what is owed stays', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    for (const who of ['anna@example.se', 'bo@example.se', 'eva@example.se']) {
      expectDone(await call('erase', who, '--yes'));
    }
    await closeRequests(world);
    for (const text of [...PERSONAL, 'eva@example.se', '198501012382', '194408139089']) {
      expect(workBytes(world).includes(text), text).toBe(false);
    }
    setDay(world, '2032-06-01');
    const done = await call('sweep', '--yes');
    expectDone(done);
    expect(done.actions).toEqual([
      'crm.customers delete 2',
      'crm.invoice_lines delete 3',
      'crm.invoices delete 2',
    ]);
    expect(await owed(world)).toEqual([
      'crm.customers husk 2033-01-10 R-2026-0002',
      'crm.invoice_lines own 2033-01-10 R-2026-0002',
      'crm.invoices own 2033-01-10 R-2026-0002',
    ]);
    expect(await openPlans(world)).toEqual([]);
    await world.close();
  });

  it('leaves alone who came back: a customer row that was filled again, and what was bought since', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    await call('erase', 'eva@example.se', '--yes');
    const { crm } = world.databases;
    await crm?.exec(`update customers set email = 'anna@example.se', name = 'Anna Lind' where id = 1`);
    await crm?.exec(`insert into letters values (7, 1, 'tack'), (8, 3, 'hej igen')`);
    await crm?.exec(`insert into customers values (9, 'eva@example.se', 'Eva', null)`);
    setDay(world, '2032-05-01');
    const swept = await call('sweep', '--yes');
    expect(swept.code).toBe(3);
    expect(swept.document).toMatchObject({ applied: true, verified: { residual: 0 } });
    expect(swept.document.incomplete).toEqual([
      expect.stringMatching(/^crm.customers: one record stays, it was masked, and identifies somebody again/),
      expect.stringMatching(/^crm.letters: 2 records stay, it is newer than the erasure/),
    ]);
    expect(swept.came).toEqual([]);
    expect(swept.gone.map((row) => row.split('|')[0])).toEqual([
      'crm.invoice_lines 100',
      'crm.invoice_lines 101',
      'crm.invoice_lines 300',
      'crm.invoices 10',
      'crm.invoices 30',
    ]);
    expect(await owed(world)).toEqual([
      'crm.customers husk 2032-05-01 R-2026-0001',
      'crm.customers husk 2032-05-01 R-2026-0002',
    ]);
    // It is told until somebody has seen to it, and opens no request for that.
    const again = await call('sweep', '--yes');
    expect(again).toMatchObject({ code: 3, document: { request: null, applied: true } });
    expectUntouched(again);
    setDay(world, '2032-05-02');
    await crm?.exec('delete from letters where id = 8');
    const rest = await call('sweep', '--yes');
    expect(rest.gone.map((row) => row.split('|')[0])).toEqual(['crm.customers 3']);
    expect(await dump(world)).toContain('crm.customers 9|eva@example.se|Eva|null');
    await world.close();
  });

  it('leaves alone who came back where the customer row itself was kept', async () => {
    const retained = { ...(shop.collections.customers as object), retain: kept(5, 'since') };
    const world = await shopAt(
      engine,
      {
        web: {
          sql: [
            'create table users (id int primary key, email varchar(100), inviter varchar(100))',
            `insert into users values (1, 'anna@example.se', null), (2, 'bo@example.se', 'anna@example.se')`,
          ],
          collections: {
            users: {
              subject: 'user',
              system: ['id'],
              fields: {
                email: { category: 'user.contact.email', identifier: 'email' },
                inviter: { category: 'user.contact.email', identifier: 'email', relation: 'mentions' },
              },
              erase: 'delete',
            },
          },
        },
      },
      {
        ...shopWith(
          [
            'alter table customers add since date',
            `update customers set since = '2026-01-01'`,
            'delete from invoice_lines',
            'delete from invoices',
          ],
          {
            customers: { ...retained, system: ['id', 'since'] },
          },
        ),
      },
    );
    const call = changing(world, PERSONAL);
    const erased = await call('erase', 'anna@example.se', '--yes');
    expect(erased.actions).toEqual([
      'crm.customers keep 1',
      'crm.letters delete 1',
      'web.users clear 1',
      'web.users delete 1',
    ]);
    await call('erase', 'eva@example.se', '--yes');
    const { crm, web } = world.databases;
    // Anna is back in both, Eva's old row was taken up again.
    await web?.exec(`insert into users values (5, 'anna@example.se', null)`);
    await web?.exec(`update users set inviter = 'anna@example.se' where id = 2`);
    await crm?.exec(`insert into customers values (9, 'anna@example.se', 'Anna Lind', null, '2030-01-01')`);
    await crm?.exec(`insert into letters values (8, 3, 'hej igen')`);
    setDay(world, '2031-01-01');
    const swept = await call('sweep', '--yes');
    expect(swept.code).toBe(3);
    expect(swept.gone.map((row) => row.split('|')[0])).toEqual(['crm.customers 1']);
    expect(swept.came).toEqual([]);
    expect(swept.document.incomplete.join('\n')).toMatch(
      /crm.customers: one record stays, its time has come, but newer records refer to it/,
    );
    expect(swept.document.incomplete.join('\n')).toMatch(/crm.letters: one record stays/);
    await world.close();
  });

  it('takes along what belongs to a due invoice alone, and drops what others deleted meanwhile', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    await call('erase', 'eva@example.se', '--yes');
    const { crm } = world.databases;
    await crm?.exec(`insert into invoice_lines values (109, 10, 'skosnören')`);
    await crm?.exec('delete from invoice_lines where id = 300');
    await crm?.exec('delete from invoices where id = 30');
    setDay(world, '2032-05-01');
    const done = await call('sweep', '--yes');
    expectDone(done);
    expect(done.gone.map((row) => row.split('|')[0])).toEqual([
      'crm.customers 1',
      'crm.customers 3',
      'crm.invoice_lines 100',
      'crm.invoice_lines 101',
      'crm.invoice_lines 109',
      'crm.invoices 10',
    ]);
    expect(await owed(world)).toEqual([]);
    await world.close();
  });

  it('all that is owed was deleted by others: nothing changes, nothing is opened, nothing is owed any more', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    const { crm } = world.databases;
    for (const table of [
      'invoice_lines where invoice_id = 10',
      'invoices where id = 10',
      'customers where id = 1',
    ])
      await crm?.exec(`delete from ${table}`);
    setDay(world, '2032-05-01');
    const swept = await call('sweep', '--yes');
    expect(swept).toMatchObject({ code: 0, document: { request: null, complete: true, actions: [] } });
    expectUntouched(swept);
    expect(await owed(world)).toEqual([]);
    await world.close();
  });

  it('one request that stands against the plan is left out and named, the others are swept', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    await call('erase', 'eva@example.se', '--yes');
    const { crm } = world.databases;
    await crm?.exec(
      'create table reminders (id int primary key, invoice_id int, foreign key (invoice_id) references invoices (id))',
    );
    await crm?.exec('insert into reminders values (1, 30)');
    setDay(world, '2032-05-01');
    const swept = await call('sweep', '--yes');
    expect(swept.code).toBe(3);
    expect(swept.document).toMatchObject({
      applied: true,
      refused: [{ request: 'R-2026-0002', kind: 'config', message: expect.stringMatching(/reminders/) }],
    });
    // To find out which it is writes nothing down: that all are looked at was said.
    expect(swept.entries).toEqual([
      ...['intent sweep', 'find'],
      ...['intent sweep', 'find', 'plan', 'state', 'state'],
      ...['intent sweep', 'outcome crm committed', 'verification', 'state', 'state'],
    ]);
    expect(swept.gone.map((row) => row.split('|')[0])).toEqual([
      'crm.customers 1',
      'crm.invoice_lines 100',
      'crm.invoice_lines 101',
      'crm.invoices 10',
    ]);
    await world.close();
  });

  it('what a hold keeps is not swept before it is released; then it is, and so is the erasure that it stopped', async () => {
    const world = await shopAt(engine);
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    expect((await world.dsr('hold', 'add', 'anna@example.se', '--ground', 'legal-claims')).code).toBe(0);
    expect((await world.dsr('hold', 'add', 'bo@example.se', '--ground', 'legal-claims')).code).toBe(0);
    expect((await call('erase', 'bo@example.se', '--yes')).code).toBe(4);
    setDay(world, '2032-05-01');
    const held = await call('sweep', '--yes');
    expect(held).toMatchObject({
      code: 0,
      document: { due: 0, held: [{ request: 'R-2026-0001', hold: 'H1' }] },
    });
    expectUntouched(held);
    expect((await world.dsr('hold', 'release', 'H1')).code).toBe(0);
    expect((await world.dsr('hold', 'release', 'H2')).code).toBe(0);
    const done = await call('sweep', '--yes');
    expect(done.code).toBe(0);
    expect(done.gone.map((row) => row.split('|')[0])).toEqual([
      'crm.customers 1',
      'crm.customers 2',
      'crm.invoice_lines 100',
      'crm.invoice_lines 101',
      'crm.invoices 10',
      'crm.letters 2',
    ]);
    expect((done.document as unknown as { released: readonly unknown[] }).released).toHaveLength(1);
    await world.close();
  });
});

/** Bo sold Anna's invoices: they name him, and whoever is named by a reference, too. */
const sold = shopWith(
  [
    'alter table invoices add agent varchar(100)',
    'alter table invoices add checker_id int',
    `update invoices set agent = 'bo@example.se', checker_id = 3 where id = 10`,
  ],
  {
    invoices: {
      ...(shop.collections.invoices as object),
      fields: {
        customer_id: 'owned-by',
        checker_id: { references: 'customers.id', relation: 'mentions' },
        invoice_date: 'user.financial',
        note: { category: 'user.content.private', mask: 'null' },
        agent: { category: 'user.contact.email', identifier: 'email', relation: 'mentions' },
      },
    },
  },
);

describeEngines('sweep of what only names somebody', (engine) => {
  it('takes the names out of a customer’s invoice that nobody asked to be erased, also of closed requests', async () => {
    const world = await shopAt(engine, {}, sold);
    const call = changing(world, PERSONAL);
    // Bo by his e-mail, Eva by the reference to her row, which is masked for it.
    expect((await call('erase', 'bo@example.se', '--yes')).code).toBe(0);
    expect((await call('erase', 'eva@example.se', '--yes')).code).toBe(0);
    await closeRequests(world);
    expect((await owed(world)).filter((line) => line.includes('mention'))).toEqual([
      'crm.invoices mention 2032-05-01 R-2026-0001',
      'crm.invoices mention 2032-05-01 R-2026-0002',
    ]);
    // Bo is back, with a letter of his own.
    const { crm } = world.databases;
    await crm?.exec(`insert into customers values (9, 'bo@example.se', 'Bo', null)`);
    await crm?.exec(`insert into letters values (9, 9, 'hej')`);
    setDay(world, '2032-05-01');
    const swept = await call('sweep', '--yes');
    expect(swept.document.incomplete.every((line) => /newer than the erasure/.test(line))).toBe(true);
    expect(
      (await dump(world)).filter((row) => /invoices 10|customers 9|letters 9|customers 1/.test(row)),
    ).toEqual([
      'crm.customers 1|anna@example.se|Anna Lind|199006022397',
      'crm.customers 9|bo@example.se|Bo|null',
      'crm.invoices 10|1|2025-05-01|100|ring Anna|null|null',
      'crm.letters 9|9|hej',
    ]);
    expect((await owed(world)).filter((line) => line.includes('mention'))).toEqual([]);
    await world.close();
  });

  it('of a record that both owned, and of which both are erased', async () => {
    const world = await shopAt(
      engine,
      {},
      shopWith(
        [
          `create table deals (id int primary key, buyer int not null, seller int not null, made date, note varchar(50),
             foreign key (buyer) references customers (id), foreign key (seller) references customers (id))`,
          `insert into deals values (1, 1, 3, '2025-05-01', 'båt'), (2, 1, 2, '2025-05-01', 'bil')`,
          'delete from invoice_lines',
          'delete from invoices',
        ],
        {
          deals: {
            system: ['id'],
            fields: {
              buyer: 'owned-by',
              seller: 'owned-by',
              made: 'user.financial',
              note: 'user.content.private',
            },
            erase: 'delete',
            retain: kept(7, 'made'),
          },
        },
      ),
    );
    const call = changing(world, PERSONAL);
    await call('erase', 'anna@example.se', '--yes');
    await call('erase', 'eva@example.se', '--yes');
    await closeRequests(world);
    setDay(world, '2032-05-01');
    const swept = await call('sweep', '--yes');
    expect((await dump(world)).filter((row) => row.startsWith('crm.deals'))).toEqual([
      'crm.deals 2|1|2|2025-05-01|bil',
    ]);
    expect(
      (await dump(world)).filter((row) => row.startsWith('crm.customers')).map((row) => row.slice(0, 15)),
    ).toEqual(['crm.customers 1', 'crm.customers 2']);
    expect(swept.code).toBe(0);
    await world.close();
  });
});
