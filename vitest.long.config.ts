import { defineConfig } from 'vitest/config';

/** What takes minutes: a million records, many random graphs. `npm run test:long` */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Two cores: the faults wait for databases and processes, the others compute.
    maxWorkers: 2,
    globalSetup: ['test/harness/global-setup.ts'],
    setupFiles: ['test/harness/seed.ts'],
  },
});
