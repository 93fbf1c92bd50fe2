import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { DsrError } from '../../model/error.js';
import {
  type HashingAnswer,
  type HashingSetup,
  type HashingTask,
  SEPARATOR,
  type TagMatch,
} from './protocol.js';

/** Threads that hold values against the ledger's tags, beside the one that reads them. */
export interface Hashing {
  /**
   * Hands over values of one type; what matched is told to `matched` later. Resolves as soon as more may come:
   * what is under way is bounded.
   */
  add(
    type: string,
    values: readonly string[],
    matched: (matches: readonly TagMatch[]) => void,
  ): Promise<void>;
  /** Once everything handed over was looked at. */
  done(): Promise<void>;
  close(): Promise<void>;
}

/** One core is for reading. */
const MOST_THREADS = 2;
/** Tasks a thread has at once: the one that it is at, and the next. */
const AHEAD = 3;

interface Thread {
  readonly worker: Worker;
  waiting: number;
}

/** @throws by `add` and `done`: DsrError internal, a thread failed · whatever `matched` threw. */
export function startHashing(setup: HashingSetup): Hashing {
  const count = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
  const pending = new Map<number, (matches: readonly TagMatch[]) => void>();
  let failed: unknown = null;
  let lastId = 0;
  let wake: () => void = () => undefined;
  const fail = (error: unknown) => {
    failed ??= error;
    wake();
  };
  const lose = () =>
    fail(new DsrError('internal', 'a thread that compares values with the ledger has ended'));
  const threads = Array.from({ length: count }, (): Thread => {
    const thread = { worker: new Worker(workerFile(), { workerData: setup }), waiting: 0 };
    thread.worker.on('message', ({ id, matches }: HashingAnswer) => {
      thread.waiting -= 1;
      const matched = pending.get(id);
      pending.delete(id);
      try {
        matched?.(matches);
      } catch (error) {
        // Nobody stands above this: it is thrown to whoever waits.
        fail(error);
      }
      wake();
    });
    thread.worker.on('error', lose);
    thread.worker.on('exit', lose);
    return thread;
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      if (failed !== null) throw failed;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failed !== null) throw failed;
  };
  return {
    async add(type, values, matched) {
      if (values.length === 0) return;
      const idlest = () => threads.reduce((one, other) => (other.waiting < one.waiting ? other : one));
      const { worker } = idlest();
      lastId += 1;
      pending.set(lastId, matched);
      const task: HashingTask = { id: lastId, type, values: values.join(SEPARATOR) };
      idlest().waiting += 1;
      worker.postMessage(task);
      await until(() => idlest().waiting < AHEAD);
    },
    done: () => until(() => pending.size === 0),
    async close() {
      lose();
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

/** Beside the bundle; from TypeScript sources, the one that was built last. */
function workerFile(): URL {
  const built = import.meta.url.endsWith('.ts') ? '../../../dist/replay-worker.js' : './replay-worker.js';
  return new URL(built, import.meta.url);
}
