import { DsrError } from '../model/error.js';
import type { Store } from './database.js';

/**
 * Brings the file's schema up to date: step n (from 0) leads from `user_version` n to n + 1. Two
 * processes at once are safe; each step happens once.
 *
 * @throws DsrError config: the file was written by a newer dsr.
 */
export function migrate(store: Store, name: string, steps: readonly ((store: Store) => void)[]): void {
  if (versionOf(store) === steps.length) return;
  store.transaction(() => {
    const version = versionOf(store);
    if (version > steps.length) {
      throw new DsrError('config', `${name} was written by a newer dsr: ${store.file}`, {
        place: store.file,
        hint: 'install the version of dsr that was last used in this workspace, or a newer one',
      });
    }
    for (const step of steps.slice(version)) step(store);
    store.exec(`pragma user_version = ${steps.length}`);
  });
}

function versionOf(store: Store): number {
  return store.get<{ user_version: number }>('pragma user_version')?.user_version ?? 0;
}
