import { setTimeout as wait } from 'node:timers/promises';
import { DsrError } from '../model/error.js';

const PAUSES_MS = [100, 400] as const;

/**
 * Opening a connection, again after a pause where the error is transient. Only for opening: a
 * statement that failed in a reader or writer is never sent twice.
 */
export async function opened<T>(
  open: () => Promise<T>,
  signal: AbortSignal,
  pauses: readonly number[] = PAUSES_MS,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await open();
    } catch (error) {
      const pause = pauses[attempt];
      const again = error instanceof DsrError && error.kind === 'transient' && pause !== undefined;
      if (!again || signal.aborted) throw error;
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
