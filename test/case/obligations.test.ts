import { describe, expect, test } from 'vitest';
import { withBooks } from '../../src/case/ledger-work.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

const owed = ({ context }: ChangeWorkspace) =>
  withBooks(context, ({ work }) =>
    work.obligations(null).map(({ key, role, until, request }) => `${key} ${role} ${until} ${request}`),
  );

/** Anna's invoice names Bo, who sold it, and is kept until 2034. */
function withAgent(): ChangeWorkspace {
  const place = changeWorkspace();
  place.exec('billing', 'alter table invoices add column agent text');
  place.exec('billing', `update invoices set agent = 'bo@example.se' where id = 10`);
  place.editMap(({ sources }) => {
    const invoices = sources.billing?.collections.invoices;
    if (invoices === undefined) throw new Error('the map has no invoices');
    invoices.fields.agent = { category: 'user.contact.email', identifier: 'email', relation: 'mentions' };
  });
  return place;
}

describe('what is owed of a kept record', () => {
  test('stands when the record is corrected later', async () => {
    const place = changeWorkspace();
    await place.erase();
    const before = await owed(place);
    expect(before).toHaveLength(1);
    const set = [{ name: 'billing.invoices.phone', value: '070-1740607' }];
    expect(await place.rectify(set)).toMatchObject({ applied: true });
    expect(await owed(place)).toEqual(before);
  });

  test('stands when somebody is erased whom the record only names', async () => {
    const place = withAgent();
    await place.erase();
    const before = await owed(place);
    expect(before).toHaveLength(1);
    await place.erase({ identifiers: ['email=bo@example.se'] });
    expect((await owed(place)).filter((line) => before.includes(line))).toEqual(before);
  });

  test('stands when the next reason does not cover the record', async () => {
    const place = changeWorkspace();
    await place.erase();
    const before = await owed(place);
    await place.erase({ reason: 'consent-withdrawn' });
    expect(await owed(place)).toEqual(before);
  });

  test('is what was judged last of the person’s own record, once', async () => {
    const place = changeWorkspace();
    await place.erase();
    place.exec('billing', `update invoices set invoice_date = '2027-02-01' where id = 10`);
    await place.erase();
    expect(await owed(place)).toEqual([expect.stringMatching(/ own 2035-01-01 R-2026-0002$/)]);
  });

  test('is nothing any more once the record is gone', async () => {
    const place = changeWorkspace();
    await place.erase();
    place.exec('billing', `update invoices set invoice_date = '2010-02-01' where id = 10`);
    await place.erase();
    expect(place.rows('billing', 'invoices')).toHaveLength(1);
    expect(await owed(place)).toEqual([]);
  });
});
