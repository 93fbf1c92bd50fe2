import type { RequestId } from '../model/request.js';
import type { Store } from '../store/database.js';

/** A record that was kept, and must go once its time has come. */
export interface Obligation {
  /** Collection.id. */
  readonly collection: string;
  /** As `encodeKey` writes it. */
  readonly key: string;
  /** The first civil day on which it may go. */
  readonly until: string;
  readonly ground: string | null;
  readonly law: string | null;
  /** The request under which it was kept; the request may be closed and purged since. */
  readonly request: RequestId;
}

/** What was said of the same record before no longer holds. */
export function recordObligations(store: Store, obligations: Iterable<Obligation>): void {
  store.transaction(() => {
    for (const { collection, key, until, ground, law, request } of obligations) {
      store.run(
        'insert or replace into obligations (collection, key, until, ground, law, request) values (?, ?, ?, ?, ?, ?)',
        ...[collection, key, until, ground, law, request],
      );
    }
  });
}

/** Records that are gone, or are kept without an end: nothing is owed any more. */
export function dropObligations(store: Store, collection: string, keys: Iterable<string>): void {
  if (store.get('select 1 from obligations where collection = ? limit 1', collection) === undefined) return;
  store.transaction(() => {
    for (const key of keys)
      store.run('delete from obligations where collection = ? and key = ?', collection, key);
  });
}

/** Those of a request, or all, by their date. */
export function obligations(store: Store, request: RequestId | null): readonly Obligation[] {
  const where = request === null ? '' : 'where request = ?';
  return store.all<Obligation>(
    `select collection, key, until, ground, law, request from obligations ${where} order by until, collection, key`,
    ...(request === null ? [] : [request]),
  );
}
