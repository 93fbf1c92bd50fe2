import { it } from 'vitest';
import { erasesWhatIsPlanned } from '../plan/erase-end-to-end.js';
import { plansAsTheReference } from '../plan/erase-properties.js';

it('in 10,000 landscapes: plan = result = verification, nobody else is touched, no link leads nowhere', () =>
  erasesWhatIsPlanned(10_000));

it('in 2,000 landscapes: what the slow reference plans', () => plansAsTheReference(2_000));
