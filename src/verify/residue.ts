import type { ResiduePlace } from './input.js';

/** Counts records by collection and reason. */
export interface Residue {
  add(collection: string, why: string, records: number): void;
  places(): readonly ResiduePlace[];
}

export function countResidue(): Residue {
  const counts = new Map<string, ResiduePlace>();
  return {
    add(collection, why, records) {
      if (records === 0) return;
      const at = JSON.stringify([collection, why]);
      counts.set(at, { collection, records: (counts.get(at)?.records ?? 0) + records, why });
    },
    places: () => [...counts.values()],
  };
}
