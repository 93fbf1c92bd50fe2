import { it } from 'vitest';
import { plansAsTheReference } from './erase-properties.js';

it(
  'plans for every record what the slow reference plans, in an order that foreign keys allow',
  () => plansAsTheReference(300),
  60_000,
);
