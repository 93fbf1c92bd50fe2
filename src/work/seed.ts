import { randomBytes } from 'node:crypto';
import type { RequestId } from '../model/request.js';
import type { Store } from '../store/database.js';
import { remember, wipe } from './purge.js';

const BYTES = 32;

/** The request's seed, made at the first call: what is begun again gives the same pseudonyms. */
export function seedOf(store: Store, request: RequestId): Uint8Array {
  return store.transaction(() => {
    const kept = store.get<{ readonly seed: Uint8Array }>(
      'select seed from seeds where request = ?',
      request,
    );
    if (kept !== undefined) return kept.seed;
    const seed = randomBytes(BYTES);
    store.run('insert into seeds (request, seed) values (?, ?)', request, seed);
    return seed;
  });
}

/** Removes it from the disk: from then on nobody can tell whose a pseudonym is. */
export function destroySeed(store: Store, request: RequestId): void {
  const gone = store.transaction(() => {
    if (store.run('delete from seeds where request = ?', request) === 0) return false;
    remember(store);
    return true;
  });
  if (gone) wipe(store);
}
