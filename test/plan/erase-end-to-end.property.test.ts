import { it } from 'vitest';
import { erasesWhatIsPlanned } from './erase-end-to-end.js';

it(
  'what is planned is what is there then, nobody else is touched, and nothing is found again',
  () => erasesWhatIsPlanned(150),
  60_000,
);
