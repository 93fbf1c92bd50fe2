import type { Found, Match } from '../connector/contract.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import { tuplesOf } from '../locate/load.js';
import { keyText } from '../model/value.js';
import type { Surveying } from './erasure.js';
import { ROLE } from './facts.js';
import type { Edge, Place } from './terrain.js';

/** Asks every table that may refer to the records in `seek`, once each, and writes down who refers to whom. */
export async function findReferrers(surveying: Surveying): Promise<void> {
  const { facts, terrain } = surveying;
  for (const place of terrain.places) {
    const asked = askedOf(surveying, place.out);
    if (asked.length > 0) await askPlace(surveying, place, asked);
  }
  facts.run('delete from seek');
}

export interface Asked {
  readonly edge: Edge;
  readonly size: number;
}

/** Puts what is sought through these edges into `ask`, each key once; those through which nothing is are left out. */
export function askedOf({ facts }: Surveying, edges: readonly Edge[]): readonly Asked[] {
  facts.run('delete from ask');
  return edges.flatMap((edge) => {
    const size = facts.run(
      `insert into ask (match, pos, tuple) select ?, row_number() over (order by tuple) - 1, tuple
       from (select distinct tuple from seek where edge = ?)`,
      edge.at,
      edge.at,
    );
    return size === 0 ? [] : [{ edge, size }];
  });
}

async function askPlace(surveying: Surveying, place: Place, asked: readonly Asked[]): Promise<void> {
  const { facts, readers, signal } = surveying;
  const reader = readers.get(place.source);
  if (reader === undefined) return;
  const matches: readonly Match[] = asked.map(({ edge, size }) => ({
    fields: edge.fields,
    mode: 'exact',
    keys: facts.asked(edge.at, size, edge.fields.length),
    when: edge.when,
  }));
  const columns = [
    ...new Set(
      asked.flatMap(({ edge }) => (edge.acrossSources ? edge.fields.map(({ column }) => column) : [])),
    ),
  ];
  for await (const batch of reader.find({
    collection: place.info.id,
    key: place.key,
    matches,
    fields: columns,
  })) {
    signal.throwIfAborted();
    for (const found of batch) take(surveying, place, asked, columns, found);
  }
}

function take(
  surveying: Surveying,
  place: Place,
  asked: readonly Asked[],
  columns: readonly string[],
  found: Found,
): void {
  const { facts } = surveying;
  const spots = spotsOf(surveying, place, encodeKey(found.key));
  for (const hit of found.matched) {
    const edge = asked[hit.match]?.edge;
    if (edge === undefined) continue;
    const tuple =
      facts.get<{ readonly tuple: string }>(
        'select tuple from ask where match = ? and pos = ?',
        edge.at,
        hit.key,
      )?.tuple ?? '';
    if (edge.acrossSources && !holds(edge, columns, found, tuple)) continue;
    const toItself = edge.constraint?.rowByRow === true ? 1 : 0;
    for (const spot of spots) {
      facts.run(
        `insert or ignore into bond (target, edge, spot) select spot, edge, ? from seek
         where edge = ? and tuple = ? and (spot <> ? or ? = 1)`,
        ...[spot, edge.at, tuple, spot, toItself],
      );
    }
  }
}

/** Two databases do not share a collation: only the same text is the same. */
function holds(edge: Edge, columns: readonly string[], found: Found, tuple: string): boolean {
  const wanted = keyText(decodeKey(tuple));
  return tuplesOf(edge.fields, (name) => found.values[columns.indexOf(name)] ?? null).some(
    (each) => keyText(each) === wanted,
  );
}

/** The record as it is known; two collections over one table hold the same rows. */
export function spotsOf({ facts }: Surveying, place: Place, key: string): readonly number[] {
  const known = facts.all<{ readonly id: number; readonly role: number }>(
    'select id, role from spot where tbl = ? and key = ?',
    place.table,
    key,
  );
  const located = known.filter(({ role }) => role !== ROLE.other);
  if (located.length > 0) return located.map(({ id }) => id);
  const [other] = known;
  if (other !== undefined) return [other.id];
  facts.run(
    'insert into spot (place, tbl, key, role) values (?, ?, ?, ?)',
    place.at,
    place.table,
    key,
    ROLE.other,
  );
  return [facts.lastId()];
}
