import { Worker } from 'node:worker_threads';
import type { Call } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { type Place, sqliteError } from './errors.js';
import { type Answer, INTERRUPTED, type Request } from './protocol.js';

/** A thread in which SQLite runs, one connection at a time. */
export interface Thread {
  /**
   * Ends when the signal aborts or the time is out, though SQLite be deep in one step: then the
   * thread is given up, and ends when that step does.
   */
  ask(call: Call, request: Request, table?: string): Promise<Answer>;
  /** False once it was given up or has failed. */
  usable(): boolean;
  end(): Promise<void>;
}

/** A connector's threads. One is kept for the next session, since a start takes as long as a query. */
export interface Threads {
  take(): Thread;
  /** Closes its connection. */
  give(thread: Thread): Promise<void>;
  end(): Promise<void>;
}

/** How long the thread may take to notice that it is to stop. */
const GRACE_MS = 500;

export function threadsOf(place: Place): Threads {
  const all = new Set<Thread>();
  let spare: Thread | null = null;
  return {
    take() {
      const thread = spare ?? startThread(place);
      spare = null;
      all.add(thread);
      return thread;
    },
    async give(thread) {
      const call = { signal: new AbortController().signal, timeoutMs: GRACE_MS };
      if (thread.usable()) await thread.ask(call, { op: 'close' }).catch(() => undefined);
      if (thread.usable() && spare === null && all.has(thread)) {
        spare = thread;
        return;
      }
      all.delete(thread);
      await thread.end();
    },
    async end() {
      const ended = [...all].map((thread) => thread.end());
      all.clear();
      spare = null;
      await Promise.all(ended);
    },
  };
}

function startThread(place: Place): Thread {
  const interrupts = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const cell = new Int32Array(interrupts);
  const worker = new Worker(workerFile(), { workerData: { interrupts } });
  // An open source alone keeps no process alive; a question under way does.
  worker.unref();
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let usable = true;

  const settle = (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
  };
  const lose = () => {
    usable = false;
    for (const id of [...waiting.keys()]) settle({ id, failed: LOST });
  };
  worker.on('message', settle);
  worker.on('error', lose);
  worker.once('exit', () => {
    stuck.delete(worker);
    lose();
  });

  async function ask(call: Call, request: Request, table?: string): Promise<Answer> {
    if (call.signal.aborted && request.op !== 'stop') throw cancelled(place);
    if (!usable) throw new DsrError('transient', `the source '${place.source}' is closed`);
    lastId += 1;
    const id = lastId;
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    worker.ref();
    worker.postMessage({ id, request });
    const watch = watched(call, place, () => Atomics.store(cell, 0, id));
    const given = watch.lost.then((): Answer => ({ id, failed: INTERRUPTED }));
    const result = await Promise.race([answer, given]);
    const why = watch.end();
    if (waiting.has(id)) {
      settle(result);
      usable = false;
      stuck.add(worker);
      endThoughStuck();
      void worker.terminate();
    }
    if (!('failed' in result)) return result;
    if (why !== null) throw why;
    if (result.failed === LOST) {
      throw new DsrError('internal', `the thread of the source '${place.source}' has ended`);
    }
    throw sqliteError(result.failed, table === undefined ? place : { ...place, table }, result.about);
  }

  return {
    ask,
    usable: () => usable,
    async end() {
      const givenUp = !usable;
      usable = false;
      // One that is deep in a step ends with it: nobody can wait for that.
      const ended = worker.terminate();
      if (!givenUp) await ended;
    },
  };
}

/** Threads that are deep in one step, which only a view that gathers many rows can make long. */
const stuck = new Set<Worker>();
let guarded = false;

/**
 * Node waits at its end for every thread. After Ctrl-C nobody wants that: then the process ends by the
 * signal itself, which a shell sees as 130.
 */
function endThoughStuck(): void {
  if (guarded) return;
  guarded = true;
  process.once('exit', (code) => {
    if (code !== 130 || stuck.size === 0) return;
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
  });
}

/** The thread itself ended, by a failure of its own. */
const LOST = 'LOST';

interface Watch {
  /** Resolves when the thread was told to stop and did not within the grace. */
  readonly lost: Promise<void>;
  /** Stops watching; tells why the thread was told to stop, if it was. */
  end(): DsrError | null;
}

function watched(call: Call, place: Place, interrupt: () => void): Watch {
  let why: DsrError | null = null;
  let grace: NodeJS.Timeout | undefined;
  let lose: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const stop = (reason: DsrError) => {
    if (why !== null) return;
    why = reason;
    interrupt();
    grace = setTimeout(lose, GRACE_MS);
  };
  const onAbort = () => stop(cancelled(place));
  const timer = setTimeout(() => stop(timedOut(place, call)), call.timeoutMs);
  call.signal.addEventListener('abort', onAbort, { once: true });
  return {
    lost,
    end() {
      clearTimeout(timer);
      clearTimeout(grace);
      call.signal.removeEventListener('abort', onAbort);
      return why;
    },
  };
}

/** Beside the bundle; from TypeScript sources, the one that was built last. */
function workerFile(): URL {
  const built = import.meta.url.endsWith('.ts') ? '../../dist/sqlite-worker.js' : './sqlite-worker.js';
  return new URL(built, import.meta.url);
}

function cancelled(place: Place): DsrError {
  return new DsrError(
    'cancelled',
    `${place.writing === true ? 'changing' : 'reading'} the source '${place.source}' was cancelled`,
  );
}

function timedOut(place: Place, call: Call): DsrError {
  return new DsrError(
    'transient',
    `the source '${place.source}' did not answer within ${call.timeoutMs} ms`,
    {
      hint: 'dsr doctor tells which indexes are missing',
    },
  );
}
