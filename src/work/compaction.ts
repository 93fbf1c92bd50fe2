import type { Store } from '../store/database.js';

const CHORE = 'compact ';

/** A source is about to be changed that must be compacted after. */
export function oweCompaction(store: Store, source: string): void {
  store.run('insert or ignore into chores (name) values (?)', CHORE + source);
}

/** Sources, by name, that were changed and not compacted since. */
export function compactionsOwed(store: Store): readonly string[] {
  return store
    .all<{ readonly name: string }>('select name from chores where name like ? order by name', `${CHORE}%`)
    .map(({ name }) => name.slice(CHORE.length));
}

export function compacted(store: Store, source: string): void {
  store.run('delete from chores where name = ?', CHORE + source);
}
