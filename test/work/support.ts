import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/model/clock.js';
import type { Tag } from '../../src/model/request.js';
import type { NewRequest } from '../../src/work/request.js';
import { openWork, type Work } from '../../src/work/work.js';
import { clockAt } from '../ledger/support.js';

export const NOW = '2026-03-03T09:00:00.000Z';

export async function workIn(dir: string, clock: Clock = clockAt(NOW)): Promise<Work> {
  const work = await openWork(dir, clock, { busyTimeoutMs: 5_000 });
  onTestFinished(() => work.close());
  return work;
}

export const nothing = (): void => undefined;

export function exportOf(
  value: string,
  more: Partial<NewRequest> = {},
): Omit<NewRequest, 'at' | 'rehearsed'> {
  return {
    type: 'export',
    received: '2026-03-03',
    year: 2026,
    above: () => 0,
    identifiers: [{ type: 'email', value }],
    subject: [{ type: 'email', tag: tag(`tag of ${value.split('@')[0]}`) }],
    operator: 'per',
    ...more,
  };
}

/** A tag as the ledger would have made it. */
export function tag(text: string): Tag {
  return text as Tag;
}
