import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import type { Call, Scan, Scanned } from '../../src/connector/contract.js';
import { isJsonText, type Value } from '../../src/model/value.js';
import { keyOf, type SearchedTable, stopIfOver } from './memory-find.js';
import { typeOf } from './memory-values.js';

const BATCH = 500;

/** Every row, looked at as a reader of its text would. */
export async function* scanned(
  call: Call,
  { info, rows, pauseMs = 0 }: SearchedTable,
  { key, fields, containing }: Scan,
): AsyncGenerator<readonly Scanned[]> {
  let end = Date.now() + call.timeoutMs;
  stopIfOver(call, end);
  for (const field of [...fields, ...key]) typeOf(info, field);
  const needles = containing?.map((needle) => needle.toLowerCase()) ?? null;
  let batch: Scanned[] = [];
  for (const [number, row] of rows.entries()) {
    if (pauseMs > 0) await wait(pauseMs);
    if (pauseMs > 0 || number % 200 === 0) {
      await breathe();
      stopIfOver(call, end);
    }
    const values = fields.map((field) => row[field] ?? null);
    const wanted = values.some(
      (value) => value !== null && (needles === null || holdsAny(textIn(value).toLowerCase(), needles)),
    );
    if (wanted) batch.push({ key: keyOf(info, key, row), values });
    if (batch.length === BATCH) {
      yield batch;
      end = Date.now() + call.timeoutMs;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function holdsAny(text: string, needles: readonly string[]): boolean {
  return needles.some((needle) => text.includes(needle));
}

/** Bytes as the ASCII that they may hold. */
function textIn(value: Value): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return isJsonText(value) ? value.json : value.map(textIn).join(',');
}
