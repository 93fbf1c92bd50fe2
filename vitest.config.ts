import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/bench/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Much of the time goes to databases and child processes: one worker would leave a core idle.
    maxWorkers: 2,
    globalSetup: ['test/harness/global-setup.ts'],
    setupFiles: ['test/harness/seed.ts'],
  },
});
