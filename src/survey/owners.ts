import type { Found, Match } from '../connector/contract.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import { tuplesOf } from '../locate/load.js';
import { keyText } from '../model/value.js';
import type { Surveying } from './erasure.js';
import { VERDICT } from './facts.js';
import { columnsToRead, judgeSpot } from './read-located.js';
import { type Asked, askedOf, spotsOf } from './referrers.js';
import type { Edge, Place } from './terrain.js';

/**
 * An `as-owner` record fares as the record it is owned by, also where that is somebody else's: a line of
 * an invoice that is kept stays, and so does a mention on it. Goes upward until no owner says the same.
 */
export async function findOwners(surveying: Surveying): Promise<void> {
  const { facts, terrain } = surveying;
  while (facts.count('select exists (select 1 from up)') === 1) {
    facts.run('delete from seek');
    facts.run('insert into seek (edge, tuple, spot) select edge, tuple, spot from up');
    facts.run('delete from up');
    for (const place of terrain.places) {
      const asked = askedOf(surveying, place.into);
      if (asked.length > 0) await askOwners(surveying, place, asked);
    }
  }
  facts.run('delete from seek');
}

async function askOwners(surveying: Surveying, place: Place, asked: readonly Asked[]): Promise<void> {
  const { facts, readers, signal } = surveying;
  const reader = readers.get(place.source);
  const { collection } = place;
  if (reader === undefined || collection === null) return;
  const matches: readonly Match[] = asked.map(({ edge, size }) => ({
    fields: edge.on,
    mode: 'exact',
    keys: facts.asked(edge.at, size, edge.on.length),
    when: [],
  }));
  const columns = [
    ...new Set([
      ...columnsToRead(place, collection),
      ...asked.flatMap(({ edge }) => edge.on.map(({ column }) => column)),
    ]),
  ];
  for await (const batch of reader.find({
    collection: place.info.id,
    key: place.key,
    matches,
    fields: columns,
  })) {
    signal.throwIfAborted();
    for (const found of batch) {
      const column = (name: string) => found.values[columns.indexOf(name)] ?? null;
      for (const owner of spotsOf(surveying, place, encodeKey(found.key))) {
        const known = facts.get<{
          readonly id: number;
          readonly key: string;
          readonly role: number;
          readonly verdict: number;
        }>('select id, key, role, verdict from spot where id = ?', owner);
        if (known?.verdict === VERDICT.unjudged) judgeSpot(surveying, place, collection, known, column);
        for (const hit of found.matched) {
          const edge = asked[hit.match]?.edge;
          if (edge !== undefined) bind(surveying, edge, hit.key, owner, found, column);
        }
      }
    }
  }
}

function bind(
  { facts }: Surveying,
  edge: Edge,
  position: number,
  owner: number,
  { key }: Found,
  column: Parameters<typeof tuplesOf>[1],
): void {
  const tuple =
    facts.get<{ readonly tuple: string }>(
      'select tuple from ask where match = ? and pos = ?',
      edge.at,
      position,
    )?.tuple ?? '';
  const held = edge.onKey ? [key] : tuplesOf(edge.on, column);
  if (edge.acrossSources && !held.some((each) => keyText(each) === keyText(decodeKey(tuple)))) return;
  facts.run(
    'insert or ignore into bond (target, edge, spot) select ?, edge, spot from seek where edge = ? and tuple = ? and spot <> ?',
    owner,
    edge.at,
    tuple,
    owner,
  );
}
