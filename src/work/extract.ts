import type { RequestId, SubjectTag } from '../model/request.js';
import type { Store } from '../store/database.js';

/** An extract that was handed out. */
export interface HandedOut {
  readonly request: RequestId;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Where it was written; null once the request was purged: a path may name somebody. */
  readonly file: string | null;
  /** `sha256:…`. */
  readonly sha256: string;
  readonly bytes: number;
}

/** `record` runs before the commit. */
export function recordExtract(
  store: Store,
  extract: HandedOut,
  subject: readonly SubjectTag[],
  record: () => void,
): void {
  store.transaction(() => {
    const { request, at, file, sha256, bytes } = extract;
    store.run(
      'insert into extracts (request, at, file, sha256, bytes) values (?, ?, ?, ?, ?)',
      ...[request, at, file, sha256, bytes],
    );
    const id = store.get<{ id: number }>('select last_insert_rowid() as id')?.id ?? 0;
    for (const { type, tag } of subject) {
      store.run(
        'insert or ignore into extract_subjects (tag, type, extract) values (?, ?, ?)',
        tag,
        type,
        id,
      );
    }
    record();
  });
}

/**
 * Extracts handed out since (RFC 3339, UTC), oldest first, to anybody who bears one of the tags. Ask
 * with strong identifiers only: a name is many people's.
 */
export function extractsOf(store: Store, tags: readonly string[], since: string): readonly HandedOut[] {
  return store.all<HandedOut>(
    `select request, at, file, sha256, bytes from extracts
      where at >= ? and id in
        (select extract from extract_subjects where tag in (select value from json_each(?)))
      order by at, id`,
    since,
    JSON.stringify(tags),
  );
}

/** Whether an extract was handed out under this request. */
export function handedOutUnder(store: Store, request: RequestId): boolean {
  return store.get('select 1 from extracts where request = ? limit 1', request) !== undefined;
}
