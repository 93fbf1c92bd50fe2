import type { RequestId } from '../model/request.js';
import type { Identifier } from '../model/subject.js';
import type { Store } from '../store/database.js';

/** An identifier that was not given, but found in a record of the person. */
export interface LearntIdentifier extends Identifier {
  /** The field it was learnt from: `crm.customers.email`. */
  readonly source: string;
}

/** Added to those learnt before. */
export function recordLearnt(store: Store, request: RequestId, learnt: readonly LearntIdentifier[]): void {
  if (learnt.length === 0) return;
  store.transaction(() => {
    for (const { type, value, source } of learnt) {
      store.run(
        'insert or ignore into learnt (request, type, value, source) values (?, ?, ?, ?)',
        ...[request, type, value, source],
      );
    }
  });
}

/** None once the request was purged. */
export function learntOf(store: Store, request: RequestId): readonly LearntIdentifier[] {
  return store.all<LearntIdentifier>(
    'select type, value, source from learnt where request = ? order by type, value',
    request,
  );
}

/** Added to those known before; a name alone proves nobody, so these are not searched by. */
export function recordNames(store: Store, request: RequestId, names: readonly string[]): void {
  if (names.length === 0) return;
  store.transaction(() => {
    for (const name of names)
      store.run('insert or ignore into names (request, name) values (?, ?)', request, name);
  });
}

export function namesOf(store: Store, request: RequestId): readonly string[] {
  const rows = store.all<{ readonly name: string }>(
    'select name from names where request = ? order by name',
    request,
  );
  return rows.map(({ name }) => name);
}
