import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call, Connector, Found, Query, Scan, Writer } from '../../src/connector/contract.js';
import { commitError, driverError } from '../../src/connector/errors.js';
import { keySetOf } from '../../src/connector/key-set.js';
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

/** The same source, with a writer whose steps answer as `step` does. */
function writable(step: (name: string) => Promise<unknown>) {
  const { connector } = source(async () => []);
  const seen = { signals: [] as AbortSignal[], steps: [] as string[] };
  const take = async (name: string) => {
    seen.steps.push(name);
    await step(name);
  };
  const made: Writer = {
    async *find() {
      await take('find');
      yield [];
    },
    lock: async () => {
      await take('lock');
      return 1;
    },
    apply: async () => {
      await take('apply');
      return { records: 1 };
    },
    settle: () => take('settle'),
    commit: () => take('commit'),
    close: () => take('close'),
  };
  const writer = async ({ signal }: Call) => {
    seen.signals.push(signal);
    return made;
  };
  return { connector: { ...connector, writer }, seen };
}

const opening = async (connector: Connector, asked: Call): Promise<Writer> => {
  if (connector.writer === undefined) throw new Error('it has no writer');
  return connector.writer(asked);
};
const change = { kind: 'delete', collection: 'c', key: ['id'], keys: keySetOf([[1]]) } as const;

describe('a limited writer', () => {
  it('is there where the connector has one', () => {
    expect(limited(source(async () => []).connector, 'crm').writer).toBeUndefined();
    expect(rateLimited(source(async () => []).connector, { perSecond: 1 }).writer).toBeUndefined();
    expect(limited(writable(never).connector, 'crm').writer).toBeDefined();
  });

  it.each(['lock', 'apply', 'settle', 'find'])(
    'gives up %s after its time, and tells the source so',
    async (name) => {
      const { connector, seen } = writable((step) => (step === name ? never() : Promise.resolve()));
      const writer = await opening(limited(connector, 'crm'), call(30));
      const work = {
        lock: () => writer.lock(change),
        apply: () => writer.apply(change),
        settle: () => writer.settle(),
        find: () => writer.find(query)[Symbol.asyncIterator]().next(),
      }[name];
      expect(await caught(work?.() ?? Promise.resolve())).toMatchObject({
        kind: 'transient',
        message: 'crm: no answer within 0.03 s',
      });
      expect(seen.signals[0]?.aborted).toBe(true);
      expect(await caught(writer.commit())).toMatchObject({ kind: 'transient' });
      expect(seen.steps).not.toContain('commit');
      await writer.close();
      expect(seen.steps).toContain('close');
    },
  );

  it('brings a commit once begun to its end, whatever is aborted meanwhile', async () => {
    const { connector, seen } = writable((step) => (step === 'commit' ? wait(40) : Promise.resolve()));
    const controller = new AbortController();
    const writer = await opening(limited(connector, 'crm'), call(5_000, controller.signal));
    const committing = caught(writer.commit());
    controller.abort();
    expect(await committing).toBeNull();
    expect(seen.signals[0]?.aborted).toBe(false);
  });

  it('begins no commit after an abort', async () => {
    const { connector, seen } = writable(async () => undefined);
    const controller = new AbortController();
    const writer = await opening(limited(connector, 'crm'), call(5_000, controller.signal));
    controller.abort();
    expect(await caught(writer.commit())).toMatchObject({ kind: 'cancelled' });
    expect(seen.steps).toEqual([]);
  });

  it('says of a commit without an answer in time that it may have landed', async () => {
    const { connector } = writable((step) => (step === 'commit' ? never() : Promise.resolve()));
    const writer = await opening(limited(connector, 'crm'), call(30));
    expect(await caught(writer.commit())).toMatchObject({
      kind: 'transient',
      message: 'crm: no answer in time at the commit: it may have landed, or not',
    });
  });
});

/** A source with a pass, leftovers and compaction, whose steps answer as `step` does. */
function whole(step: (name: string) => Promise<unknown>) {
  const { connector, seen } = source(async () => []);
  const more: Connector = {
    ...connector,
    reader: async (made) => ({
      ...(await connector.reader(made)),
      async *scan() {
        try {
          for (let number = 1; number <= 3; number += 1) {
            await step(`scan ${number}`);
            yield [];
          }
        } finally {
          seen.returned += 1;
        }
      },
    }),
    leftovers: async ({ signal }) => {
      seen.signals.push(signal);
      await step('leftovers');
      return [{ what: 'a', until: 'b', remedy: null }];
    },
    compact: async ({ signal }) => {
      seen.signals.push(signal);
      await step('compact');
    },
  };
  return { connector: more, seen };
}

const pass: Scan = { collection: 'c', key: [], fields: [], containing: null };

describe('what a connector may have', () => {
  const decorated = [
    ['limited', (connector: Connector) => limited(connector, 'crm')],
    ['rate-limited', (connector: Connector) => rateLimited(connector, { perSecond: 1_000 })],
  ] as const;

  it.each(decorated)('is there where it has it, and only there: %s', async (_name, decorate) => {
    const bare = decorate(source(async () => []).connector);
    expect([bare.leftovers, bare.compact]).toEqual([undefined, undefined]);
    expect((await bare.reader(call(1_000))).scan).toBeUndefined();
    const steps: string[] = [];
    const all = decorate(whole(async (name) => steps.push(name)).connector);
    expect(await all.leftovers?.(call(1_000))).toEqual([{ what: 'a', until: 'b', remedy: null }]);
    await all.compact?.(call(1_000));
    const reader = await all.reader(call(1_000));
    let batches = 0;
    for await (const _batch of reader.scan?.(pass) ?? []) batches += 1;
    expect(batches).toBe(3);
    expect(steps).toEqual(['leftovers', 'compact', 'scan 1', 'scan 2', 'scan 3']);
  });

  it('is given up after its time; for a pass that is the time of each batch', async () => {
    const { connector, seen } = whole((name) => (name.startsWith('scan') ? wait(40) : never()));
    for (const work of ['leftovers', 'compact'] as const) {
      const error = await caught(limited(connector, 'crm')[work]?.(call(30)) ?? Promise.resolve());
      expect(error).toMatchObject({ kind: 'transient' });
      expect(seen.signals.at(-1)?.aborted).toBe(true);
    }
    const patient = await limited(connector, 'crm').reader(call(90));
    let batches = 0;
    for await (const _batch of patient.scan?.(pass) ?? []) batches += 1;
    expect(batches).toBe(3);
    const hasty = await limited(connector, 'crm').reader(call(20));
    const next = hasty.scan?.(pass)[Symbol.asyncIterator]().next();
    expect(await caught(next ?? Promise.resolve())).toMatchObject({ kind: 'transient' });
  });

  it('lets the source know when a pass is broken off', async () => {
    for (const [, decorate] of decorated) {
      const { connector, seen } = whole(async () => undefined);
      const reader = await decorate(connector).reader(call(1_000));
      for await (const _batch of reader.scan?.(pass) ?? []) break;
      expect(seen.returned).toBe(1);
    }
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

  it("spaces a writer's steps too, but holds no commit up", async () => {
    const { connector, seen } = writable(async () => undefined);
    const waits: number[] = [];
    const slow = rateLimited(connector, {
      perSecond: 4,
      now: () => 0,
      sleep: async (ms) => void waits.push(ms),
    });
    const writer = await opening(slow, call(1_000));
    for await (const _batch of writer.find(query)) await writer.lock(change);
    await writer.apply(change);
    await writer.settle();
    await writer.commit();
    await writer.close();
    expect(seen.steps).toEqual(['find', 'lock', 'apply', 'settle', 'commit', 'close']);
    expect(waits).toEqual([250, 500, 750, 1_000, 1_250]);
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

  it.each([
    [{ code: '23503' }, 'data', 'a foreign key refuses it'],
    [{ code: 'ER_NO_REFERENCED_ROW_2' }, 'data', 'a foreign key refuses it'],
    [{ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }, 'data', 'a foreign key refuses it'],
    [{ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }, 'data', 'a unique key refuses it'],
    [{ code: 'SQLITE_CONSTRAINT_NOTNULL' }, 'data', 'may not be empty'],
    [{ code: 'SQLITE_CONSTRAINT_TRIGGER' }, 'data', 'a trigger refuses it'],
    [{ code: 'SQLITE_CONSTRAINT_VTAB' }, 'data', 'the source refused it'],
    [
      { errno: 4025, code: 'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE' },
      'data',
      'a check refuses it (code ER_CONSTRAINT_FAILED)',
    ],
    [{ errno: 1969 }, 'transient', 'the server ended the statement'],
    [{ errno: 4999 }, 'data', 'the source refused it (code 4999)'],
    [{ code: '22003' }, 'data', 'does not fit its column'],
    [{ code: '40001' }, 'conflict', 'changed it meanwhile'],
    [{ code: 'ER_CHECKREAD' }, 'conflict', 'changed it meanwhile'],
    [{ code: '40P01' }, 'transient', 'deadlock'],
    [{ code: '25006' }, 'config', 'it may only be read'],
    [{ code: 'SQLITE_READONLY_DBMOVED' }, 'config', 'it may only be read'],
    [{ code: 'ER_OPTION_PREVENTS_STATEMENT' }, 'config', 'it may only be read'],
    [{ code: '42501' }, 'config', 'a privilege is missing'],
  ] as const)('of a change is told by its code (%#)', (error, kind, what) => {
    const told = driverError(error, { ...place, writing: true });
    expect(told.kind).toBe(kind);
    expect(told.message).toContain(what);
  });

  it.each([
    [{ code: '23503' }, 'data', false],
    [{ code: '40P01' }, 'transient', false],
    [{ code: 'SQLITE_BUSY' }, 'transient', false],
    [{ code: '57P01' }, 'transient', true],
    [{ code: 'XX000' }, 'transient', true],
    [{ code: 'ECONNRESET' }, 'transient', true],
    [{ code: 'PROTOCOL_CONNECTION_LOST' }, 'transient', true],
    [{ errno: 1927 }, 'transient', true],
    [new Error('Connection terminated unexpectedly'), 'transient', true],
  ] as const)('of a commit says whether it may have landed (%#)', (error, kind, landed) => {
    const told = commitError(error, place);
    expect(told.kind).toBe(kind);
    expect(told.message.includes('may have landed')).toBe(landed);
  });

  it("takes names, and no value, out of MySQL's messages", () => {
    const secret = '19900602-2397';
    const error = (code: string, message: string) =>
      driverError(Object.assign(new Error(message), { code }), place);
    expect(
      error(
        'ER_ROW_IS_REFERENCED_2',
        'Cannot delete or update a parent row: a foreign key constraint fails (`crm`.`invoice`, CONSTRAINT `invoice_fk` FOREIGN KEY (`c`) REFERENCES `customer` (`id`))',
      ).message,
    ).toContain('table invoice, constraint invoice_fk');
    for (const value of [
      secret,
      `x' for key '${secret}`,
      `\`${secret}\`.\`${secret}\`, CONSTRAINT \`${secret}\``,
    ]) {
      const told = error('ER_DUP_ENTRY', `Duplicate entry '${value}' for key 'customer_pnr'`);
      expect(told.message).toContain('constraint customer_pnr');
      expect(told.message).not.toContain('2397');
      for (const code of [
        'ER_BAD_NULL_ERROR',
        'ER_DATA_TOO_LONG',
        'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
        'ER_SIGNAL_EXCEPTION',
      ]) {
        expect(error(code, `Incorrect value: '${value}' for column 'pnr' at row 1`).message).not.toContain(
          '2397',
        );
      }
    }
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

  it.each(['Anna Lindqvist', 'anna-lindqvist', '199006022397', 'anna@example.se', ''])(
    'tells no name of a table that a trigger made up of a value: %j',
    (value) => {
      const error = Object.assign(new Error('x'), {
        ...{ code: 'P0001', table: value, column: value, constraint: value },
      });
      expect(driverError(error, place).message).toMatch(/\(code P0001\)$/);
    },
  );

  it('tells the names of a schema in any script', () => {
    const error = Object.assign(new Error('x'), { code: '23505', table: 'bokföring$2', constraint: '_a.b' });
    expect(driverError(error, place).message).toContain('table bokföring$2, constraint _a.b');
  });

  it('that is none is a bug, told by where it arose', () => {
    const told = driverError(new TypeError('19900602-2397 is not a function'), place);
    expect(told.kind).toBe('internal');
    expect(told.message).toMatch(/TypeError at .*decorators\.test\.ts:\d+/);
    expect(`${told.message}${told.stack}`).not.toContain('2397');
  });
});
