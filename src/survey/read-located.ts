import { foundInChunk } from '../connector/by-key.js';
import { satisfies, scalarsAt } from '../locate/field-value.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import { tuplesOf } from '../locate/load.js';
import { DsrError } from '../model/error.js';
import type { Collection, Field } from '../model/map.js';
import type { Role } from '../model/subject.js';
import { keyText, type Value } from '../model/value.js';
import type { Surveying } from './erasure.js';
import { ROLE, roleOf, VERDICT } from './facts.js';
import { type Judgement, judge, judgedColumns, judgeHeld } from './judgement.js';
import type { Edge, Place } from './terrain.js';

/** Records read at once. */
const PAGE = 5_000;

/** The values of one record's columns. */
export type Column = (name: string) => Value;

/** Puts every located record into the facts, and reads of each what decides about it. */
export async function readLocated(surveying: Surveying): Promise<void> {
  const { facts, terrain, person } = surveying;
  for (const place of terrain.places) {
    const { collection } = place;
    if (collection === null) continue;
    for (const role of ['own', 'shared', 'mention'] as const) {
      for (const { key, via } of person.records(collection.id, [role])) {
        const valued = surveying.types.names.includes(via.at(-1) ?? '');
        putSpot(surveying, place, encodeKey(key), role, valued);
      }
    }
  }
  for (const place of terrain.places) {
    const { collection } = place;
    if (collection === null) continue;
    const columns = columnsToRead(place, collection);
    if (columns.length === 0) {
      judgeUnread(surveying, place, collection);
      continue;
    }
    for (const page of pagesOf(surveying, place)) {
      await readPage(surveying, place, collection, columns, page);
    }
  }
  for (const { at, onKey, to } of terrain.edges) {
    facts.run(
      onKey
        ? `insert or ignore into bond (target, edge, spot) select t.id, l.edge, l.spot from lean l
           join spot t on t.place = ${to.at} and t.key = l.tuple and t.role = ${ROLE.shared} where l.edge = ?`
        : `insert or ignore into bond (target, edge, spot) select t.id, l.edge, l.spot from lean l
           join tuple u on u.edge = l.edge and u.tuple = l.tuple join spot t on t.id = u.spot and t.role = ${ROLE.shared} where l.edge = ?`,
      at,
    );
  }
}

/** Records of which nothing need be read: all fare alike, but for those that are held. */
function judgeUnread(surveying: Surveying, place: Place, collection: Collection): void {
  const { facts, rules, held } = surveying;
  const judged = judge(collection, () => null, surveying.judged);
  const write = ({ verdict, ...rule }: Judgement, which: string, id: number) =>
    facts.run(
      `update spot set verdict = ?, rule = ? where ${which} = ?`,
      ...[VERDICT[verdict], rules.number(rule), id],
    );
  write(judged, 'place', place.at);
  for (const page of pagesOf(surveying, place)) {
    for (const { id, key, role } of page) {
      const one = held(collection.id, key, roleOf(role));
      if (one !== null) write(judgeHeld(judged, one), 'id', id);
    }
  }
}

/** The records of a place, as they were put there. */
function* pagesOf({ facts }: Surveying, place: Place): Generator<readonly SpotRow[]> {
  for (let after = 0; ; ) {
    const page = facts.all<SpotRow>(
      'select id, key, role, valued from spot where place = ? and id > ? order by id limit ?',
      ...[place.at, after, PAGE],
    );
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id ?? after;
  }
}

interface SpotRow {
  readonly id: number;
  readonly key: string;
  readonly role: number;
  /** 1: an identifier in it led to it, no reference. */
  readonly valued: number;
}

function putSpot(
  { facts }: Surveying,
  place: Place,
  key: string,
  role: Exclude<Role, 'candidate'>,
  valued: boolean,
): void {
  facts.run(
    'insert or ignore into spot (place, tbl, key, role, valued) values (?, ?, ?, ?, ?)',
    ...[place.at, place.table, key, ROLE[role], valued ? 1 : 0],
  );
}

/** What a judgement, a mention, a reference to another field than the key, or an owner's verdict hangs on. */
export function columnsToRead(place: Place, collection: Collection): readonly string[] {
  const read = place.out.filter(
    (edge) => leans(edge) || (asOwner(collection) && edge.relation === 'owned-by'),
  );
  return [
    ...new Set([
      ...judgedColumns(collection),
      ...namingFields(collection).map((field) => field.at.column),
      ...place.into.flatMap((edge) => (edge.onKey ? [] : edge.on.map(({ column }) => column))),
      ...read.flatMap((edge) => [
        ...edge.fields.map(({ column }) => column),
        ...edge.when.map(({ field }) => field),
      ]),
    ]),
  ];
}

/** Identifiers by which a record names somebody whose it is not, or not alone. */
export function namingFields(collection: Collection): readonly Field[] {
  return collection.fields.filter(
    ({ identifier, relation, of }) =>
      identifier !== null && (relation === 'mentions' || (relation === null && of !== null)),
  );
}

async function readPage(
  surveying: Surveying,
  place: Place,
  collection: Collection,
  columns: readonly string[],
  page: readonly SpotRow[],
): Promise<void> {
  const reader = surveying.readers.get(place.source);
  if (reader === undefined) return;
  const keys = page.map(({ key }) => decodeKey(key));
  const wanted = new Map(keys.map((key, at) => [keyText(key), page[at]]));
  const table = { table: place.info.id, key: place.key };
  for await (const batch of foundInChunk(reader, table, keys, columns)) {
    surveying.signal.throwIfAborted();
    for (const found of batch) {
      const spot = wanted.get(keyText(found.key));
      if (spot === undefined) continue;
      wanted.delete(keyText(found.key));
      const column = (name: string) => found.values[columns.indexOf(name)] ?? null;
      judgeSpot(surveying, place, collection, spot, column);
      if (spot.role !== ROLE.own) nameSpot(surveying, collection, spot, column);
    }
  }
  if (wanted.size > 0) {
    throw new DsrError(
      'conflict',
      `${wanted.size} of the records found in ${collection.id} could not be read again`,
      {
        hint: 'they were changed or deleted meanwhile: run the command again',
      },
    );
  }
}

/** Writes down what the map says of a record, and what its values point at or are pointed at by. */
export function judgeSpot(
  { facts, rules, judged, answerTo, held }: Surveying,
  place: Place,
  collection: Collection,
  spot: Omit<SpotRow, 'valued'>,
  column: Column,
): void {
  const answer = spot.role === ROLE.own ? answerTo(collection.id, spot.key) : null;
  const { verdict, ...rule } = judgeHeld(
    judge(collection, column, judged, answer),
    held(collection.id, spot.key, roleOf(spot.role)),
  );
  facts.run(
    'update spot set verdict = ?, rule = ? where id = ?',
    VERDICT[verdict],
    rules.number(rule),
    spot.id,
  );
  for (const edge of place.into) {
    if (edge.onKey) continue;
    for (const tuple of tuplesOf(edge.on, column)) {
      facts.run(
        'insert or ignore into tuple (edge, tuple, spot) values (?, ?, ?)',
        edge.at,
        encodeKey(tuple),
        spot.id,
      );
    }
  }
  for (const edge of place.out) {
    const up = verdict === 'as-owner' && edge.relation === 'owned-by';
    const lean = spot.role === ROLE.own && leans(edge);
    if ((!up && !lean) || !satisfies(edge.when, column)) continue;
    for (const tuple of tuplesOf(edge.fields, column)) {
      for (const table of [...(up ? ['up'] : []), ...(lean ? ['lean'] : [])]) {
        facts.run(
          `insert or ignore into ${table} (edge, tuple, spot) values (?, ?, ?)`,
          edge.at,
          encodeKey(tuple),
          spot.id,
        );
      }
    }
  }
}

function asOwner(collection: Collection): boolean {
  return collection.erase?.kind === 'as-owner';
}

/** References by which an own record may lead to a shared one: where it is masked, it lets go. */
function leans({ relation, from }: Edge): boolean {
  return from.collection !== null && (relation === 'owns' || relation === 'owned-by');
}

/**
 * Which fields of a record that is not theirs name the person: those that equal a strong value of theirs.
 * A record that only a weak value, or one spelt almost alike, had reached is the person's by the
 * operator's word: there what led to it counts.
 */
function nameSpot(
  { facts, types, person }: Surveying,
  collection: Collection,
  spot: SpotRow,
  column: Column,
): void {
  const known = person.identifiers
    .filter(({ followed }) => followed)
    .flatMap((each) => [each, ...types.alsoKnownAs(each).map((alias) => ({ ...each, ...alias }))]);
  const judged = namingFields(collection).flatMap((field) => {
    const use = field.identifier;
    if (use === null) return [];
    const stored = scalarsAt(column(field.at.column), field.at).map(String);
    const likeness = known
      .filter(({ type }) => type === use.type)
      .flatMap(({ value, strength }) =>
        stored.map((text) => ({ strength, is: types.judge(use, value, text) })),
      );
    const isProof = likeness.some(({ strength, is }) => strength === 'strong' && is === 'same');
    const isHint = likeness.some(({ is }) => is !== 'different');
    return isHint ? [{ at: collection.fields.indexOf(field), isProof }] : [];
  });
  const proven = judged.filter(({ isProof }) => isProof);
  const counted = proven.length > 0 || spot.valued === 0 ? proven : judged;
  for (const { at } of counted) {
    facts.run('insert or ignore into naming (spot, field) values (?, ?)', spot.id, at);
  }
}
