import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RequestId } from '../../src/model/request.js';
import { openWork } from '../../src/work/work.js';
import { program, result, start } from '../ledger/child-process.js';
import { clockAt, folder } from '../ledger/support.js';
import { exportOf, NOW, nothing, tag, workIn } from './support.js';

describe('the work file', () => {
  test('is one private file', async () => {
    const dir = folder();
    const work = await workIn(dir);
    work.openRequest(exportOf('anna@example.se'), nothing);
    expect(readdirSync(dir)).toEqual(['work.db']);
    expect(statSync(join(dir, 'work.db')).mode & 0o777).toBe(0o600);
  });

  test('written by a newer dsr is refused', async () => {
    const dir = folder();
    await workIn(dir);
    const db = new Database(join(dir, 'work.db'));
    db.pragma('user_version = 99');
    db.close();
    await expect(workIn(dir)).rejects.toMatchObject({ kind: 'config', hint: expect.stringMatching(/newer/) });
  });
});

describe('requests', () => {
  test('are numbered by year, from where the ledger left off', async () => {
    const work = await workIn(folder());
    const open = (year: number, above: number) =>
      work.openRequest(exportOf('anna@example.se', { year, above: () => above }), nothing);
    expect([
      open(2026, 0),
      open(2026, 0),
      open(2027, 0),
      open(2026, 41),
      open(2026, 0),
      open(2026, 9_999),
    ]).toEqual(['R-2026-0001', 'R-2026-0002', 'R-2027-0001', 'R-2026-0042', 'R-2026-0043', 'R-2026-10000']);
  });

  test('opened by two processes at once never share a number', async () => {
    const dir = folder();
    const file = await program(`
      import { openWork } from 'src/work/work.js';
      const work = await openWork(process.argv[2], { now: () => new Date(), rehearsed: false });
      const ids = [];
      for (let count = 0; count < 40; count += 1) {
        ids.push(work.openRequest({
          type: 'erase', received: '2026-03-03', year: 2026, above: () => 0,
          identifiers: [], subject: [], operator: 'per',
        }, () => {}));
      }
      console.log(JSON.stringify(ids));
    `);
    const printed = await Promise.all([1, 2].map(() => result(start(file, dir))));
    const ids = printed.flatMap((text) => JSON.parse(text) as string[]);
    expect(new Set(ids).size).toBe(80);
    expect([...ids].sort().at(-1)).toBe('R-2026-0080');
  }, 60_000);

  test('that the ledger could not hold are not opened', async () => {
    const work = await workIn(folder());
    const refuse = () => {
      throw new Error('the ledger is locked');
    };
    expect(() => work.openRequest(exportOf('anna@example.se'), refuse)).toThrow('locked');
    expect([...work.requests()]).toEqual([]);
    expect(work.openRequest(exportOf('anna@example.se'), nothing)).toBe('R-2026-0001');
  });

  test('keep identifiers as given, and what happened in order', async () => {
    const work = await workIn(folder());
    const identifiers = [
      { type: 'personnummer', value: '199006022397' },
      { type: 'email', value: 'anna@example.se' },
    ];
    const id = work.openRequest(exportOf('anna@example.se', { identifiers }), nothing);
    work.addEvent(id, 'started', 'pia', nothing);
    expect(work.identifiers(id)).toEqual(identifiers);
    expect(work.request(id)).toEqual({
      request: id,
      type: 'export',
      received: '2026-03-03',
      operator: 'per',
      rehearsed: false,
      events: [
        { event: 'opened', at: NOW, operator: 'per' },
        { event: 'started', at: NOW, operator: 'pia' },
      ],
    });
  });

  test('that are not there are a usage error that repeats nothing', async () => {
    const work = await workIn(folder());
    for (const ask of [
      () => work.request('anna@example.se'),
      () => work.identifiers('anna@example.se'),
      () => work.addEvent('R-2026-0009', 'closed', 'per', nothing),
    ]) {
      expect(ask).toThrow(
        expect.objectContaining({ kind: 'usage', message: expect.not.stringContaining('anna') }),
      );
    }
  });

  test('are listed by whoever bears a tag, over windows of many', async () => {
    const work = await workIn(folder());
    for (let count = 0; count < 520; count += 1)
      work.openRequest(exportOf(`a${count % 2}@example.se`), nothing);
    expect([...work.requests()].map((one) => one.request)).toEqual(
      Array.from({ length: 520 }, (_, index) => `R-2026-${String(index + 1).padStart(4, '0')}`),
    );
    expect([...work.requests(['tag of a1', 'tag of none'])]).toHaveLength(260);
    expect([...work.requests(['tag of none'])]).toEqual([]);
    expect([...work.requests([])]).toEqual([]);
  });
});

describe('decisions', () => {
  test('have the same id for the same fingerprint within a scope, whatever comes beside it', async () => {
    const work = await workIn(folder());
    const model = new Map<string, Map<string, string>>();
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    fc.assert(
      fc.property(fc.constantFrom('one', 'two'), fc.uniqueArray(word), (scope, fingerprints) => {
        const known = model.get(scope) ?? new Map<string, string>();
        model.set(scope, known);
        for (const fingerprint of fingerprints) {
          if (!known.has(fingerprint)) known.set(fingerprint, `D${known.size + 1}`);
        }
        expect(work.decisionIds(scope, fingerprints)).toEqual(fingerprints.map((one) => known.get(one)));
      }),
    );
  });

  test('keep their answers; a later one replaces an earlier one', async () => {
    const work = await workIn(folder());
    work.decisionIds('R-2026-0001', ['leads 9', 'leads 10', 'leads 11']);
    const given = [{ id: 'D1', answer: 'accept' } as const, { id: 'D2', answer: 'reject' } as const];
    work.answer('R-2026-0001', given, 'per', nothing);
    work.answer('R-2026-0001', [{ id: 'D1', answer: 'reject' }], 'pia', nothing);
    expect(work.answers('R-2026-0001')).toEqual(
      new Map([
        ['leads 9', 'reject'],
        ['leads 10', 'reject'],
      ]),
    );
    expect(work.answers('R-2026-0002')).toEqual(new Map());
  });

  test('that are not there are told with those that are, and nothing is answered', async () => {
    const work = await workIn(folder());
    work.decisionIds('here', ['x', 'y']);
    const given = [
      { id: 'D1', answer: 'accept' } as const,
      { id: 'anna@example.se', answer: 'accept' } as const,
    ];
    expect(() => work.answer('here', given, 'per', nothing)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        hint: 'there are D1, D2',
        message: expect.not.stringContaining('anna'),
      }),
    );
    expect(work.answers('here').size).toBe(0);
  });

  test('cannot be accepted and rejected at once', async () => {
    const work = await workIn(folder());
    work.decisionIds('here', ['x']);
    const given = [{ id: 'D1', answer: 'accept' } as const, { id: 'D1', answer: 'reject' } as const];
    expect(() => work.answer('here', given, 'per', nothing)).toThrow(
      expect.objectContaining({ kind: 'usage' }),
    );
  });

  test('that the ledger could not hold are not answered', async () => {
    const work = await workIn(folder());
    work.decisionIds('here', ['x']);
    const refuse = () => {
      throw new Error('locked');
    };
    expect(() => work.answer('here', [{ id: 'D1', answer: 'accept' }], 'per', refuse)).toThrow('locked');
    expect(work.answers('here').size).toBe(0);
  });

  test('of a search nobody came back to are gone after a month, those of a request are not', async () => {
    const dir = folder();
    const work = await openWork(dir, clockAt('2026-01-01T00:00:00Z'));
    const request = work.openRequest(exportOf('anna@example.se'), nothing);
    work.decisionIds('old search', ['x']);
    work.decisionIds(request, ['x']);
    for (const scope of ['old search', request]) {
      work.answer(scope, [{ id: 'D1', answer: 'accept' }], 'per', nothing);
    }
    work.close();
    const rehearsal = await workIn(dir, clockAt('2030-01-01T00:00:00Z', true));
    expect(rehearsal.answers('old search').size).toBe(1);
    const later = await workIn(dir, clockAt('2026-02-01T00:00:00Z'));
    expect(later.answers('old search').size).toBe(0);
    expect(later.answers(request).size).toBe(1);
  });
});

describe('extracts handed out', () => {
  test('are found again by any tag of the person, within the time asked for', async () => {
    const dir = folder();
    const subject = [
      { type: 'email', tag: tag('e') },
      { type: 'personnummer', tag: tag('p') },
    ];
    const hand = async (at: string) => {
      const work = await openWork(dir, clockAt(at));
      const request = work.openRequest(exportOf('anna@example.se'), nothing);
      work.recordExtract({ request, file: 'x.zip', sha256: 'sha256:00', bytes: 7 }, subject, nothing);
      work.close();
    };
    for (const at of ['2025-01-01T00:00:00Z', '2025-06-01T00:00:00Z', '2026-01-01T00:00:00Z']) await hand(at);
    const work = await workIn(dir);
    const since = new Date('2025-03-03T09:00:00Z');
    expect(work.extracts(['p', 'other'], since).map(({ request, at }) => [request, at])).toEqual([
      ['R-2026-0002', '2025-06-01T00:00:00.000Z'],
      ['R-2026-0003', '2026-01-01T00:00:00.000Z'],
    ]);
    expect(work.extracts(['e', 'p'], new Date(0))).toHaveLength(3);
    expect(work.extracts(['other'], new Date(0))).toEqual([]);
  });
});

/** The same numbers from 0 to 1 each time (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('purging a request', () => {
  test('leaves no byte of its identifiers, decisions and paths in any file, while others stay', async () => {
    const dir = folder();
    const work = await workIn(dir);
    // Of many lengths, in no order, some removed in between: pages split and cells move, which leaves
    // copies behind that `secure_delete` by itself does not overwrite.
    const random = generator(5);
    const ids: RequestId[] = [];
    for (let index = 0; index < 150; index += 1) {
      const mark = `hemlig${index}.`;
      const subject = [{ type: 'email', tag: tag(`t${index}`) }];
      const request = work.openRequest(exportOf(`${mark}@example.se`, { subject }), nothing);
      const file = `/tmp/${mark}zip`;
      work.recordExtract({ request, file, sha256: 'sha256:00', bytes: 7 }, subject, nothing);
      ids.push(request);
    }
    const isKept = (index: number) => index % 50 === 7;
    for (let round = 1; round <= 200; round += 1) {
      const index = Math.floor(random() * ids.length);
      const texts = Array.from(
        { length: 4 },
        () => `hemlig${index}.${Math.floor(random() * 1e9)}${'x'.repeat(random() ** 4 * 6_000)}`,
      );
      work.decisionIds(ids[index] ?? '', texts);
      const over = Math.floor(random() * ids.length);
      if (round % 10 === 0 && !isKept(over)) work.purge(ids.slice(over, over + 1));
    }
    expect(readFileSync(join(dir, 'work.db')).includes('hemlig')).toBe(true);
    work.purge(ids.filter((_, index) => !isKept(index)));
    const found = new Set<string>();
    for (const name of readdirSync(dir)) {
      const text = readFileSync(join(dir, name)).toString('latin1');
      for (const [match] of text.matchAll(/hemlig\d*/g)) found.add(match);
    }
    expect([...found].sort()).toEqual(['hemlig107', 'hemlig57', 'hemlig7']);
    expect(work.identifiers(ids[7] ?? '')).toHaveLength(1);
    expect(work.request(ids[0] ?? '').events).toHaveLength(1);
    expect(work.extracts(['t0'], new Date(0))).toMatchObject([{ file: null }]);
    expect([...work.requests(['t0'])]).toHaveLength(1);
  }, 60_000);

  test('is finished by the next to open the file where another process had it open', async () => {
    const dir = folder();
    const work = await openWork(dir, clockAt(NOW), { busyTimeoutMs: 20 });
    const file = join(dir, 'work.db');
    const request = work.openRequest(exportOf('hemlig@example.se'), nothing);
    const reader = new Database(file);
    onTestFinished(() => void reader.close());
    const chores = () => reader.prepare('select name from chores').all();
    work.purge([request]);
    expect(chores()).toEqual([]);
    // As if the file had been in use just then.
    reader.exec(`insert into chores values ('wipe')`);
    reader.exec('begin; select * from requests');
    work.close();
    const again = await openWork(dir, clockAt(NOW), { busyTimeoutMs: 20 });
    again.close();
    reader.exec('commit');
    expect(chores()).toHaveLength(1);
    await workIn(dir);
    expect(chores()).toEqual([]);
  });
});
