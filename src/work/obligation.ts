import type { RequestId } from '../model/request.js';
import type { Store } from '../store/database.js';

/** A record that was kept, and must go once its time has come; one a record and request. */
export interface Obligation {
  /** Collection.id. */
  readonly collection: string;
  /** As `encodeKey` writes it. */
  readonly key: string;
  /** What the record is to the person of the request: of a mention only what names them must go. */
  readonly role: 'own' | 'shared' | 'mention';
  /** The first civil day on which it may go. */
  readonly until: string;
  readonly ground: string | null;
  readonly law: string | null;
  /** The request under which it was kept; the request may be closed and purged since. */
  readonly request: RequestId;
}

/** What was said of a record that stays; `until` null: nothing is owed of it. */
export type Judged = Omit<Obligation, 'until'> & { readonly until: string | null };

/**
 * A person's own record is theirs alone: what was said of it as such before, under whichever request, no
 * longer holds. What else is said of a record stands beside what others are owed of it.
 */
export function recordObligations(store: Store, judged: Iterable<Judged>): void {
  store.transaction(() => {
    for (const { collection, key, role, until, ground, law, request } of judged) {
      store.run(
        role === 'own'
          ? `delete from obligations where collection = ? and key = ? and (role = 'own' or request = ?)`
          : `delete from obligations where collection = ? and key = ? and role <> 'own' and request = ?`,
        ...[collection, key, request],
      );
      if (until === null) continue;
      store.run(
        'insert or ignore into obligations (collection, key, request, role, until, ground, law) values (?, ?, ?, ?, ?, ?, ?)',
        ...[collection, key, request, role, until, ground, law],
      );
    }
  });
}

/** Records that are gone: nobody is owed anything of them any more. */
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
    `select collection, key, role, until, ground, law, request from obligations ${where}
      order by until, collection, key, request`,
    ...(request === null ? [] : [request]),
  );
}
