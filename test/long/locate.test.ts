import { describe, vi } from 'vitest';
import { locateProperties } from '../locate/properties.js';

vi.setConfig({ testTimeout: 600_000 });
describe('locate on many random maps and data', () => locateProperties(4_000));
