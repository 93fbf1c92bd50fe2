import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyRequest } from '../../src/case/change/verify-request.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

const verified = ({ context }: ChangeWorkspace, request: string | null) =>
  verifyRequest(context, { request: request ?? '' });

describe('verifying after the map was edited', () => {
  test('goes by the keys of the plan all the same', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    place.editMap(({ controller }) => {
      controller.name = 'Onefin Nordic AB';
    });
    expect(await verified(place, request)).toMatchObject({ complete: true, verified: { residual: 0 } });
    place.exec('billing', `update invoices set phone = '070-1740605' where id = 10`);
    expect(await verified(place, request)).toMatchObject({
      complete: false,
      verified: { residual: 1, places: [{ collection: 'billing.invoices', why: 'phone is not empty' }] },
    });
  });

  test('names the collection that is not in it any more, and looks at the rest', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    place.editMap(({ sources }) => {
      delete sources.crm?.collections.notes;
    });
    place.exec('crm', `insert into customers values (9, 'Anna L', 'anna@example.se', '199006022397', 1)`);
    const result = await verified(place, request);
    expect(result.incomplete.join(' ')).toMatch(/crm\.notes is not in the data map any more/);
    expect(result).toMatchObject({ complete: false, verified: { residual: 1 } });
  });

  test('does not take another key for the plan’s', async () => {
    const place = changeWorkspace();
    place.exec('crm', 'create unique index titles on tickets (title)');
    const { request } = await place.erase();
    place.editMap(({ sources }) => {
      const tickets = sources.crm?.collections.tickets;
      if (tickets !== undefined) tickets.key = ['title'];
      tickets?.system.push('id');
    });
    const result = await verified(place, request);
    expect(result.complete).toBe(false);
    expect(result.incomplete.join(' ')).toMatch(/crm\.tickets has another table or key/);
  });

  test('names the column that is gone', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    place.exec('billing', 'alter table invoices drop column phone');
    place.editMap(({ sources }) => {
      const invoices = sources.billing?.collections.invoices;
      delete invoices?.fields.phone;
      if (invoices !== undefined) invoices.retain = { ...(invoices.retain as object), mask: [] };
    });
    const result = await verified(place, request);
    expect(result.incomplete).toEqual([expect.stringMatching(/billing\.invoices\.phone is not there/)]);
    expect(result.verified.residual).toBe(0);
  });

  test('of a rectification names what was set and is not in it any more', async () => {
    const place = changeWorkspace();
    const { request } = await place.rectify([{ name: 'crm.customers.name', value: 'Anna Lindh' }]);
    place.editMap(({ sources }) => {
      const customers = sources.crm?.collections.customers;
      delete customers?.fields.name;
      customers?.system.push('name');
    });
    const result = await verified(place, request);
    expect(result.incomplete.join(' ')).toMatch(/what was set is not in the data map any more/);
    expect(result.verified.residual).toBe(0);
  });
});

describe('verifying after several plans of one request', () => {
  const EMAIL = [{ name: 'email', value: 'anna.lind@example.se' }];
  const NAME = [{ name: 'crm.customers.name', value: 'Anna Lindh' }];

  test('holds what each rectification set', async () => {
    const place = changeWorkspace();
    const { request } = await place.rectify(EMAIL);
    await place.rectify(NAME, { identifiers: [], request });
    expect(await verified(place, request)).toMatchObject({ complete: true, verified: { residual: 0 } });
    place.exec('billing', `update invoices set customer_email = 'anna@example.se' where id = 10`);
    place.exec('crm', `update customers set name = 'Anna Lind' where id = 1`);
    expect(await verified(place, request)).toMatchObject({
      verified: {
        residual: 2,
        places: expect.arrayContaining([
          expect.objectContaining({ collection: 'billing.invoices', records: 1 }),
          expect.objectContaining({ collection: 'crm.customers', records: 1 }),
        ]),
      },
    });
  });

  test('takes what was set last for right, also where it is what stood there first', async () => {
    const place = changeWorkspace();
    const { request } = await place.rectify(EMAIL);
    const back = [{ name: 'email', value: 'anna@example.se' }];
    await place.rectify(back, { identifiers: [], request });
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ email: 'anna@example.se' });
    expect(await verified(place, request)).toMatchObject({ complete: true, verified: { residual: 0 } });
    place.exec('crm', `update customers set email = 'anna.lind@example.se' where id = 1`);
    expect(await verified(place, request)).toMatchObject({ verified: { residual: 1 } });
  });

  test('takes what a later erasure keeps for no residue of an earlier one', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    place.exec('billing', `insert into invoices values (30, 'anna@example.se', '2026-03-01', 100, null)`);
    expect(await verified(place, request)).toMatchObject({ verified: { residual: 1 } });
    await place.erase({ identifiers: [], request });
    expect(place.rows('billing', 'invoices')).toHaveLength(3);
    expect(await verified(place, request)).toMatchObject({ complete: true, verified: { residual: 0 } });
  });
});

describe('what is left to a human', () => {
  /** Her tickets are: her record stays masked, and nothing leads to them any more. */
  function byHand(): ChangeWorkspace {
    const place = changeWorkspace();
    place.editMap(({ sources }) => {
      const tickets = sources.crm?.collections.tickets;
      if (tickets !== undefined) tickets.erase = 'manual';
    });
    return place;
  }

  test('is told by verify and by the next erasure, until it is gone', async () => {
    const place = byHand();
    const { request, complete } = await place.erase();
    expect(complete).toBe(false);
    const told = [expect.stringMatching(/^crm\.tickets: 2 records are left to a human/)];
    expect(await verified(place, request)).toMatchObject({
      complete: false,
      incomplete: told,
      verified: { residual: 0 },
    });
    const again = await place.erase({ identifiers: [], request });
    expect(again).toMatchObject({ complete: false, verified: { residual: 0 } });
    expect(again.incomplete.join(' ')).toMatch(/crm\.tickets: 2 records are left/);
    // Bo's stays: it is done when it names her no more.
    place.exec('crm', 'update tickets set contact_id = null where id = 2');
    expect((await verified(place, request)).incomplete.join(' ')).toMatch(/crm\.tickets: one record is left/);
    place.exec('crm', 'delete from tickets where id = 1');
    expect(await verified(place, request)).toMatchObject({ complete: true, incomplete: [] });
    expect(await place.erase({ identifiers: [], request })).toMatchObject({ complete: true });
  });

  test('is a task once, however often it was planned, and none when a later plan sees to it', async () => {
    const place = byHand();
    place.editMap(({ sources }) => {
      const customers = sources.crm?.collections.customers;
      Object.assign(customers ?? {}, { erase: 'keep', ground: 'legal-claims' });
    });
    const { request } = await place.erase();
    await place.erase({ identifiers: [], request });
    const { incomplete } = await verified(place, request);
    expect(incomplete).toEqual([expect.stringMatching(/^crm\.tickets: 2 records are left/)]);
    place.editMap(({ sources }) => {
      const tickets = sources.crm?.collections.tickets;
      Object.assign(tickets ?? {}, { erase: 'keep', ground: 'legal-claims' });
    });
    expect(await place.erase({ identifiers: [], request })).toMatchObject({ complete: true });
    expect(await verified(place, request)).toMatchObject({ complete: true, incomplete: [] });
  });
});

describe('verifying after a part was rolled back', () => {
  test('sees what is still there under a number, where its deletion did not happen', async () => {
    const place = changeWorkspace();
    place.editMap(({ sources }) => {
      delete sources.billing?.collections.invoices?.retain;
    });
    place.exec(
      'billing',
      `create trigger refuse before delete on invoices begin select raise(abort, 'no'); end`,
    );
    const { request } = await place.erase();
    expect(place.rows('crm', 'customers')).toHaveLength(1);
    place.exec('billing', `update invoices set customer_email = null where id = 10`);
    expect(await verified(place, request)).toMatchObject({
      verified: { residual: 1, places: [{ collection: 'billing.invoices', why: 'still there' }] },
    });
    // What has gone may have left its number to somebody else.
    place.exec('crm', `insert into customers values (1, 'Cecilia Ek', 'cecilia@example.se', null, 1)`);
    expect(await verified(place, request)).toMatchObject({ verified: { residual: 1 } });
  });
});

describe('where nothing was to be changed', () => {
  test('verify answers so', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase({ identifiers: ['email=nobody@example.se'] });
    expect(await verified(place, request)).toMatchObject({
      complete: true,
      incomplete: [],
      verified: { residual: 0, places: [] },
    });
  });

  test('because no source could be read, nothing was applied', async () => {
    const place = changeWorkspace();
    for (const source of ['crm', 'billing']) {
      writeFileSync(join(place.dir, `${source}.db`), 'no database, but a text long enough to be read as one');
    }
    const result = await place.erase({ confirm: () => Promise.reject() });
    expect(result).toMatchObject({
      ...{
        request: null,
        applied: false,
        complete: false,
        stopped: 'unread',
        verified: null,
        planHash: null,
      },
    });
    expect(result.incomplete).toHaveLength(2);
    expect(place.shown).toEqual([]);
    expect(place.plans()).toEqual([]);
  });
});

test('what is also somebody else’s is not counted among what was searched by', async () => {
  const place = changeWorkspace();
  const identifiers = ['email=anna@example.se', 'personnummer=198501012382'];
  const asked = await place.erase({ identifiers });
  expect(asked).toMatchObject({ stopped: 'undecided', searchedBy: null });
  const reject = asked.decisions.flatMap(({ id, key }) => (key[0] === 2 ? [id] : []));
  const accept = asked.decisions.flatMap(({ id, key }) => (key[0] === 1 ? [id] : []));
  const done = await place.erase({ identifiers: [], request: asked.request, accept, reject });
  expect(done).toMatchObject({ applied: true, searchedBy: 2 });
  expect(done.identifiers).toHaveLength(3);
});
