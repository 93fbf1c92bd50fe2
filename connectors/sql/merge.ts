import type { Found, Hit } from '../../src/connector/contract.js';
import type { Chunk } from './keys.js';
import type { Raw, Row } from './session.js';

/** What the rows of a statement hold besides the wanted columns, at their end. */
export interface HitRow {
  readonly row: Row;
  readonly match: number;
  /** From 1, into the chunk of that match. */
  readonly ordinal: number;
  readonly element: string;
}

export function hitRow(row: Row): HitRow {
  const [match, ordinal, element] = row.slice(-3);
  return { row, match: Number(match), ordinal: Number(ordinal), element: String(element) };
}

export function hitsOf(hit: HitRow, chunks: ReadonlyMap<number, Chunk>, copy: string | null): readonly Hit[] {
  const asked = chunks.get(hit.match)?.asked[hit.ordinal - 1] ?? [];
  return asked
    .filter((one) => one.copy === null || one.copy === copy)
    .map(({ key }) => ({ match: hit.match, key }));
}

/** The identity of a row as a text, for comparing with the row before. */
export function identityText(row: Row, identity: readonly number[]): string {
  return JSON.stringify(identity.map((at) => plain(row[at] ?? null)));
}

function plain(raw: Raw): string | null {
  if (raw === null) return null;
  return raw instanceof Uint8Array ? `\\x${Buffer.from(raw).toString('hex')}` : String(raw);
}

/** The rows of one identity: each kind of hit once, with how often it came. */
export interface Group {
  readonly row: Row;
  readonly kinds: ReadonlyMap<string, { readonly hit: HitRow; count: number }>;
}

/** Rows that come one record after the other, gathered by record. */
export async function* byRecord(
  batches: AsyncIterable<readonly Row[]>,
  identity: readonly number[],
): AsyncIterable<readonly Group[]> {
  let text: string | null = null;
  let row: Row = [];
  let kinds = new Map<string, { readonly hit: HitRow; count: number }>();
  for await (const batch of batches) {
    const whole: Group[] = [];
    for (const next of batch) {
      const its = identityText(next, identity);
      if (its !== text) {
        if (text !== null) whole.push({ row, kinds });
        [text, row, kinds] = [its, next, new Map()];
      }
      const hit = hitRow(next);
      const kind = JSON.stringify([hit.match, hit.ordinal, hit.element]);
      const known = kinds.get(kind);
      if (known === undefined) kinds.set(kind, { hit, count: 1 });
      else known.count += 1;
    }
    if (whole.length > 0) yield whole;
  }
  if (text !== null) yield [{ row, kinds }];
}

/**
 * The records behind one identity: one, or as many as there are identical rows. Each of those brought
 * the same rows, hence any one kind of row came once for each of them.
 */
export function* recordsOf(
  { row, kinds }: Group,
  chunks: ReadonlyMap<number, Chunk>,
  copies: boolean,
  found: (row: Row, copy: string | null, hits: readonly Hit[]) => Found,
): Iterable<Found> {
  const distinct = [...kinds.values()];
  const many = copies ? Math.max(...distinct.map(({ count }) => count)) : 1;
  for (let number = 1; number <= many; number += 1) {
    const copy = copies ? String(number) : null;
    const hits = new Map<string, Hit>();
    for (const { hit } of distinct) {
      for (const one of hitsOf(hit, chunks, copy)) hits.set(`${one.match}:${one.key}`, one);
    }
    if (hits.size > 0) yield found(row, copy, [...hits.values()]);
  }
}
