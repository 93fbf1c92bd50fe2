import type { KeySet } from '../../src/connector/key-set.js';
import type { Key } from '../../src/model/value.js';
import type { Probe } from './dialect.js';

/** Keys of one match made ready for one statement. */
export interface Chunk {
  /** Distinct coerced keys; a row of the statement names one by its ordinal from 1. */
  readonly rows: readonly (readonly string[])[];
  /** For each of them, the asked keys that came to it. */
  readonly asked: readonly (readonly Asked[])[];
}

export interface Asked {
  /** Position in the KeySet. */
  readonly key: number;
  /** Only this one of several identical rows; null: any. */
  readonly copy: string | null;
}

/** How the parts of a match's keys are compared; `copyPart` is compared in code, not in the source. */
export interface KeyShape {
  readonly probes: readonly Probe[];
  readonly copyPart: number | null;
}

/**
 * A key set in coerced chunks; keys that can match nothing are left out. Keys of different texts that
 * come to one value (`7`, `007`) fall into one chunk, so that no record is found by both apart.
 */
export function* coercedChunks(keys: KeySet, shape: KeyShape, most: number): Iterable<Chunk> {
  const strays = keys.size > most ? strayKeys(keys, shape, most) : new Map<string, StrayKeys>();
  let position = 0;
  for (const some of keys.chunks(most)) {
    const chunk = new Map<string, { row: readonly string[]; asked: Asked[] }>();
    for (const key of some) {
      const one = coerced(key, position, shape);
      position += 1;
      if (one === null) continue;
      const stray = strays.get(one.text);
      if (stray?.told === true) continue;
      if (stray !== undefined) {
        stray.told = true;
        chunk.set(one.text, { row: one.row, asked: stray.asked });
        continue;
      }
      const known = chunk.get(one.text);
      if (known === undefined) chunk.set(one.text, { row: one.row, asked: [one.asked] });
      else known.asked.push(one.asked);
    }
    if (chunk.size === 0) continue;
    const all = [...chunk.values()];
    yield { rows: all.map(({ row }) => row), asked: all.map(({ asked }) => asked) };
  }
}

interface StrayKeys {
  readonly asked: Asked[];
  told: boolean;
}

/**
 * Over several chunks: the values that some key writes in another than the canonical way, with all
 * their keys. A canonical text stands once in a key set, so only these can meet a key of another chunk.
 */
function strayKeys(keys: KeySet, shape: KeyShape, most: number): Map<string, StrayKeys> {
  const strays = new Map<string, StrayKeys>();
  for (const collect of [false, true]) {
    let position = 0;
    for (const some of keys.chunks(most)) {
      for (const key of some) {
        const one = coerced(key, position, shape);
        position += 1;
        if (one === null) continue;
        if (collect) strays.get(one.text)?.asked.push(one.asked);
        else if (!one.canonical && !strays.has(one.text)) strays.set(one.text, { asked: [], told: false });
      }
    }
    if (strays.size === 0) break;
  }
  return strays;
}

function coerced(key: Key, position: number, { probes, copyPart }: KeyShape) {
  const row: string[] = [];
  let canonical = copyPart === null;
  let at = 0;
  for (const [index, part] of key.entries()) {
    if (index === copyPart) continue;
    const text = probes[at]?.coerce(part) ?? null;
    if (text === null) return null;
    canonical &&= text === String(part);
    row.push(text);
    at += 1;
  }
  const copy = copyPart === null ? null : String(key[copyPart]);
  return { row, canonical, text: JSON.stringify(row), asked: { key: position, copy } };
}
