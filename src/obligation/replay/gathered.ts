import type { RoleCounts } from '../../model/subject.js';
import type { FoundAgain } from './judged.js';
import { identity } from './units.js';

export interface Gathered {
  /** Of many records that are nobody's and hold the same of the same person, the first. */
  readonly found: readonly FoundAgain[];
  /** All of them, by collection. */
  readonly counts: readonly RoleCounts[];
  /** How many of them a human is asked about, or would be. */
  readonly asked: number;
}

/**
 * Keeps what is decided upon. That does not grow with the data, but with who is there again: with the roots
 * that were erased, bear an identifier of who was, or have the key of one; and with the combinations of their
 * identifiers in one record. A million lines of a log that name one person are one.
 */
export function gathered(...all: readonly Iterable<FoundAgain>[]): Gathered {
  const found: FoundAgain[] = [];
  const known = new Set<string>();
  const counts = new Map<string, { own: number; candidates: number }>();
  let asked = 0;
  for (const each of all) {
    for (const one of each) {
      const count = counts.get(one.collection) ?? { own: 0, candidates: 0 };
      counts.set(one.collection, count);
      if (isAsked(one)) {
        count.candidates += 1;
        asked += 1;
      } else count.own += 1;
      if (one.what === 'rootless') {
        const alike = JSON.stringify(one.identifiers.map(identity).toSorted());
        if (known.has(alike)) continue;
        known.add(alike);
      }
      found.push(one);
    }
  }
  return {
    ...{ found, asked },
    counts: [...counts].map(([collection, count]) => ({ collection, ...count, mentions: 0, shared: 0 })),
  };
}

function isAsked({ what }: FoundAgain): boolean {
  return what === 'candidate' || what === 'rootless' || what === 'swept';
}
