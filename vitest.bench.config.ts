import { defineConfig } from 'vitest/config';

/** Measurements, told and not judged. `npm run bench` */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    globalSetup: ['test/harness/global-setup.ts'],
  },
});
