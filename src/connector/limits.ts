import { DsrError } from '../model/error.js';
import type { Call, Connector, Reader, Writer } from './contract.js';
import { lostCommit } from './errors.js';

/**
 * Ends each call of a connector at its abort or time-out, whether the connector listens or not. The
 * connector gets a signal that says the same, to end what runs at the source. For a reader the
 * time-out is for opening it and for each batch, waiting for the source only: however long a million
 * records take to be written down is not the source's fault. A reader that timed out is over. The same
 * holds for each step of a writer, but that a commit once begun is not aborted: its answer is worth more
 * than the moment that it takes.
 */
export function limited(connector: Connector, source: string): Connector {
  const { writer, leftovers, compact } = connector;
  return {
    properties: connector.properties,
    check: (call, matched) => within(call, source, (inner) => connector.check(inner, matched)),
    describe: (call) => within(call, source, (inner) => connector.describe(inner)),
    reader: (call) => living(call, source, (inner) => connector.reader(inner), limitedReader),
    ...(writer === undefined
      ? {}
      : {
          writer: (call) =>
            living(
              call,
              source,
              (inner) => writer.call(connector, inner),
              (opened, life) => limitedWriter(opened, life, source),
            ),
        }),
    ...(leftovers === undefined
      ? {}
      : { leftovers: (call) => within(call, source, (inner) => leftovers.call(connector, inner)) }),
    ...(compact === undefined
      ? {}
      : { compact: (call) => within(call, source, (inner) => compact.call(connector, inner)) }),
    close: () => connector.close(),
  };
}

/** Opens what lives on after the call, under the call's signal. */
async function living<T extends { close(): Promise<void> }>(
  call: Call,
  source: string,
  open: (call: Call) => Promise<T>,
  limit: (opened: T, life: Life) => T,
): Promise<T> {
  const life = lifeOf(call, source);
  try {
    const opened = await life.step(
      () => open({ signal: life.signal, timeoutMs: call.timeoutMs }),
      (late) => late.close(),
    );
    return limit(opened, life);
  } catch (error) {
    life.end();
    throw error;
  }
}

/** The signal of one call, and how long each step of it may take. */
interface Life {
  readonly signal: AbortSignal;
  /** `late` gets the result that came after the step was given up. */
  step<T>(work: () => Promise<T>, late?: (result: T) => Promise<unknown>): Promise<T>;
  /** From now on an abort is not heard; the time-out is. */
  end(): void;
}

function lifeOf({ signal, timeoutMs }: Call, source: string): Life {
  const own = new AbortController();
  const abort = () => own.abort(cancelled());
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    signal: own.signal,
    async step(work, late) {
      own.signal.throwIfAborted();
      let stop: (() => void) | undefined;
      const timer = setTimeout(() => own.abort(tookTooLong(source, timeoutMs)), timeoutMs);
      const stopped = new Promise<never>((_resolve, reject) => {
        stop = () => reject(own.signal.reason);
        own.signal.addEventListener('abort', stop, { once: true });
      });
      const running = work();
      try {
        return await Promise.race([running, stopped]);
      } catch (error) {
        running.then(late, () => undefined).catch(() => undefined);
        throw own.signal.aborted ? own.signal.reason : error;
      } finally {
        clearTimeout(timer);
        if (stop !== undefined) own.signal.removeEventListener('abort', stop);
      }
    },
    end: () => signal.removeEventListener('abort', abort),
  };
}

async function within<T>(call: Call, source: string, work: (call: Call) => Promise<T>): Promise<T> {
  const life = lifeOf(call, source);
  try {
    return await life.step(() => work({ signal: life.signal, timeoutMs: call.timeoutMs }));
  } finally {
    life.end();
  }
}

function limitedReader(reader: Reader, life: Life): Reader {
  const { scan } = reader;
  return {
    find: (query) => steps(() => reader.find(query), life),
    ...(scan === undefined ? {} : { scan: (query) => steps(() => scan.call(reader, query), life) }),
    async close() {
      life.end();
      await reader.close();
    },
  };
}

function limitedWriter(writer: Writer, life: Life, source: string): Writer {
  return {
    find: (query) => steps(() => writer.find(query), life),
    lock: (records) => life.step(() => writer.lock(records)),
    apply: (change) => life.step(() => writer.apply(change)),
    settle: () => life.step(() => writer.settle()),
    async commit() {
      life.signal.throwIfAborted();
      life.end();
      try {
        await life.step(() => writer.commit());
      } catch (error) {
        throw life.signal.aborted ? lostCommit(source, 'no answer in time') : error;
      }
    },
    async close() {
      life.end();
      await writer.close();
    },
  };
}

async function* steps<T>(ask: () => AsyncIterable<readonly T[]>, life: Life): AsyncGenerator<readonly T[]> {
  const batches = ask()[Symbol.asyncIterator]();
  let over = false;
  try {
    while (true) {
      const next = await life.step(() => batches.next());
      if (next.done === true) {
        over = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // After an abort the connector ends by its signal; waiting for it could wait for ever.
    if (!over && !life.signal.aborted) await batches.return?.();
  }
}

function cancelled(): DsrError {
  return new DsrError('cancelled', 'cancelled');
}

function tookTooLong(source: string, timeoutMs: number): DsrError {
  return new DsrError('transient', `${source}: no answer within ${timeoutMs / 1000} s`, {
    hint: 'try again, give it more time, or look for a missing index: dsr doctor',
  });
}
