import type { KeySet } from '../connector/key-set.js';
import { decodeKey, encodeKey } from '../locate/key-code.js';
import { DsrError } from '../model/error.js';
import type { Key } from '../model/value.js';
import type { Scratch } from '../store/scratch.js';
import type { Plan, PlanGroup, PlanHeader, PlanRow } from './plan.js';
import { planHash } from './plan-hash.js';
import { canonical, jsonValue, valueJson } from './plan-line.js';
import { type Found, type Reach, reconcile } from './reconcile.js';

/** Opaque; good for the builder that gave it. */
export type GroupHandle = number & { readonly group: unique symbol };

export type Bindable = string | number | bigint | null;

export interface PlanBuilder {
  /** Groups stand in the plan as they were added, in the order of application; one without records is left out. */
  add(group: Omit<PlanGroup, 'records'>): GroupHandle;
  /** Throws DsrError('internal') for a record that has its action already. */
  row(group: GroupHandle, row: PlanRow): void;
  /**
   * Every key that a query of the scratch gives: its column `key`, as `encodeKey` writes it. Answers how
   * many. Parameters are `?`.
   */
  rowsFrom(group: GroupHandle, select: string, ...bound: readonly Bindable[]): number;
  /** Throws DsrError('internal') unless the records have what reconcile.ts asks for. */
  reconcile(found: Found, reach: Reach): void;
  /** The builder is over. The plan owns the scratch from here: `close` closes it. */
  finish(header: PlanHeader): Plan;
}

/**
 * once: 0 for what becomes of the record, of which there is one; what comes beside it (`disable`,
 * `open`) has its group's number. grp begins at 1. old, new: JSON as plan-line.ts has it.
 */
const SCHEMA = `
create table plan_row (grp int not null, place int not null, once int not null, key text not null,
  old text, new text, primary key (grp, key)) without rowid;
create unique index plan_record on plan_row (place, key, once);
`;

/** Rows that are held at once; a value may be a long document. */
const PAGE = 200;

interface StoredRow {
  readonly key: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** Collects a plan in `scratch`: only groups are held in memory. Its order is by key, however rows come. */
export function makePlan(scratch: Scratch): PlanBuilder {
  const { db, guard } = scratch;
  guard(() => db.exec(SCHEMA));
  const groups: Omit<PlanGroup, 'records'>[] = [];
  const places = new Map<string, number>();
  const insert = db.prepare(
    'insert into plan_row (grp, place, once, key, old, new) values (?, ?, ?, ?, ?, ?)',
  );
  const once = <T>(collection: string, work: () => T): T =>
    guard(() => {
      try {
        return work();
      } catch (error) {
        throw isConstraint(error) ? twice(collection) : error;
      }
    });

  const placeOf = (collection: string): number => {
    const known = places.get(collection) ?? places.size + 1;
    places.set(collection, known);
    return known;
  };
  const facts = (group: GroupHandle) => {
    const made = groups[group - 1];
    if (made === undefined) throw new DsrError('internal', 'a plan has no such group');
    const beside = made.action === 'disable' || made.action === 'open';
    return { collection: made.collection, place: placeOf(made.collection), turn: beside ? group : 0 };
  };

  return {
    add(group) {
      groups.push(group);
      return groups.length as GroupHandle;
    },
    row(group, row) {
      const { place, turn, collection } = facts(group);
      const [old, shall] = [row.old, row.new].map((values) =>
        values.length === 0 ? null : canonical(values.map(valueJson)),
      );
      once(collection, () => insert.run(group, place, turn, encodeKey(row.key), old, shall));
    },
    rowsFrom(group, select, ...bound) {
      const { place, turn, collection } = facts(group);
      const sql = `insert into plan_row (grp, place, once, key) select ?, ?, ?, key from (${select})`;
      return once(collection, () => db.prepare(sql).run(group, place, turn, ...bound).changes);
    },
    reconcile(found, reach) {
      reconcile(scratch, { groups, placeOf }, found, reach);
    },
    finish(header) {
      return planOver(scratch, header, groups, places);
    },
  };
}

function isConstraint(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT');
}

function twice(collection: string): DsrError {
  return new DsrError('internal', `${collection}: a record stands in the plan twice`, {
    place: collection,
    hint: 'this is a bug: please report it',
  });
}

function planOver(
  scratch: Scratch,
  header: PlanHeader,
  added: readonly Omit<PlanGroup, 'records'>[],
  places: ReadonlyMap<string, number>,
): Plan {
  const { db, guard } = scratch;
  const counts = guard(
    () =>
      db.prepare('select grp, count(*) as n from plan_row group by grp').all() as {
        readonly grp: number;
        readonly n: number;
      }[],
  );
  const ids = counts.map(({ grp }) => grp);
  const groups = counts.flatMap(({ grp, n }) => {
    const group = added[grp - 1];
    return group === undefined ? [] : [{ ...group, records: n }];
  });
  const page = db.prepare(
    'select key, old, new from plan_row where grp = ? and key > ? order by key limit ?',
  );
  const groupsOf = db.prepare('select grp from plan_row where place = ? and key = ? order by grp');

  // In pages: an open cursor would shut everybody else out of the scratch.
  function* pages(group: number, most: number): Generator<readonly StoredRow[]> {
    const id = ids[group];
    if (id === undefined) throw new DsrError('internal', `a plan has no group ${group}`);
    for (let after = ''; ; ) {
      const rows = guard(() => page.all(id, after, most) as StoredRow[]);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows;
      if (rows.length < most) return;
      after = last.key;
    }
  }

  function* rows(group: number): Generator<PlanRow> {
    for (const stored of pages(group, PAGE)) {
      for (const row of stored) {
        yield { key: decodeKey(row.key), old: values(row.old), new: values(row.new) };
      }
    }
  }

  return {
    header,
    groups,
    rows: (group) => ({ [Symbol.iterator]: () => rows(group) }),
    keys: (group): KeySet => ({
      width: firstKey(pages(group, 1))?.length ?? 1,
      size: groups[group]?.records ?? 0,
      *chunks(most) {
        for (const stored of pages(group, most)) yield stored.map((row) => decodeKey(row.key));
      },
    }),
    groupsOf(collection, key) {
      const place = places.get(collection);
      if (place === undefined) return [];
      const found = guard(() => groupsOf.all(place, encodeKey(key)) as { readonly grp: number }[]);
      return found.map(({ grp }) => ids.indexOf(grp));
    },
    hash: planHash({ header, groups, rows }),
    close: () => scratch.close(),
  };
}

function firstKey(pages: Iterable<readonly StoredRow[]>): Key | undefined {
  for (const [row] of pages) if (row !== undefined) return decodeKey(row.key);
  return undefined;
}

function values(json: string | null): PlanRow['old'] {
  return json === null ? [] : (JSON.parse(json) as readonly unknown[]).map(jsonValue);
}
