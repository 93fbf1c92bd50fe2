import type { HoldId } from '../model/hold.js';
import type { RequestId } from '../model/request.js';
import type { Store } from '../store/database.js';

/** A record that was kept, and must go once its time has come; one a record and request. */
export interface Obligation {
  /** Collection.id. */
  readonly collection: string;
  /** As `encodeKey` writes it. */
  readonly key: string;
  /**
   * What the record is to the person of the request: of a mention only what names them must go. husk: their
   * own, masked only because something that is kept refers to it.
   */
  readonly role: 'own' | 'husk' | 'shared' | 'mention';
  /** The first civil day on which it may go; with a hold: none, WITHOUT_END. */
  readonly until: string;
  /** What keeps it until it is released; null: only its date does. With one it is not due. */
  readonly hold: HoldId | null;
  readonly ground: string | null;
  readonly law: string | null;
  /** The request under which it was kept; the request may be closed and purged since. */
  readonly request: RequestId;
}

/** What was said of a record that stays; `until` null: nothing is owed of it. */
export type Judged = Omit<Obligation, 'until'> & { readonly until: string | null };

/** Of whom a record is owed, and as what. */
export type Owing = Pick<Obligation, 'collection' | 'key' | 'role' | 'request'>;

/** The same, and until when. */
export type OwingUntil = Owing & Pick<Obligation, 'until' | 'hold'>;

/** Obligations that are alike, counted. */
export interface Retention extends Pick<Obligation, 'collection' | 'until' | 'ground' | 'law'> {
  /** null: it is still to come, of whichever requests. */
  readonly request: RequestId | null;
  readonly records: number;
}

/**
 * A person's own record is theirs alone: what was said of it as such before, under whichever request, no
 * longer holds. What else is said of a record stands beside what others are owed of it.
 */
export function recordObligations(store: Store, judged: Iterable<Judged>): void {
  store.transaction(() => {
    for (const { collection, key, role, until, ground, law, request, hold } of judged) {
      store.run(
        role === 'own' || role === 'husk'
          ? `delete from obligations where collection = ? and key = ? and (role in ('own', 'husk') or request = ?)`
          : `delete from obligations where collection = ? and key = ? and role not in ('own', 'husk') and request = ?`,
        ...[collection, key, request],
      );
      if (until === null) continue;
      store.run(
        'insert or ignore into obligations (collection, key, request, role, until, ground, law, hold) values (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[collection, key, request, role, until, ground, law, hold],
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
    `select collection, key, role, until, ground, law, request, hold from obligations ${where}
      order by until, collection, key, request`,
    ...(request === null ? [] : [request]),
  );
}

/** Requests that owe something, by number; `until`: whose day has come by that civil day; null: ever. */
export function requestsOwing(store: Store, until: string | null): readonly RequestId[] {
  const where = until === null ? '' : 'where hold is null and until <= ?';
  return store
    .all<{ readonly request: RequestId }>(
      `select distinct request from obligations ${where} order by request`,
      ...(until === null ? [] : [until]),
    )
    .map(({ request }) => request);
}

/** What some requests owe, by record; `until` as above. */
export function owedUnder(
  store: Store,
  requests: Iterable<RequestId>,
  until: string | null,
): readonly Owing[] {
  const due = until === null ? '' : 'and hold is null and until <= ?';
  return store.all<Owing>(
    `select collection, key, role, request from obligations
      where request in (select value from json_each(?)) ${due} order by collection, key, request`,
    ...[JSON.stringify([...requests]), ...(until === null ? [] : [until])],
  );
}

/** What is owed of one record, by whichever request. */
export function owedOf(store: Store, collection: string, key: string): readonly OwingUntil[] {
  return store.all<OwingUntil>(
    'select collection, key, role, request, until, hold from obligations where collection = ? and key = ? order by request',
    ...[collection, key],
  );
}

/**
 * What its date alone keeps until `horizon` or less, by date: what is due by `today` one line a request, what
 * comes after it of all of them together. Both are civil days.
 */
export function retentions(store: Store, today: string, horizon: string): readonly Retention[] {
  return store.all<Retention>(
    `select until, collection, ground, law, case when until > ? then null else request end as request,
        count(*) as records
      from obligations where hold is null and until <= ?
      group by 1, 2, 3, 4, 5 order by 1, 2, 5, 3, 4`,
    ...[today, horizon],
  );
}
