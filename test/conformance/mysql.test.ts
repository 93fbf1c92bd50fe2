import { describe } from 'vitest';
import { hasEngine } from '../harness/engines.js';
import { conformance } from './conformance.js';
import { mysqlHarness } from './mysql-harness.js';

describe.skipIf(!hasEngine('mysql'))('mysql', () => conformance('the mysql connector', mysqlHarness));
