import { retentionGrounds } from '../model/ground.js';
import type { Backups } from '../model/map.js';
import type { WrittenMap } from './schema.js';

/** What the map says for a receipt, without a look at any source. By source, or by Collection.id. */
export interface WrittenFacts {
  /** null: the map does not say. */
  backups(source: string): Backups | null;
  /** By name (GDPR Art. 15(1)(c)); null: the map does not say, or has no such collection. */
  recipients(collection: string): readonly string[] | null;
  /**
   * Whether what stays on this ground stays without a date: then it is owed to nobody that it goes. The
   * grounds of Art. 17(3) come with a date, unless a verdict `keep` says one without.
   */
  staysForGood(collection: string, ground: string | null): boolean;
  /** The law that a verdict `keep` on this ground names; null: none. */
  law(collection: string, ground: string | null): string | null;
}

export function factsOf({ sources }: WrittenMap): WrittenFacts {
  const entryOf = (collection: string) => {
    const [source = '', ...name] = collection.split('.');
    const from = Object.hasOwn(sources, source) ? sources[source] : undefined;
    const named = name.join('.');
    const all = from?.collections ?? {};
    return { from, entry: Object.hasOwn(all, named) ? all[named] : undefined };
  };
  const kept: readonly (string | null)[] = Object.values(sources)
    .flatMap(({ collections }) => Object.values(collections ?? {}))
    .flatMap((entry) => (entry?.erase === 'keep' && entry.until === undefined ? [entry.ground ?? null] : []));
  return {
    backups: (source) => (Object.hasOwn(sources, source) ? (sources[source]?.backups ?? null) : null),
    recipients(collection) {
      const { from, entry } = entryOf(collection);
      if (from === undefined || entry === undefined) return null;
      return entry?.information?.recipients ?? from.information?.recipients ?? null;
    },
    staysForGood(collection, ground) {
      if (!retentionGrounds.some((each) => each === ground)) return true;
      const { entry } = entryOf(collection);
      if (entry === undefined) return true;
      if (entry?.erase === 'as-owner') return kept.includes(ground);
      return entry?.erase === 'keep' && entry.until === undefined && entry.ground === ground;
    },
    law(collection, ground) {
      const { entry } = entryOf(collection);
      return entry?.erase === 'keep' && (entry.ground ?? null) === ground ? (entry.law ?? null) : null;
    },
  };
}
