import type { FoundOfOwed } from './found-of-owed.js';

/** What of an obligation only a human can do, by collection; names no value. */
export function sayUnled({ unled, unmapped }: Pick<FoundOfOwed, 'unled' | 'unmapped'>): readonly string[] {
  const counts = new Map<string, number>();
  for (const { collection } of unled) counts.set(collection, (counts.get(collection) ?? 0) + 1);
  return [
    ...[...counts].map(
      ([collection, records]) =>
        `${collection}: ${records === 1 ? 'one record is' : `${records} records are`} due in which somebody was named, and nothing that is still known tells where: look whether they are named there`,
    ),
    ...unmapped.map(
      (collection) => `${collection}: records of it are due, and the map does not hold it any more`,
    ),
  ];
}
