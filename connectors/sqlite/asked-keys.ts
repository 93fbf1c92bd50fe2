import type { Call, Match } from '../../src/connector/contract.js';
import { CHUNK } from '../../src/connector/key-set.js';
import { DsrError } from '../../src/model/error.js';
import { raw, type Sql } from '../sql/fragment.js';
import { type KeyTarget, keyRows, oddRow, plainKeyRow } from './key-rows.js';
import { keyTable, MOST_PARTS, type RawRow } from './protocol.js';
import type { Session } from './session.js';

/** Under what one match's keys stand in the temporary table for that number of parts. */
export interface Ask {
  readonly number: number;
  readonly parts: number;
}

/** One match, and what its keys are compared with. */
export interface Asked {
  readonly match: Match;
  readonly place: number;
  readonly targets: readonly KeyTarget[];
  readonly when: Sql | null;
  readonly ask: Ask;
}

/** @returns whether every form of every key is there, so that an index may be asked for them. */
export async function loadKeys(
  session: Session,
  call: Call,
  { match, targets, ask }: Asked,
): Promise<boolean> {
  if (ask.parts > MOST_PARTS) {
    throw new DsrError('config', `a key of ${ask.parts} fields: sqlite takes at most ${MOST_PARTS}`);
  }
  const insert = raw(
    `insert or ignore into ${keyTable(ask.parts)} values (${ask.number}, ${'?, '.repeat(ask.parts)}?)`,
  );
  let complete = true;
  let position = 0;
  for (const chunk of match.keys.chunks(CHUNK)) {
    const rows: RawRow[] = [];
    for (const key of chunk) {
      const forms = keyRows(targets, key, position);
      complete &&= forms !== null;
      rows.push(...(forms ?? [plainKeyRow(key, position)]));
      position += 1;
    }
    await session.load(call, insert, rows.map(bindable));
  }
  if (match.mode === 'digits') await session.load(call, insert, [bindable(oddRow(ask.parts))]);
  return complete;
}

/** better-sqlite3 binds every number as a float. */
export function bindable(row: RawRow): RawRow {
  return row.map((value) =>
    typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value,
  );
}

export async function forget(session: Session, asks: readonly Ask[]): Promise<void> {
  // Also after an abort.
  const call: Call = { signal: new AbortController().signal, timeoutMs: 5_000 };
  for (const { number, parts } of asks) {
    await session
      .run(call, raw(`delete from ${keyTable(parts)} where ask = ${number}`))
      .catch(() => undefined);
  }
}
