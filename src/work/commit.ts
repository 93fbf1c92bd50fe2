import type { RequestId } from '../model/request.js';
import type { Store } from '../store/database.js';

/** A commit that was about to be made at a source: what stands there if it landed. */
export interface Commit {
  readonly request: RequestId;
  /** The plan's. */
  readonly hash: string;
  readonly source: string;
  readonly phase: 'disable' | 'change';
  /** As apply/digest.ts makes it. */
  readonly digest: string;
}

/** On the disk before the commit is asked for; a second attempt replaces the first. */
export function recordCommit(store: Store, { request, hash, source, phase, digest }: Commit): void {
  store.run(
    'insert or replace into commits (request, hash, source, phase, digest) values (?, ?, ?, ?, ?)',
    ...[request, hash, source, phase, digest],
  );
}

/** Of one plan. */
export function commitsOf(store: Store, request: RequestId, hash: string): readonly Commit[] {
  return store.all<Commit>(
    'select request, hash, source, phase, digest from commits where request = ? and hash = ?',
    request,
    hash,
  );
}
