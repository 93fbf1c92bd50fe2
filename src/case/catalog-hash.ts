import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Catalog, CollectionInfo } from '../model/catalog.js';

/**
 * `sha256:…` over the schemas that a plan was drawn up on: what decides which change is possible, and
 * what a database does by itself. Estimates, comments and indexes come and go and are left out.
 */
export function catalogHash(catalogs: ReadonlyMap<string, Catalog>, sources: Iterable<string>): string {
  const told = [...sources].toSorted().map((source) => ({
    source,
    incoming: catalogs.get(source)?.incoming ?? [],
    collections: (catalogs.get(source)?.collections ?? []).map(factsOf).toSorted(byId),
  }));
  return `sha256:${createHash('sha256')
    .update(canonicalize(told) ?? '')
    .digest('hex')}`;
}

function factsOf({ rows: _rows, comment: _comment, indexes: _indexes, fields, ...facts }: CollectionInfo) {
  return { ...facts, fields: fields.map(({ comment: _, ...field }) => field) };
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
