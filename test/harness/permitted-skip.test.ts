import { afterEach, expect, it, type TestContext, vi } from 'vitest';
import { permittedSkip } from './permitted-skip.js';

afterEach(() => vi.unstubAllEnvs());

/** What became of a test that is skipped for that reason. */
function outcome(reason: string) {
  const told: unknown[] = [];
  const meta: { readonly skipped?: string } = {};
  const context = { task: { meta }, skip: (why: unknown) => told.push(why) };
  permittedSkip(context as unknown as TestContext, reason);
  return { told, skipped: meta.skipped };
}

it('fails under CI for a reason that is not permitted, and names it', () => {
  vi.stubEnv('CI', 'true');
  expect(() => outcome('jq is not installed')).toThrow('jq is not installed');
  expect(() => outcome('toString')).toThrow('toString');
});

it('skips with its reason where it is permitted, or outside CI', () => {
  vi.stubEnv('CI', 'true');
  const root = 'root may read every file';
  expect(outcome('root')).toEqual({ told: [root], skipped: root });
  vi.stubEnv('CI', '');
  expect(outcome('jq is not installed')).toEqual({
    told: ['jq is not installed'],
    skipped: 'jq is not installed',
  });
});
