import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryOf, openLedger } from '../../src/ledger/ledger.js';
import { verifyLedger } from '../../src/ledger/verify.js';
import { printed, program, result, start } from './child-process.js';
import { clockAt, findOf, folder } from './support.js';

/** Appends `count` finds (0: until killed) as `operator`, telling each number. */
const APPENDER = `
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openLedger } from 'src/ledger/ledger.js';
const [dir, operator, count, other] = process.argv.slice(2);
// Neither begins before the other is there.
writeFileSync(dir + '/ready-' + operator, '');
while (other !== undefined && !existsSync(dir + '/ready-' + other)) await wait(2);
const ledger = await openLedger(dir, { now: () => new Date(), rehearsed: false });
for (let done = 0; count === '0' || done < Number(count); done += 1) {
  const seq = ledger.append({
    kind: 'find', operator, request: null, subject: [], map: 'sha256:' + 'ab'.repeat(32),
    complete: true, sources: {}, collections: {}, open: 0,
  });
  process.stdout.write(seq + '\\n');
  // SQLite's waiting is not fair: whoever never pauses keeps the lock to itself.
  if (other !== undefined) await wait(1);
}
ledger.close();
`;

/** Kills itself while it adds more entries than SQLite keeps in memory, here 200 kB: most of them are in the file. */
const KILLED = `
import Database from 'better-sqlite3';
const { pragma } = Database.prototype;
Database.prototype.pragma = function (...args) {
  pragma.call(this, 'cache_size = 50');
  return pragma.apply(this, args);
};
import { openLedger } from 'src/ledger/ledger.js';
const ledger = await openLedger(process.argv[2], { now: () => new Date(), rehearsed: false });
const find = {
  kind: 'find', operator: 'per', request: null, subject: [], map: 'sha256:' + 'ab'.repeat(32),
  complete: true, sources: {}, collections: {}, open: 0,
};
const last = { ...find, get operator() { process.kill(process.pid, 'SIGKILL'); return 'per'; } };
ledger.append(find);
ledger.appendAll([...Array(5_000).fill(find), last]);
`;

describe('processes at the same ledger', () => {
  test('two that make it at once and append 100 each lose none and tell each number once', async () => {
    const dir = folder();
    const file = await program(APPENDER);
    const printed = await Promise.all(
      [
        ['per', 'pia'],
        ['pia', 'per'],
      ].map(([operator = '', other = '']) => result(start(file, dir, operator, '100', other))),
    );
    const told = printed.map((text) => text.trim().split('\n').map(Number));
    expect(told.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 2));
    expect((await verifyLedger(dir)).entries).toBe(201);
    const ledger = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'));
    const operators = [...ledger.links({ after: 1 })].map((link) => {
      const entry = entryOf(link);
      return entry.kind === 'find' ? entry.operator : entry.kind;
    });
    ledger.close();
    for (const operator of ['per', 'pia']) {
      expect(operators.filter((one) => one === operator)).toHaveLength(100);
    }
    // They did take turns, or the test shows nothing.
    expect(operators.slice(0, 100).includes('per') && operators.slice(0, 100).includes('pia')).toBe(true);
  }, 120_000);

  test('one killed in the middle of appending leaves every entry it told, in a chain that holds', async () => {
    const dir = folder();
    const file = await program(APPENDER);
    for (let round = 0; round < 5; round += 1) {
      const child = start(file, dir, 'per', '0');
      let last = 0;
      child.stdout?.on('data', (chunk: Buffer) => {
        last = Number(chunk.toString().trim().split('\n').at(-1)) || last;
      });
      await printed(child, '\n');
      // Somewhere else in the middle of an append each time.
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 7.3));
      child.kill('SIGKILL');
      await once(child, 'close');
      const { entries } = await verifyLedger(dir);
      expect(entries).toBeGreaterThanOrEqual(last);
      expect(last).toBeGreaterThan(1);
    }
    const ledger = await openLedger(dir, clockAt('2026-03-03T09:00:00Z'));
    const before = ledger.head().count;
    expect(ledger.append(findOf(ledger))).toBe(before + 1);
    ledger.close();
    expect((await verifyLedger(dir)).entries).toBe(before + 1);
  }, 120_000);

  test('one killed while it adds many at once leaves none of them, though they had reached the file', async () => {
    const dir = folder();
    const child = start(await program(KILLED), dir);
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGKILL');
    expect(statSync(join(dir, 'ledger.db')).size).toBeGreaterThan(1_000_000);
    expect((await verifyLedger(dir)).entries).toBe(2);
  }, 120_000);
});
