import { describe } from 'vitest';
import { locateProperties } from './properties.js';

describe('locate on random maps and data', () => locateProperties(200));
