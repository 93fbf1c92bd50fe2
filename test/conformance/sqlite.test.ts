import { describe } from 'vitest';
import { hasEngine } from '../harness/engines.js';
import { conformance } from './conformance.js';
import { sqliteHarness } from './sqlite-harness.js';

describe.skipIf(!hasEngine('sqlite'))('sqlite', () => conformance('the sqlite connector', sqliteHarness));
