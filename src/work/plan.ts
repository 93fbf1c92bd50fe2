import type { RequestId } from '../model/request.js';
import type { Store } from '../store/database.js';

/** A plan that was confirmed under a request. */
export interface KeptPlan {
  readonly request: RequestId;
  /** `sha256:…` */
  readonly hash: string;
  /** Name in the workspace's folder of plans. */
  readonly file: string;
  readonly action: 'erase' | 'rectify';
  /** Where its records stand, by Collection.id; null: kept by an earlier version, which did not note it. */
  readonly places: KeptPlaces | null;
  /** RFC 3339, UTC: when a source was changed by it, or nothing had to be; null: not yet. */
  readonly applied: string | null;
}

/** The map may name another table or another key later, and a key means nothing without its fields. */
export type KeptPlaces = Readonly<
  Record<string, { readonly table: string; readonly key: readonly string[] }>
>;

/** The same plan again is the same entry; one that changed nothing yet is the latest again. */
export function recordPlan(
  store: Store,
  { request, hash, file, action, places }: Omit<KeptPlan, 'applied'>,
): void {
  dropPlan(store, request, hash);
  store.run(
    `insert into plans (request, hash, file, action, places) values (?, ?, ?, ?, ?)
     on conflict (request, hash) do update set file = excluded.file, places = excluded.places`,
    ...[request, hash, file, action, places === null ? null : JSON.stringify(places)],
  );
}

export function planApplied(store: Store, request: RequestId, hash: string, at: string): void {
  store.run('update plans set applied = ? where request = ? and hash = ?', at, request, hash);
}

/** A plan that changed nothing is forgotten, so that nobody verifies by it. */
export function dropPlan(store: Store, request: RequestId, hash: string): void {
  store.run('delete from plans where request = ? and hash = ? and applied is null', request, hash);
}

/** In the order in which they were confirmed; none once the request was purged. */
export function plansOf(store: Store, request: RequestId): readonly KeptPlan[] {
  const rows = store.all<Omit<KeptPlan, 'places'> & { readonly places: string | null }>(
    'select request, hash, file, action, places, applied from plans where request = ? order by seq',
    request,
  );
  return rows.map((row) => ({
    ...row,
    places: row.places === null ? null : (JSON.parse(row.places) as KeptPlaces),
  }));
}
