import type { Scratch } from '../../store/scratch.js';

/** A field that holds a value of somebody who was erased. */
export interface Trace {
  /** Collection.id. */
  readonly collection: string;
  /** As `encodeKey` writes it. */
  readonly key: string;
  /** The record is a person. */
  readonly isRoot: boolean;
  /** Into the tags of those who were erased. */
  readonly tag: number;
  readonly type: string;
  /** Canonical. */
  readonly value: string;
  /** Reference.id by which it is known whose the value is, and what it refers by; null: the record's own. */
  readonly edge: string | null;
  readonly tuple: string | null;
}

/** What a scan brought to light, in a private file: a restored backup may bring back everybody. */
export interface Traces {
  add(trace: Trace): void;
  /** A record that tells nobody, and has the key of one that a sweep deleted. */
  husk(collection: string, key: string): void;
  husks(): readonly { readonly collection: string; readonly key: string }[];
  /** Whose value it is: the record that `edge` and `tuple` lead to, or if there is none, the record itself. */
  own(
    edge: string,
    tuple: string,
    owner: { readonly collection: string; readonly key: string; readonly isRoot: boolean },
  ): void;
  /** Forgets the values of one reference of which it is not known whose they are. */
  dropUnowned(edge: string): void;
  /** What the values of one reference refer by, each once. */
  tuples(edge: string): readonly string[];
  edges(): readonly string[];
  /** Each record that is the bearer of such a value, with the value; in order of collection and key. */
  bearers(): Iterable<Omit<Trace, 'edge' | 'tuple'>>;
}

const SCHEMA = `
create table trace (collection text not null, key text not null, root int not null, tag int not null,
  type text not null, value text not null, edge text, tuple text);
create table owner (edge text not null, tuple text not null, collection text not null, key text not null,
  root int not null, primary key (edge, tuple, collection, key)) without rowid;
create table husk (collection text not null, key text not null, primary key (collection, key)) without rowid;
create index trace_edge on trace (edge, tuple);`;

const BEARERS = `
  select distinct coalesce(o.collection, t.collection) as collection, coalesce(o.key, t.key) as key,
    coalesce(o.root, t.root) as root, t.tag, t.type, t.value
  from trace t left join owner o on o.edge = t.edge and o.tuple = t.tuple
  order by 1, 2, 4`;

const DROP_UNOWNED = `
  delete from trace where edge = ? and not exists
    (select 1 from owner where owner.edge = trace.edge and owner.tuple = trace.tuple)`;

export function tracesIn({ db, guard }: Scratch): Traces {
  guard(() => db.exec(SCHEMA));
  const insert = db.prepare('insert into trace values (?, ?, ?, ?, ?, ?, ?, ?)');
  const insertHusk = db.prepare('insert or ignore into husk values (?, ?)');
  const insertOwner = db.prepare('insert or ignore into owner values (?, ?, ?, ?, ?)');
  return {
    add({ collection, key, isRoot, tag, type, value, edge, tuple }) {
      guard(() => insert.run(collection, key, isRoot ? 1 : 0, tag, type, value, edge, tuple));
    },
    husk(collection, key) {
      guard(() => insertHusk.run(collection, key));
    },
    husks: () =>
      guard(() => db.prepare('select collection, key from husk order by collection, key').all()) as {
        collection: string;
        key: string;
      }[],
    own(edge, tuple, { collection, key, isRoot }) {
      guard(() => insertOwner.run(edge, tuple, collection, key, isRoot ? 1 : 0));
    },
    dropUnowned(edge) {
      guard(() => db.prepare(DROP_UNOWNED).run(edge));
    },
    tuples: (edge) =>
      guard(() =>
        db.prepare('select distinct tuple from trace where edge = ? order by tuple').pluck().all(edge),
      ) as readonly string[],
    edges: () =>
      guard(() =>
        db.prepare('select distinct edge from trace where edge is not null').pluck().all(),
      ) as readonly string[],
    *bearers() {
      const rows = db.prepare(BEARERS).iterate() as IterableIterator<
        Omit<Trace, 'edge' | 'tuple' | 'isRoot'> & { readonly root: number }
      >;
      for (const { root, ...row } of rows) yield { ...row, isRoot: root === 1 };
    },
  };
}
