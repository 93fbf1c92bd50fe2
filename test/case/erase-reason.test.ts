import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withBooks } from '../../src/case/ledger-work.js';
import { openRequest } from '../../src/case/request/open.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

/** Tickets rest on consent; all else on what support/information.ts says. */
function consented(): ChangeWorkspace {
  const place = changeWorkspace();
  place.editMap(({ sources }) => {
    for (const [source, { collections }] of Object.entries(sources)) {
      for (const [name, collection] of Object.entries(collections)) {
        const legalBasis = name === 'tickets' ? 'consent' : source === 'billing' ? 'public-task' : 'contract';
        collection.information = { legalBasis };
      }
    }
  });
  return place;
}

const opened = async ({ context }: ChangeWorkspace, type: string) =>
  (await openRequest(context, { type, received: null, identifiers: ['email=anna@example.se'] })).request;

const left = (place: ChangeWorkspace) => [
  place.rows('crm', 'customers').length,
  place.rows('crm', 'notes').length,
  place.rows('crm', 'tickets').length,
];

describe('what an erasure reaches', () => {
  test('under a withdrawal of consent is what rests on consent', async () => {
    const place = consented();
    const request = await opened(place, 'withdraw');
    await place.erase({ identifiers: [], request });
    expect(left(place)).toEqual([2, 2, 1]);
  });

  test('under an objection is what rests on an interest or a public task', async () => {
    const place = consented();
    const request = await opened(place, 'object');
    await place.erase({ identifiers: [], request });
    expect(left(place)).toEqual([2, 2, 2]);
    expect(place.rows('billing', 'invoices')[0]).toMatchObject({ phone: null });
  });

  test('under a request to erase is everything, or less where less is said', async () => {
    const place = consented();
    const request = await opened(place, 'erase');
    await place.erase({ identifiers: [], request, reason: 'consent-withdrawn' });
    expect(left(place)).toEqual([2, 2, 1]);
    await place.erase({ identifiers: [], request });
    expect(left(place)).toEqual([1, 1, 1]);
  });

  test.each([
    ['withdraw', 'request'],
    ['withdraw', 'objection'],
    ['object', 'retention-ended'],
  ] as const)('under one to %s is refused where --reason says %s', async (type, reason) => {
    const place = consented();
    const before = place.dump();
    const request = await opened(place, type);
    const call = place.erase({ identifiers: [], request, reason });
    await expect(call).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(new RegExp(`${request} is one to ${type}.*--reason ${reason}`)),
    });
    expect(place.dump()).toEqual(before);
  });

  test('is no wider when the same is called again under the request that it opened', async () => {
    const place = consented();
    const { request } = await place.erase({ reason: 'consent-withdrawn' });
    await withBooks(place.context, ({ work }) => expect(work.request(request ?? '').type).toBe('withdraw'));
    await place.erase({ identifiers: [], request });
    expect(left(place)).toEqual([2, 2, 1]);
  });

  test('by a saved plan is what it was drawn up for', async () => {
    const place = consented();
    const file = join(place.dir, 'plan.jsonl');
    await place.erase({ reason: 'objection', dryRun: true, planOut: file });
    const { request } = await place.apply(file);
    await withBooks(place.context, ({ work }) => expect(work.request(request ?? '').type).toBe('object'));
    expect(left(place)).toEqual([2, 2, 2]);
  });
});
