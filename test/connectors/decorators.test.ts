import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call, Connector, Found, Query } from '../../src/connector/contract.js';
import { driverError } from '../../src/connector/errors.js';
import { limited } from '../../src/connector/limits.js';
import { rateLimited } from '../../src/connector/rate-limit.js';
import { opened } from '../../src/connector/retry.js';
import { DsrError } from '../../src/model/error.js';

const query: Query = { collection: 'c', key: [], matches: [], fields: [] };
const never = <T>() => new Promise<T>(() => undefined);

/** A source that answers as `batch` says; `seen` is what it was told. */
function source(batch: (number: number) => Promise<readonly Found[] | null>) {
  const seen = { signals: [] as AbortSignal[], returned: 0, closed: 0 };
  const connector: Connector = {
    properties: { matchModes: ['exact'], atomicity: 'none', concurrency: 1, lookup: 'remote' },
    check: async () => [],
    describe: async ({ signal }) => {
      seen.signals.push(signal);
      return (await batch(0)) === null ? never() : { collections: [] };
    },
    reader: async ({ signal }) => {
      seen.signals.push(signal);
      return {
        async *find() {
          try {
            for (let number = 1; ; number += 1) {
              const found = await batch(number);
              if (found === null) return;
              yield found;
            }
          } finally {
            seen.returned += 1;
          }
        },
        close: async () => {
          seen.closed += 1;
        },
      };
    },
    close: async () => undefined,
  };
  return { connector, seen };
}

const call = (timeoutMs: number, signal = new AbortController().signal): Call => ({ signal, timeoutMs });
const caught = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('a limited connector', () => {
  it('gives up a source that does not answer, and tells it so', async () => {
    const { connector, seen } = source(async () => null);
    const error = await caught(limited(connector, 'crm').describe(call(30)));
    expect(error).toMatchObject({ kind: 'transient', message: 'crm: no answer within 0.03 s' });
    expect(seen.signals[0]?.aborted).toBe(true);
  });

  it('counts the time of each batch, not that of the whole reading or of who reads', async () => {
    const { connector, seen } = source(async (number) => (number > 4 ? null : []));
    const reader = await limited(connector, 'crm').reader(call(60));
    let batches = 0;
    for await (const _batch of reader.find(query)) {
      batches += 1;
      await wait(40);
    }
    expect(batches).toBe(4);
    expect(seen.signals[0]?.aborted).toBe(false);
    await reader.close();
  });

  it('ends a reader whose source hangs in the middle, for good', async () => {
    const { connector } = source((number) => (number > 1 ? never() : Promise.resolve([])));
    const reader = await limited(connector, 'crm').reader(call(30));
    const found = reader.find(query)[Symbol.asyncIterator]();
    await found.next();
    expect(await caught(found.next())).toMatchObject({ kind: 'transient' });
    expect(await caught(reader.find(query)[Symbol.asyncIterator]().next())).toMatchObject({
      kind: 'transient',
    });
  });

  it('is cancelled at once by an abort, also one that came before', async () => {
    const { connector, seen } = source(() => never());
    const controller = new AbortController();
    const reader = await limited(connector, 'crm').reader(call(60_000, controller.signal));
    const asked = caught(reader.find(query)[Symbol.asyncIterator]().next());
    controller.abort();
    expect(await asked).toMatchObject({ kind: 'cancelled' });
    expect(seen.signals[0]?.aborted).toBe(true);
    expect(await caught(limited(connector, 'crm').describe(call(60_000, controller.signal)))).toMatchObject({
      kind: 'cancelled',
    });
    expect(seen.signals).toHaveLength(1);
  });

  it('lets the source know when an iteration is broken off', async () => {
    const { connector, seen } = source(async () => []);
    const reader = await limited(connector, 'crm').reader(call(1_000));
    for await (const _batch of reader.find(query)) break;
    expect(seen.returned).toBe(1);
  });

  it('closes a reader that came after it was given up', async () => {
    const { connector, seen } = source(async () => []);
    const late: Connector = {
      ...connector,
      reader: async (made) => {
        await wait(40);
        return connector.reader(made);
      },
    };
    expect(await caught(limited(late, 'crm').reader(call(10)))).toMatchObject({ kind: 'transient' });
    await expect.poll(() => seen.closed).toBe(1);
  });
});

describe('a rate-limited connector', () => {
  it('spaces requests evenly, over all its readers', async () => {
    const { connector } = source(async (number) => (number > 2 ? null : []));
    let now = 0;
    const waits: number[] = [];
    const slow = rateLimited(connector, {
      perSecond: 4,
      now: () => now,
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    });
    await slow.describe(call(1_000)).catch(() => undefined);
    const reader = await slow.reader(call(1_000));
    for await (const _batch of reader.find(query)) now += 100;
    // describe at 0, reader at 250, find at 500, then 750 and 1,000 less the 100 that passed by themselves.
    expect(waits).toEqual([250, 250, 150, 150]);
  });

  it('waits no longer than to the abort', async () => {
    const { connector } = source(async () => []);
    const controller = new AbortController();
    const slow = rateLimited(connector, { perSecond: 0.01 });
    await slow.describe(call(1_000));
    const second = caught(slow.describe(call(1_000, controller.signal)));
    controller.abort();
    expect(await second).toMatchObject({ kind: 'cancelled' });
  });
});

describe('opening', () => {
  const { signal } = new AbortController();
  const failing = (kind: 'transient' | 'config', times: number) => {
    let tries = 0;
    return {
      open: async () => {
        tries += 1;
        if (tries <= times) throw new DsrError(kind, 'no');
        return tries;
      },
      tries: () => tries,
    };
  };

  it('is tried again while the source may still come', async () => {
    expect(await opened(failing('transient', 2).open, signal, [1, 1])).toBe(3);
  });

  it('is not tried for ever, nor where trying cannot help', async () => {
    const down = failing('transient', 9);
    await expect(opened(down.open, signal, [1, 1])).rejects.toMatchObject({ kind: 'transient' });
    expect(down.tries()).toBe(3);
    const wrong = failing('config', 9);
    await expect(opened(wrong.open, signal, [1, 1])).rejects.toMatchObject({ kind: 'config' });
    expect(wrong.tries()).toBe(1);
  });
});

describe("a driver's error", () => {
  const place = { source: 'crm', collection: 'public.customer' };
  it.each([
    [{ code: '42501' }, 'config', 'a privilege is missing'],
    [{ code: 'ER_ACCESS_DENIED_ERROR' }, 'config', 'password was refused'],
    [{ code: 'SQLITE_BUSY_SNAPSHOT' }, 'transient', 'locked'],
    [{ code: '22P02' }, 'data', 'could not be read'],
    [{ code: '57P01' }, 'transient', 'stopping'],
    [
      new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]),
      'transient',
      'refused the connection',
    ],
    [new Error('Connection terminated unexpectedly'), 'transient', 'connection was lost'],
  ] as const)('is told by its code (%#)', (error, kind, what) => {
    const told = driverError(error, place);
    expect(told.kind).toBe(kind);
    expect(told.message).toContain(what);
    expect(told.message).toContain('crm: public.customer');
  });

  it('tells table and constraint, and nothing that could be a value', () => {
    const secret = '19900602-2397';
    const error = Object.assign(new Error(`Key (pnr)=(${secret}) exists`), {
      ...{ code: '23505', table: 'customer', constraint: 'customer_pnr_key', column: `${secret}\n` },
      ...{ detail: secret, where: secret, sql: `select ${secret}`, cause: secret },
    });
    const told = driverError(error, place);
    expect(told.message).toContain('table customer, constraint customer_pnr_key');
    expect([told.message, told.hint, told.place, told.stack, JSON.stringify(told)].join()).not.toContain(
      '2397',
    );
    expect(told.cause).toBeUndefined();
  });

  it('that is none is a bug, told by where it arose', () => {
    const told = driverError(new TypeError('19900602-2397 is not a function'), place);
    expect(told.kind).toBe('internal');
    expect(told.message).toMatch(/TypeError at .*decorators\.test\.ts:\d+/);
    expect(`${told.message}${told.stack}`).not.toContain('2397');
  });
});
