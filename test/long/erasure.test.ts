import { it } from 'vitest';
import { erasesWhatIsPlanned } from '../plan/erase-end-to-end.js';
import { plansAsTheReference } from '../plan/erase-properties.js';

/** `DSR_TEST_LANDSCAPES=10000` takes about six minutes. */
const runs = Number(process.env.DSR_TEST_LANDSCAPES ?? 1_000);

it(
  `in ${runs} landscapes: plan = result = verification, nobody else is touched, no link leads nowhere`,
  {
    timeout: 3_600_000,
  },
  () => erasesWhatIsPlanned(runs),
);

it('in 1,000 landscapes: what the slow reference plans', () => plansAsTheReference(1_000));
