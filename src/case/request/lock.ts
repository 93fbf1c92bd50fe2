import { join } from 'node:path';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import { type Lock, takeLock, takeNewLock } from '../../store/lock.js';
import type { Context } from '../context.js';
import { workspaceAt } from '../workspace.js';

/** How long a second process waits for the first. */
const WAIT_MS = 3_000;

/** The requests that this command works on: nobody else does meanwhile. */
export interface RequestLocks {
  /**
   * Waits a moment for whoever works on it.
   *
   * @throws DsrError transient, naming them, where they go on.
   */
  hold(request: RequestId): Promise<void>;
  /** One that was numbered just now: nobody else can know of it. */
  holdNew(request: RequestId): void;
  release(): void;
}

export function requestLocks({ workspace, operator, clock, signal }: Context): RequestLocks {
  const { locks: folder } = workspaceAt(workspace);
  const held = new Map<RequestId, Lock>();
  const fileOf = (request: RequestId) => join(folder, request);
  const nameOf = (request: RequestId) => `the lock of ${request}`;
  const me = () => `${operator}, process ${process.pid}, since ${clock.now().toISOString()}`;
  return {
    async hold(request) {
      if (held.has(request)) return;
      const wait = { waitMs: WAIT_MS, signal };
      const lock = await takeLock(fileOf(request), nameOf(request), me(), wait);
      if ('holder' in lock) throw inWork(request, lock.holder);
      held.set(request, lock);
    },
    holdNew(request) {
      held.set(request, takeNewLock(fileOf(request), nameOf(request), me()));
    },
    release() {
      for (const lock of held.values()) lock.release();
      held.clear();
    },
  };
}

function inWork(request: RequestId, holder: string | null): DsrError {
  const by = holder === null ? 'another process' : holder;
  return new DsrError('transient', `request ${request} is being worked on by ${by}`, {
    place: request,
    hint: 'wait until that is done, then call again; if its process is gone, so is its hold on the request',
  });
}
