import type { Found } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { FieldPath } from '../model/catalog.js';
import type { Key, Scalar, Value } from '../model/value.js';
import type { Edge, Mark, Place } from './atlas.js';
import { satisfies, scalarsAt } from './field-value.js';
import type { Graph } from './graph.js';
import { encodeKey } from './key-code.js';

export const KIND = { 'owned-by': 0, owns: 1, mentions: 2 } as const;

/** One record's links and identifiers, by column. */
export interface LoadedRow {
  readonly place: Place;
  readonly found: Found;
  column(name: string): Value;
}

export interface Loader {
  /**
   * Puts the record into the graph, once; gives its id and whether it is a person. `resolved` are the
   * references by which it was found just now, and whether they lead to a root; with `need`, whose it is
   * must be looked up, since it may turn out to be someone's.
   */
  load(record: LoadedRow, resolved: ReadonlyMap<Edge, boolean>, need: boolean): LoadedNode;
  /** The record may turn out to be someone's: whose it is must be looked up. */
  need(place: Place, node: number): void;
  link(node: number, edge: Edge, target: number, troot: boolean): void;
  /** Follows what is already known of a reference; unknown: it waits in open_ref. */
  refer(node: number, edge: Edge, tuple: string, wanted: boolean): void;
  valueId(type: string, value: string, strong: boolean): number;
  phantom(edge: Edge, tuple: string): number;
}

export interface LoadedNode {
  readonly id: number;
  readonly root: boolean;
  readonly isNew: boolean;
}

export function makeLoader(
  graph: Graph,
  types: IdentifierTypes,
  unreadable: (place: Place) => boolean,
): Loader {
  const dirty = (node: number) => {
    graph.run('insert or ignore into dirty (person, node) values (0, ?)', node);
  };

  const need: Loader['need'] = (place, node) => {
    if (graph.run('update node set need = 1 where id = ? and need = 0', node) === 0) return;
    graph.run('update open_ref set wanted = 1 where node = ? and kind = 0', node);
    if (!place.leaf) dirty(node);
  };

  const link: Loader['link'] = (node, edge, target, troot) => {
    // A record that refers to itself is owned by nobody through that.
    if (node === target) return;
    const kind = KIND[edge.relation];
    const isNew = graph.run(
      'insert or ignore into link (node, kind, edge, target, troot) values (?, ?, ?, ?, ?)',
      node,
      kind,
      edge.at,
      target,
      troot ? 1 : 0,
    );
    if (isNew === 0) return;
    if (kind === 0 && !edge.from.leaf) dirty(node);
    if (kind === 1 && edge.to?.leaf === false) dirty(target);
    // What is owned may be reached through its owner, also where a value had reached it first.
    if (kind === 1 && edge.to !== null) need(edge.to, target);
    if (edge.carries) {
      graph.run(
        'insert or ignore into fresh_carry (node, mark, val) select node, mark, val from carry where node = ?',
        node,
      );
    }
  };

  const phantom: Loader['phantom'] = (edge, tuple) => nodeAt(graph, -1 - edge.at, tuple, true, false).id;

  const refer: Loader['refer'] = (node, edge, tuple, wanted) => {
    if (edge.to === null || unreadable(edge.to)) {
      // Whose it is cannot be read: as if it were somebody's who is not asked for.
      if (edge.relation === 'owned-by') link(node, edge, phantom(edge, tuple), true);
      return;
    }
    const asked = graph.get('select 1 from asked_up where edge = ? and tuple = ?', edge.at, tuple);
    if (asked === undefined) {
      graph.run(
        `insert into open_ref (edge, tuple, node, kind, wanted) values (?, ?, ?, ?, ?)
         on conflict (edge, tuple, node) do update set wanted = max(wanted, excluded.wanted)`,
        edge.at,
        tuple,
        node,
        KIND[edge.relation],
        wanted ? 1 : 0,
      );
      return;
    }
    const answers = graph.all<{ readonly id: number; readonly root: number }>(
      `select n.id, n.root from answer a join node n on n.id = a.target where a.edge = ? and a.tuple = ?
       and (a.exact = 1 or not exists (select 1 from answer e where e.edge = a.edge and e.tuple = a.tuple and e.exact = 1))`,
      edge.at,
      tuple,
    );
    for (const answer of answers) link(node, edge, answer.id, answer.root === 1);
  };

  const valueId: Loader['valueId'] = (type, value, strong) => {
    const known = graph.get<{ readonly id: number }>(
      'select id from val where type = ? and value = ?',
      type,
      value,
    );
    if (known !== undefined) return known.id;
    graph.run('insert into val (type, value, strong) values (?, ?, ?)', type, value, strong ? 1 : 0);
    return graph.lastId();
  };

  const carry = (record: LoadedRow, node: LoadedNode, mark: Mark) => {
    if (!mark.carried || (mark.bearing.kind === 'own' && !node.root)) return;
    const type = types.get(mark.use.type);
    for (const scalar of scalarsAt(record.column(mark.field.column), mark.field)) {
      const tidy = type.normalise(String(scalar));
      if (!tidy.content || tidy.problem !== null || types.isNever(mark.use.type, tidy.value)) continue;
      const val = valueId(mark.use.type, tidy.value, true);
      graph.run('insert or ignore into carry (node, mark, val) values (?, ?, ?)', node.id, mark.at, val);
      graph.run(
        'insert or ignore into fresh_carry (node, mark, val) values (?, ?, ?)',
        node.id,
        mark.at,
        val,
      );
    }
  };

  const load: Loader['load'] = (record, resolved, wantOwner) => {
    const { place, found, column } = record;
    const { subject } = place.collection;
    const root = subject !== null && satisfies(subject.when, column);
    const node = nodeAt(graph, place.at, encodeKey(found.key), root, wantOwner);
    if (!node.isNew) {
      if (wantOwner) need(place, node.id);
      return node;
    }
    if (wantOwner && !place.leaf) dirty(node.id);
    for (const edge of place.out) {
      if (edge.relation === 'mentions' && !edge.carries) continue;
      if (edge.onKey && resolved.has(edge) && edge.reference.fields.every((field) => field.path.length === 0))
        continue;
      if (isDecided(edge, resolved)) continue;
      if (!satisfies(edge.reference.when, column)) continue;
      for (const tuple of tuplesOf(edge.reference.fields, column)) {
        refer(node.id, edge, encodeKey(tuple), wantOwner && edge.relation === 'owned-by');
      }
    }
    for (const edge of place.into) {
      if (edge.onKey) continue;
      for (const tuple of tuplesOf(edge.reference.on, column)) {
        graph.run(
          'insert or ignore into on_val (edge, tuple, node) values (?, ?, ?)',
          edge.at,
          encodeKey(tuple),
          node.id,
        );
      }
    }
    for (const mark of place.marks) carry(record, node, mark);
    return node;
  };

  return {
    load,
    link,
    refer,
    valueId,
    phantom,
    need,
  };
}

/** A reference straight to a root is known: those that can't lead to a root don't decide. */
function isDecided(edge: Edge, resolved: ReadonlyMap<Edge, boolean>): boolean {
  if (edge.relation !== 'owned-by' || edge.carries || edge.to === null) return false;
  if (edge.to.collection.subject !== null) return false;
  return [...resolved].some(([each, root]) => root && each.relation === 'owned-by');
}

function nodeAt(graph: Graph, place: number, key: string, root: boolean, need: boolean): LoadedNode {
  const isNew = graph.run(
    'insert or ignore into node (place, key, root, need) values (?, ?, ?, ?)',
    place,
    key,
    root ? 1 : 0,
    need ? 1 : 0,
  );
  if (isNew === 1) return { id: graph.lastId(), root, isNew: true };
  const known = graph.get<{ readonly id: number; readonly root: number }>(
    'select id, root from node where place = ? and key = ?',
    place,
    key,
  );
  return { id: known?.id ?? -1, root: known?.root === 1, isNew: false };
}

/** Every key that the fields' values make; none where a part is null. Several only through `[]`. */
export function tuplesOf(fields: readonly FieldPath[], column: (name: string) => Value): readonly Key[] {
  return fields.reduce<readonly (readonly Scalar[])[]>(
    (tuples, field) => {
      const scalars = scalarsAt(column(field.column), field);
      return tuples.flatMap((tuple) => scalars.map((scalar) => [...tuple, scalar]));
    },
    [[]],
  );
}
