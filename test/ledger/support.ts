import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { FindDone, Sha256 } from '../../src/ledger/entry.js';
import { type Ledger, openLedger } from '../../src/ledger/ledger.js';
import type { Clock } from '../../src/model/clock.js';

export const MAP: Sha256 = `sha256:${'ab'.repeat(32)}`;

/** A private folder that is gone after the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dsr-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function clockAt(time: string, rehearsed = false): Clock {
  return { now: () => new Date(time), rehearsed };
}

export async function ledgerIn(dir: string, clock = clockAt('2026-03-03T09:00:00Z')): Promise<Ledger> {
  const ledger = await openLedger(dir, clock);
  onTestFinished(() => ledger.close());
  return ledger;
}

/** Somebody looked for anna@example.se. */
export function findOf(ledger: Ledger, value = 'anna@example.se'): FindDone {
  return {
    kind: 'find',
    operator: 'per',
    request: null,
    subject: [{ type: 'email', tag: ledger.subjectTag('email', value) }],
    map: MAP,
    complete: true,
    sources: { crm: 'searched' },
    collections: { 'crm.customers': { own: 1, mentions: 0, shared: 0, candidates: 0 } },
    open: 0,
    intent: 1,
    outcome: 'answered',
    failure: null,
  };
}

/** Writes into a SQLite file behind its owner's back, the triggers taken away as a forger would. */
export function tamper(file: string, sql: string, keepTriggers = false): void {
  const db = new Database(file);
  const triggers = db
    .prepare<[], { name: string; sql: string }>(`select name, sql from sqlite_schema where type = 'trigger'`)
    .all();
  try {
    if (!keepTriggers) for (const { name } of triggers) db.exec(`drop trigger ${name}`);
    db.exec(sql);
    if (!keepTriggers) for (const trigger of triggers) db.exec(trigger.sql);
  } finally {
    db.close();
  }
}
