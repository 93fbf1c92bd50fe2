import { setTimeout as wait } from 'node:timers/promises';
import { DsrError } from '../model/error.js';
import type { Call, Connector, Reader, Writer } from './contract.js';

export interface Pace {
  /** Requests to the source in a second, at most; a batch of a find or scan counts as one. */
  readonly perSecond: number;
  /** For tests; milliseconds, and a wait that an abort ends. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Spaces requests evenly over all readers and writers of a connector: for sources that count them. */
export function rateLimited(connector: Connector, pace: Pace): Connector {
  const turn = turns(pace);
  const { writer, leftovers, compact } = connector;
  return {
    properties: connector.properties,
    async check(call, matched) {
      await turn(call);
      return connector.check(call, matched);
    },
    async describe(call) {
      await turn(call);
      return connector.describe(call);
    },
    async reader(call) {
      await turn(call);
      return pacedReader(await connector.reader(call), () => turn(call));
    },
    ...(writer === undefined
      ? {}
      : {
          async writer(call) {
            await turn(call);
            return pacedWriter(await writer.call(connector, call), () => turn(call));
          },
        }),
    ...(leftovers === undefined
      ? {}
      : {
          async leftovers(call) {
            await turn(call);
            return leftovers.call(connector, call);
          },
        }),
    ...(compact === undefined
      ? {}
      : {
          async compact(call) {
            await turn(call);
            await compact.call(connector, call);
          },
        }),
    close: () => connector.close(),
  };
}

type Turn = () => Promise<void>;

function pacedReader(reader: Reader, turn: Turn): Reader {
  const { scan } = reader;
  return {
    find: (query) => paced(() => reader.find(query), turn),
    ...(scan === undefined ? {} : { scan: (query) => paced(() => scan.call(reader, query), turn) }),
    close: () => reader.close(),
  };
}

function pacedWriter(writer: Writer, turn: Turn): Writer {
  const after =
    <Asked, Answer>(work: (asked: Asked) => Promise<Answer>) =>
    async (asked: Asked): Promise<Answer> => {
      await turn();
      return work(asked);
    };
  return {
    find: (query) => paced(() => writer.find(query), turn),
    lock: after((records) => writer.lock(records)),
    apply: after((change) => writer.apply(change)),
    async settle() {
      await turn();
      await writer.settle();
    },
    // Never held up: what it would let wait are other people's transactions.
    commit: () => writer.commit(),
    close: () => writer.close(),
  };
}

async function* paced<T>(ask: () => AsyncIterable<readonly T[]>, turn: Turn): AsyncGenerator<readonly T[]> {
  await turn();
  for await (const batch of ask()) {
    yield batch;
    await turn();
  }
}

function turns({ perSecond, now = Date.now, sleep = pause }: Pace): (call: Call) => Promise<void> {
  const between = 1_000 / perSecond;
  let next = Number.NEGATIVE_INFINITY;
  return async ({ signal }) => {
    const at = now();
    const mine = Math.max(at, next);
    next = mine + between;
    if (mine > at) await sleep(mine - at, signal);
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    throw new DsrError('cancelled', 'cancelled');
  }
}
