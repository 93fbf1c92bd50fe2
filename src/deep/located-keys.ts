import type { LocatedPerson } from '../locate/located.js';
import type { DataMap } from '../model/map.js';
import { type Key, keyText } from '../model/value.js';
import type { Scratch } from '../store/scratch.js';

/** The records that a search located, by where they stand; in a scratch file, memory is flat. */
export interface LocatedKeys {
  has(source: string, table: string, key: Key): boolean;
}

/** Candidates too: each is put to a human as it is. `scratch` is the caller's to close. */
export function locatedKeys(person: LocatedPerson, { collections }: DataMap, scratch: Scratch): LocatedKeys {
  const { db, guard } = scratch;
  guard(() =>
    db.exec(
      'create table located (source text, tbl text, key text, primary key (source, tbl, key)) without rowid',
    ),
  );
  const add = db.prepare('insert or ignore into located (source, tbl, key) values (?, ?, ?)');
  const find = db.prepare('select 1 from located where source = ? and tbl = ? and key = ?');
  for (const { id, source, table } of collections) {
    for (const { key } of person.records(id, ['own', 'shared', 'mention', 'candidate'])) {
      guard(() => add.run(source, table, keyText(key)));
    }
  }
  return { has: (source, table, key) => guard(() => find.get(source, table, keyText(key))) !== undefined };
}
