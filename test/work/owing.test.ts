import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestId } from '../../src/model/request.js';
import type { Obligation } from '../../src/work/obligation.js';
import { folder } from '../ledger/support.js';
import { exportOf, nothing, workIn } from './support.js';

const REQUESTS: readonly RequestId[] = ['R-2026-0001', 'R-2026-0002', 'R-2026-0003'];
const DAYS = ['2031-12-31', '2032-01-01', '2032-01-02', '2033-01-01'] as const;

const obligation = (holds: readonly Obligation['hold'][]) =>
  fc.record<Obligation>({
    collection: fc.constantFrom('crm.customers', 'crm.invoices'),
    key: fc.constantFrom('p!1', 'p!2', 'p!3', 'shemlig\0\u0001p!1'),
    role: fc.constantFrom('own', 'husk', 'shared', 'mention'),
    until: fc.constantFrom(...DAYS),
    hold: fc.constantFrom(null, null, ...holds),
    ground: fc.constantFrom('legal-obligation', null),
    law: fc.constantFrom('Bokföringslag (1999:1078) 7 kap. 2 §', null),
    request: fc.constantFrom(...REQUESTS),
  });

test('what is owed is told by day, request and record as it stands record by record', async () => {
  const work = await workIn(folder());
  for (const who of ['anna', 'bo', 'eva'])
    work.openRequest(exportOf(`${who}@example.se`, { type: 'erase' }), nothing);
  const hold = work.addHold(
    { ground: 'legal-claims', collection: 'crm.invoices', subject: [], operator: 'per', above: () => 0 },
    nothing,
  );
  fc.assert(
    fc.property(
      fc.array(obligation([hold]), { maxLength: 30 }),
      fc.constantFrom(...DAYS),
      fc.constantFrom(...DAYS),
      fc.subarray([...REQUESTS]),
      (judged, today, horizon, requests) => {
        for (const { collection, key } of work.obligations(null)) work.dropObligations(collection, [key]);
        work.recordObligations(judged);
        const all = work.obligations(null);
        const isDue = ({ until, hold: by }: Obligation) => by === null && until <= today;
        const who = (owed: readonly { readonly request: RequestId }[]) =>
          [...new Set(owed.map(({ request }) => request))].toSorted();
        expect(work.requestsOwing(null)).toEqual(who(all));
        expect(work.requestsOwing(today)).toEqual(who(all.filter(isDue)));

        const told = ({ collection, key, role, request }: Obligation) => ({ collection, key, role, request });
        const order = (one: ReturnType<typeof told>) => [one.collection, one.key, one.request].join('\n');
        const sorted = (owed: readonly Obligation[]) =>
          owed.map(told).toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
        const theirs = all.filter(({ request }) => requests.includes(request));
        expect(work.owedUnder(requests, null)).toEqual(sorted(theirs));
        expect(work.owedUnder(requests, today)).toEqual(sorted(theirs.filter(isDue)));
        for (const { collection, key } of all) {
          const same = all.filter((one) => one.collection === collection && one.key === key);
          const alone = work.owedOf(collection, key);
          expect(alone.map(({ until, hold: by, ...one }) => one)).toEqual(sorted(same));
          const days = (owed: readonly Pick<Obligation, 'request' | 'until' | 'hold'>[]) =>
            owed.map(({ request, until, hold: by }) => `${request} ${until} ${by ?? ''}`).toSorted();
          expect(days(alone)).toEqual(days(same));
        }

        const counts = new Map<string, number>();
        for (const one of all.filter(({ until, hold: by }) => by === null && until <= horizon)) {
          const { until, collection, ground, law, request } = one;
          const line = JSON.stringify([until, collection, ground, law, until > today ? null : request]);
          counts.set(line, (counts.get(line) ?? 0) + 1);
        }
        const lines = work.retentions(today, horizon).map(({ records, ...line }) => {
          const { until, collection, ground, law, request } = line;
          return [JSON.stringify([until, collection, ground, law, request]), records] as const;
        });
        expect(new Map(lines)).toEqual(counts);
        expect(lines).toHaveLength(counts.size);
      },
    ),
    { numRuns: 60 },
  );
});
