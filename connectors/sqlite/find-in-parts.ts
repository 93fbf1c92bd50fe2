import type { Found, Match, Query } from '../../src/connector/contract.js';
import { CHUNK, keySetOf } from '../../src/connector/key-set.js';
import { openHits, type RecordHits } from '../sql/hits.js';

/** So many keys may stand in SQLite's own memory at once: some 20 MB. */
export const KEYS_AT_ONCE = 200_000;

/**
 * A query with more keys than that: the hits of each part alone first, brought together in a private
 * scratch file, then the records by their rowid. SQLite's own temporary files would stand in the
 * system's folder, so it is given none.
 *
 * @param ask answers one query of at most `KEYS_AT_ONCE` keys.
 */
export async function* findInParts(
  query: Query,
  rowid: string,
  scratch: string,
  ask: (part: Query) => AsyncIterable<readonly Found[]>,
): AsyncGenerator<readonly Found[]> {
  const gathered = await openHits(scratch);
  try {
    for (const [match, asked] of query.matches.entries()) {
      let before = 0;
      for (const keys of asked.keys.chunks(KEYS_AT_ONCE)) {
        const one: Match = { ...asked, keys: keySetOf(keys, asked.keys.width) };
        for await (const batch of ask({ ...query, key: [rowid], fields: [], matches: [one] })) {
          gathered.add(
            batch.flatMap(({ key, matched }) =>
              matched.map((hit) => ({ record: String(key[0]), hit: { match, key: before + hit.key } })),
            ),
          );
        }
        before += keys.length;
      }
    }
    for (const some of chunksOf(gathered.records())) {
      const keys = keySetOf(some.map(({ record }) => [record]));
      const byRowid: Match = { fields: [{ column: rowid, path: [] }], mode: 'exact', keys, when: [] };
      for await (const batch of ask({ ...query, matches: [byRowid] })) {
        yield batch.map((found) => ({ ...found, matched: some[found.matched[0]?.key ?? -1]?.hits ?? [] }));
      }
    }
  } finally {
    gathered.close();
  }
}

function* chunksOf(records: Iterable<RecordHits>): Iterable<readonly RecordHits[]> {
  let some: RecordHits[] = [];
  for (const record of records) {
    some.push(record);
    if (some.length < CHUNK) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
