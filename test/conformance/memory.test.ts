import { conformance } from './conformance.js';
import { memoryHarness } from './memory-harness.js';

conformance('the in-memory reference connector', memoryHarness);
