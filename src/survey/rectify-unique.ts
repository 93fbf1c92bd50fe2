import type { Reader } from '../connector/contract.js';
import type { KeySet } from '../connector/key-set.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import type { CollectionInfo } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { Collection } from '../model/map.js';
import { type UniqueKey, uniqueKeys } from '../model/unique-keys.js';
import type { Scalar } from '../model/value.js';
import type { Scratch } from '../store/scratch.js';
import type { RecordFact } from './rectify-facts.js';
import { storedScalar } from './rectify-value.js';

const SCHEMA = `create table if not exists unique_after (watch int not null, tuple text not null, key text not null,
  primary key (watch, tuple, key)) without rowid`;

/** The columns that a unique key spans which one of `set` is part of. */
export function uniqueColumns(info: CollectionInfo, set: ReadonlySet<string>): readonly string[] {
  return bindingKeys(info)
    .filter(({ columns }) => columns.some((column) => set.has(column)))
    .flatMap(({ columns }) => columns);
}

export interface UniqueWatch {
  /** A record that will be changed. */
  note(fact: RecordFact): void;
  /**
   * Asks the sources, set by set, which records hold what others would become.
   *
   * @throws DsrError usage: one does, or two records would hold the same; names collection and field.
   */
  check(readers: ReadonlyMap<string, Reader>): Promise<void>;
}

interface Watched extends UniqueKey {
  readonly at: number;
  readonly collection: Collection;
  /** Of its columns, those that are set: what is named when it fails. */
  readonly set: Set<string>;
}

/** What changed records would hold in unique columns, in the scratch. A key with a NULL in it equals none. */
export function makeUniqueWatch({ db, guard }: Scratch): UniqueWatch {
  guard(() => db.exec(SCHEMA));
  const insert = db.prepare('insert or ignore into unique_after (watch, tuple, key) values (?, ?, ?)');
  const watches = new Map<string, Watched[]>();

  const watchesOf = ({ collection, cells }: RecordFact): readonly Watched[] => {
    const known = watches.get(collection.id);
    if (known !== undefined) return known;
    const info = cells[0]?.target.info;
    const before = [...watches.values()].reduce((sum, each) => sum + each.length, 0);
    const made = (info === undefined ? [] : bindingKeys(info)).map((key, at) => ({
      ...key,
      at: before + at,
      collection,
      set: new Set<string>(),
    }));
    watches.set(collection.id, made);
    return made;
  };

  return {
    note(fact) {
      const changed = new Map(fact.changes.map((change) => [change.column, change.new]));
      for (const watch of watchesOf(fact)) {
        if (!watch.columns.some((column) => changed.has(column))) continue;
        const parts = watch.columns.map((column) =>
          storedScalar(changed.has(column) ? (changed.get(column) ?? null) : fact.column(column)),
        );
        if (parts.some((part) => part === null)) continue;
        for (const column of watch.columns) if (changed.has(column)) watch.set.add(column);
        const tuple = encodeKey(parts.map((part) => comparedAs(part as Scalar, watch)));
        guard(() => insert.run(watch.at, tuple, encodeKey(fact.key)));
      }
    },
    async check(readers) {
      for (const watch of [...watches.values()].flat()) {
        if (watch.set.size === 0) continue;
        const twice = guard(() =>
          db
            .prepare('select 1 from unique_after where watch = ? group by tuple having count(*) > 1 limit 1')
            .get(watch.at),
        );
        if (twice !== undefined) throw taken(watch, 'two records of this person would hold the same value');
        const reader = readers.get(watch.collection.source);
        if (reader !== undefined && (await isTaken(watch, reader, db, guard))) {
          throw taken(watch, 'another record already holds the new value');
        }
      }
    },
  };
}

async function isTaken(
  watch: Watched,
  reader: Reader,
  db: Scratch['db'],
  guard: Scratch['guard'],
): Promise<boolean> {
  const { collection, columns, folded } = watch;
  const changes = db.prepare('select 1 from unique_after where watch = ? and key = ? limit 1').pluck();
  const match = {
    fields: columns.map((column) => ({ column, path: [] })),
    mode: folded ? ('folded' as const) : ('exact' as const),
    keys: tuplesAfter(watch, db, guard),
    when: [],
  };
  const query = { collection: collection.table, key: collection.key, matches: [match], fields: [] };
  for await (const batch of reader.find(query)) {
    // A record that is itself changed holds its old value no longer.
    if (batch.some(({ key }) => guard(() => changes.get(watch.at, encodeKey(key))) === undefined))
      return true;
  }
  return false;
}

function tuplesAfter({ at, columns }: Watched, db: Scratch['db'], guard: Scratch['guard']): KeySet {
  const count = db.prepare('select count(distinct tuple) from unique_after where watch = ?').pluck();
  const page = db
    .prepare('select distinct tuple from unique_after where watch = ? and tuple > ? order by tuple limit ?')
    .pluck();
  return {
    width: columns.length,
    size: Number(guard(() => count.get(at))),
    *chunks(most) {
      for (let after = ''; ; ) {
        const tuples = guard(() => page.all(at, after, most) as string[]);
        const last = tuples.at(-1);
        if (last === undefined) return;
        yield tuples.map(decodeKey);
        after = last;
      }
    },
  };
}

function comparedAs(part: Scalar, { folded }: UniqueKey): Scalar {
  return folded && typeof part === 'string' ? part.toLowerCase() : part;
}

/** One that may bind only some records does not stand in the way: the database tells. */
function bindingKeys(info: CollectionInfo): readonly UniqueKey[] {
  return uniqueKeys(info).filter(({ whole, folded }) => whole || folded);
}

function taken({ collection, columns, set }: Watched, why: string): DsrError {
  const fields = [...set].map((column) => `${collection.id}.${column}`).join(' and ');
  const once =
    columns.length === 1 ? 'where each may stand once' : `which with ${columns.join(', ')} may stand once`;
  return new DsrError('usage', `${fields}: ${why}, ${once}`, {
    place: collection.id,
    hint: 'give another value, or merge or change the other record first',
  });
}
