import { setTimeout as wait } from 'node:timers/promises';
import { DsrError } from '../model/error.js';
import type { Call, Connector, Found, Reader } from './contract.js';

export interface Pace {
  /** Requests to the source in a second, at most; a batch of a find counts as one. */
  readonly perSecond: number;
  /** For tests; milliseconds, and a wait that an abort ends. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Spaces requests evenly over all readers of a connector: for sources that count them. */
export function rateLimited(connector: Connector, pace: Pace): Connector {
  const turn = turns(pace);
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
    close: () => connector.close(),
  };
}

function pacedReader(reader: Reader, turn: () => Promise<void>): Reader {
  return {
    async *find(query): AsyncGenerator<readonly Found[]> {
      await turn();
      for await (const batch of reader.find(query)) {
        yield batch;
        await turn();
      }
    },
    close: () => reader.close(),
  };
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
