import type { Key } from '../model/value.js';

/**
 * A set of keys of one width, iterated as often as needed. It may live in memory or in a scratch
 * file; its order is its keys' positions.
 */
export interface KeySet {
  /** Parts a key. */
  readonly width: number;
  readonly size: number;
  /** In chunks of at most `most` keys, in order. */
  chunks(most: number): Iterable<readonly Key[]>;
}

/** At most this many keys go to a source in one statement. */
export const CHUNK = 5_000;

export function keySetOf(keys: readonly Key[], width = keys[0]?.length ?? 1): KeySet {
  return {
    width,
    size: keys.length,
    *chunks(most) {
      for (let start = 0; start < keys.length; start += most) yield keys.slice(start, start + most);
    },
  };
}
