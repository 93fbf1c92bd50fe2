import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped; .ci/run prints it. */
    skipped?: string;
  }
}

/** What a machine may lack without a run on it being worth less. Anything else must be there under CI. */
const PERMITTED = {
  root: 'root may read every file',
  mount: 'no file system can be mounted here',
  server: 'no server is installed here: the tests use one that runs already',
} as const;

/**
 * Ends the test as skipped, with its reason.
 *
 * @param reason one of the permitted ones by name, or in words what is missing.
 * @throws Error under `CI=true`, unless the reason is permitted: what is never run there is never known.
 */
export function permittedSkip(context: TestContext, reason: string): never {
  const permitted = Object.hasOwn(PERMITTED, reason) ? PERMITTED[reason as keyof typeof PERMITTED] : null;
  if (permitted === null && process.env.CI === 'true') {
    throw new Error(`skipped under CI, where nothing may be: ${reason}`);
  }
  return skipWith(context, permitted ?? reason);
}

/** Ends the test as skipped, and keeps the reason for the reports. */
export function skipWith(context: TestContext, reason: string): never {
  context.task.meta.skipped = reason;
  return context.skip(reason);
}
