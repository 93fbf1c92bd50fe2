import { DsrError } from '../model/error.js';
import type { Store } from '../store/database.js';

/** How long a search without a request keeps its decision ids. */
const KEPT_DAYS = 30;

/** Removes what is personal of requests that are over; what stays tells a person by tags only. */
export function purgeRequests(store: Store, requests: readonly string[]): void {
  forgetRequests(store, requests);
  wipe(store);
}

/** The same in a transaction of somebody else's, who calls `wipe` after it. */
export function forgetRequests(store: Store, requests: readonly string[]): void {
  store.transaction(() => {
    for (const request of requests) {
      for (const table of ['identifiers', 'learnt', 'names', 'seeds', 'plans', 'commits']) {
        store.run(`delete from ${table} where request = ?`, request);
      }
      store.run('delete from decisions where scope = ?', request);
      store.run('update extracts set file = null where request = ?', request);
    }
    remember(store);
  });
}

/** Removes decisions of searches without a request that nobody came back to. */
export function purgeSearches(store: Store, now: Date): void {
  const before = new Date(now.getTime() - KEPT_DAYS * 24 * 60 * 60 * 1000).toISOString();
  const old = `select 1 from decisions where seen < ? and scope not in (select id from requests) limit 1`;
  if (store.get(old, before) === undefined) return;
  store.transaction(() => {
    store.run('delete from decisions where seen < ? and scope not in (select id from requests)', before);
    remember(store);
  });
  wipe(store);
}

/**
 * `secure_delete` overwrites what is deleted, but not the copies that SQLite leaves behind when it
 * moves cells between pages; writing the file anew does. Put off when another process has it open:
 * the next to open the file does it.
 */
export function wipe(store: Store): void {
  if (store.get('select 1 from chores where name = ?', 'wipe') === undefined) return;
  try {
    store.exec('vacuum');
    store.run('delete from chores where name = ?', 'wipe');
  } catch (error) {
    if (!(error instanceof DsrError) || error.kind !== 'transient') throw error;
  }
}

/** The file is to be written anew, see `wipe`. */
export function remember(store: Store): void {
  store.run('insert or ignore into chores (name) values (?)', 'wipe');
}
