import type { Match } from '../connector/contract.js';
import { keySetOf } from '../connector/key-set.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import { scalarsAt } from '../locate/field-value.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import type { LocatedDecision } from '../locate/located.js';
import { DsrError } from '../model/error.js';
import type { Collection, DataMap, Field } from '../model/map.js';
import type { Identifier } from '../model/subject.js';
import type { Scratch } from '../store/scratch.js';
import type { Reading } from './rectify-read.js';

export interface HoldersInput extends Reading {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  /** What the person would get. */
  readonly identifiers: readonly Identifier[];
  readonly scratch: Scratch;
}

const SCHEMA = `create table if not exists holder (key text primary key, type text not null) without rowid`;

/**
 * Records that hold a strong identifier which this person would get and that are not this person's own: it
 * may be somebody else's. Every field that is searched for such identifiers is asked, one query a
 * collection; what matches is compared again in code.
 */
export async function holdersOf(input: HoldersInput): Promise<readonly LocatedDecision[]> {
  const { map, types, scratch } = input;
  scratch.guard(() => scratch.db.exec(SCHEMA));
  const strong = input.identifiers.filter(
    ({ type, value }) => types.get(type).strength === 'strong' && !types.isNever(type, value),
  );
  if (strong.length === 0) return [];
  const sought = strong.flatMap((identifier) => [identifier, ...types.alsoKnownAs(identifier)]);
  const decisions: LocatedDecision[] = [];
  for (const collection of map.collections) {
    scratch.guard(() => scratch.db.exec('delete from holder'));
    await findHolders(input, collection, sought);
    forgetOwn(input, collection);
    decisions.push(...decisionsIn(scratch, collection));
  }
  return decisions;
}

interface Ask {
  readonly field: Field;
  readonly identifier: Identifier;
  readonly match: Match;
}

async function findHolders(
  { types, readers, scratch, signal }: HoldersInput,
  collection: Collection,
  sought: readonly Identifier[],
): Promise<void> {
  const reader = readers.get(collection.source);
  const asks = collection.fields.flatMap((field) => asksOf(types, field, sought));
  if (reader === undefined || asks.length === 0) return;
  const columns = [...new Set(asks.map(({ field }) => field.at.column))];
  const query = {
    collection: collection.table,
    key: collection.key,
    matches: asks.map(({ match }) => match),
    fields: columns,
  };
  const insert = scratch.db.prepare('insert or ignore into holder (key, type) values (?, ?)');
  for await (const batch of reader.find(query)) {
    if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
    for (const { key, values, matched } of batch) {
      const held = matched.find((hit) => {
        const ask = asks[hit.match];
        if (ask === undefined) return false;
        const value = values[columns.indexOf(ask.field.at.column)] ?? null;
        return scalarsAt(value, ask.field.at).some((stored) => isSame(types, ask, String(stored)));
      });
      const type = held === undefined ? undefined : asks[held.match]?.identifier.type;
      if (type !== undefined) scratch.guard(() => insert.run(encodeKey(key), type));
    }
  }
}

function asksOf(types: IdentifierTypes, field: Field, sought: readonly Identifier[]): readonly Ask[] {
  const use = field.identifier;
  if (use === null || field.relation === 'none') return [];
  return sought.flatMap((identifier) => {
    if (identifier.type !== use.type) return [];
    const { mode, forms } = types.search(use, identifier.value);
    if (forms.length === 0) return [];
    const keys = keySetOf(
      forms.map((form) => [form]),
      1,
    );
    return [{ field, identifier, match: { fields: [field.at], mode, keys, when: [] } }];
  });
}

function isSame(types: IdentifierTypes, { field, identifier }: Ask, stored: string): boolean {
  return field.identifier !== null && types.judge(field.identifier, identifier.value, stored) === 'same';
}

function forgetOwn({ person, scratch }: HoldersInput, collection: Collection): void {
  const { db, guard } = scratch;
  if (guard(() => db.prepare('select 1 from holder limit 1').get()) === undefined) return;
  const forget = db.prepare('delete from holder where key = ?');
  for (const { key } of person.records(collection.id, ['own'])) guard(() => forget.run(encodeKey(key)));
}

function decisionsIn({ db, guard }: Scratch, collection: Collection): readonly LocatedDecision[] {
  const rows = guard(
    () =>
      db.prepare('select key, type from holder order by key').all() as {
        readonly key: string;
        readonly type: string;
      }[],
  );
  return rows.map(({ key, type }) => ({
    kind: 'identity-conflict',
    collection: collection.id,
    key: decodeKey(key),
    recordKey: key,
    why: `the new ${type} already stands in this record, which is not this person's own`,
  }));
}
