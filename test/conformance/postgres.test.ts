import { describe } from 'vitest';
import { hasEngine } from '../harness/engines.js';
import { conformance } from './conformance.js';
import { postgresHarness } from './postgres-harness.js';

describe.skipIf(!hasEngine('postgres'))('postgres', () =>
  conformance('the postgres connector', postgresHarness),
);
