import { describe, expect, test } from 'vitest';
import { verifyRequest } from '../../src/case/change/verify-request.js';
import { withBooks } from '../../src/case/ledger-work.js';
import type { RequestId } from '../../src/model/request.js';
import { changeWorkspace } from './change-support.js';

const SET = [{ name: 'email', value: 'anna.lind@example.se' }];

describe('a rectification', () => {
  test('sets the value in every place of the person, and in nobody else’s', async () => {
    const place = changeWorkspace();
    const result = await place.rectify(SET);
    expect(result).toMatchObject({
      action: 'rectify',
      request: 'R-2026-0001',
      complete: true,
      applied: true,
      verified: { residual: 0, places: [] },
    });
    expect(place.rows('crm', 'customers').map(({ email }) => email)).toEqual([
      'anna.lind@example.se',
      'bo@example.se',
    ]);
    expect(place.rows('billing', 'invoices').map(({ customer_email }) => customer_email)).toEqual([
      'anna.lind@example.se',
      'bo@example.se',
    ]);
  });

  test('shows old and new before, and leaves neither in the ledger', async () => {
    const place = changeWorkspace();
    await place.rectify(SET, {
      confirm: async (proposal) => {
        expect([...proposal.places()]).toMatchObject([
          {
            collection: 'crm.customers',
            fields: ['email'],
            old: ['anna@example.se'],
            new: ['anna.lind@example.se'],
          },
          { collection: 'billing.invoices', old: ['anna@example.se'], new: ['anna.lind@example.se'] },
        ]);
        return true;
      },
    });
    const ledger = place.state('ledger.db');
    expect(ledger).not.toContain('anna.lind@example.se');
    expect(ledger).not.toContain('anna@example.se');
  });

  test('is stale when the value was changed meanwhile, and overwrites nothing', async () => {
    const place = changeWorkspace();
    const result = await place.rectify(SET, {
      confirm: async () => {
        place.exec('billing', `update invoices set customer_email = 'ANNA@example.se' where id = 10`);
        return true;
      },
    });
    expect(result).toMatchObject({ applied: false, stopped: 'stale' });
    expect(place.rows('billing', 'invoices')[0]).toMatchObject({ customer_email: 'ANNA@example.se' });
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ email: 'anna@example.se' });
  });

  test('to what is somebody else’s is a decision, and no answer to it stands for another value', async () => {
    const place = changeWorkspace();
    const other = [{ name: 'personnummer', value: '19850101-2382' }];
    const asked = await place.rectify(other);
    expect(asked).toMatchObject({
      applied: false,
      stopped: 'undecided',
      decisions: [{ id: 'D1', kind: 'identity-conflict', collection: 'crm.customers', key: [2] }],
    });
    const again = { identifiers: [], request: asked.request };
    await expect(place.rectify(other, { ...again, reject: ['D1'] })).rejects.toMatchObject({
      kind: 'decision',
    });
    expect(await place.rectify(other, { ...again, accept: ['D1'] })).toMatchObject({ applied: true });
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ personnummer: '198501012382' });
    place.exec('crm', `update customers set personnummer = '197602292380' where id = 2`);
    const next = [{ name: 'personnummer', value: '19760229-2380' }];
    expect(await place.rectify(next, again)).toMatchObject({
      stopped: 'undecided',
      decisions: [{ key: [2] }],
    });
  });

  test('to what was said to be somebody else’s stays refused, also without an answer or after a yes', async () => {
    const place = changeWorkspace();
    const other = [{ name: 'personnummer', value: '19850101-2382' }];
    const { request } = await place.rectify(other);
    const again = { identifiers: [], request };
    const stopped = { kind: 'decision' };
    expect(
      await place.rectify(other, { ...again, accept: ['D1'], confirm: async () => false }),
    ).toMatchObject({ stopped: 'not-confirmed' });
    await expect(place.rectify(other, { ...again, reject: ['D1'] })).rejects.toMatchObject(stopped);
    await expect(place.rectify(other, again)).rejects.toMatchObject(stopped);
    expect((await place.entries()).filter((entry) => entry.startsWith('decision'))).toHaveLength(2);
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ personnummer: '199006022397' });
  });

  test('of a password shows neither the old nor the new', async () => {
    const place = changeWorkspace();
    place.exec(
      'crm',
      `alter table customers add column password text; update customers set password = 'gammalt'`,
    );
    place.editMap(({ sources }) => {
      Object.assign(sources.crm?.collections.customers?.fields ?? {}, {
        password: 'user.authorization.password',
      });
    });
    await place.rectify([{ name: 'crm.customers.password', value: 'nytt' }], {
      confirm: async (proposal) => {
        expect([...proposal.places()]).toMatchObject([
          { fields: ['password'], stated: ['password'], old: [null], new: [null] },
        ]);
        return true;
      },
    });
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ password: 'nytt' });
  });

  test('is verified by the new value and by the old', async () => {
    const place = changeWorkspace();
    const { request } = await place.rectify(SET);
    await withBooks(place.context, ({ work }) =>
      expect(work.learnt(request as RequestId).map(({ value }) => value)).toEqual([
        'anna.lind@example.se',
        '199006022397',
      ]),
    );
    const verified = () => verifyRequest(place.context, { request: request ?? '' });
    expect(await verified()).toMatchObject({ verified: { residual: 0 } });
    place.exec('crm', `update customers set email = 'anna@example.se' where id = 1`);
    expect(await verified()).toMatchObject({
      complete: false,
      verified: { residual: 1, places: [{ collection: 'crm.customers', records: 1 }] },
    });
  });

  test('without anything to be set is refused', async () => {
    await expect(changeWorkspace().rectify([])).rejects.toMatchObject({ kind: 'usage' });
  });
});
