import type { Query, Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Likeness } from '../identity/type.js';
import type { Key, Scalar, Value } from '../model/value.js';
import type { Edge, Mark, Place } from './atlas.js';
import { closeAsked } from './close-asked.js';
import { satisfies, scalarsAt } from './field-value.js';
import type { Graph } from './graph.js';
import { decodeKey, encodeKey } from './key-code.js';
import { type LoadedRow, type Loader, tuplesOf } from './load.js';
import type { Ask, Question, Sought } from './question.js';

export interface WaveTools {
  readonly graph: Graph;
  readonly loader: Loader;
  readonly types: IdentifierTypes;
}

/** Asks one question and puts the answer into the graph. */
export async function askQuestion(tools: WaveTools, reader: Reader, question: Question): Promise<void> {
  const { place, asks } = question;
  const query: Query = {
    collection: place.collection.table,
    key: place.collection.key,
    matches: asks.map((ask) => ask.match),
    fields: place.columns,
  };
  const parentsOf = rememberLast((edge, match, pos) => parentsAt(tools.graph, edge, match, pos));
  const columnAt = new Map(place.columns.map((column, index) => [column, index]));
  for await (const batch of reader.find(query)) {
    ours(() => {
      for (const found of batch) {
        const column = (name: string): Value => {
          const index = columnAt.get(name);
          return index === undefined ? null : (found.values[index] ?? null);
        };
        if (isElsewhere(place, column)) continue;
        takeIn(tools, asks, parentsOf, { place, found, column });
      }
    });
  }
  ours(() => {
    for (const ask of asks) if (ask.kind === 'up') closeAsked(tools.graph, ask.edge, ask.id);
  });
}

/** What went wrong while an answer was taken in is no fault of the source that gave it. */
export class OwnFault {
  constructor(readonly error: unknown) {}
}

function ours(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new OwnFault(error);
  }
}

/** Of two collections over one table, `subject.when` says which a row is of. */
function isElsewhere({ parted, collection }: Place, column: (name: string) => Value): boolean {
  return parted && collection.subject !== null && !satisfies(collection.subject.when, column);
}

interface Parent {
  readonly edge: Edge;
  readonly node: number;
  readonly root: boolean;
}

function takeIn(tools: WaveTools, asks: readonly Ask[], parentsOf: ParentsOf, row: LoadedRow): void {
  const { loader } = tools;
  const parents: Parent[] = [];
  const resolved = new Map<Edge, boolean>();
  const doubtful: Edge[] = [];
  for (const hit of row.found.matched) {
    const ask = asks[hit.match];
    if (ask?.kind !== 'down') continue;
    for (const parent of parentsOf(ask.edge, ask.id, hit.key)) {
      if (!saysSame(row, ask.edge, parent.key)) {
        doubtful.push(ask.edge);
        continue;
      }
      parents.push({ edge: ask.edge, ...parent });
      resolved.set(ask.edge, (resolved.get(ask.edge) ?? false) || parent.root);
    }
  }
  const owned = [...resolved.keys(), ...doubtful].some((edge) => edge.relation === 'owned-by');
  const node = loader.load(row, resolved, owned);
  for (const parent of parents) loader.link(node.id, parent.edge, parent.node, parent.root);
  for (const edge of doubtful) {
    for (const tuple of tuplesOf(edge.reference.fields, row.column)) {
      loader.refer(node.id, edge, encodeKey(tuple), true);
    }
  }
  for (const hit of row.found.matched) {
    const ask = asks[hit.match];
    if (ask?.kind === 'record') takeSought(tools.graph, ask.id, hit.key, row, node.id);
    if (ask?.kind === 'up') takeTarget(tools, ask.edge, ask.id, hit.key, row, node.id);
    if (ask?.kind === 'mark') takeMatch(tools, ask.mark, ask.values[hit.key] ?? [], row, node.id);
  }
}

interface ParentNode {
  readonly node: number;
  readonly root: boolean;
  readonly key: string;
}
type ParentsOf = (edge: Edge, match: number, pos: number) => readonly ParentNode[];

/** A million records of one person come with the same parent, one after the other. */
function rememberLast(parents: ParentsOf): ParentsOf {
  let last: { readonly match: number; readonly pos: number; readonly found: readonly ParentNode[] } | null =
    null;
  return (edge, match, pos) => {
    if (last?.match === match && last.pos === pos) return last.found;
    last = { match, pos, found: parents(edge, match, pos) };
    return last.found;
  };
}

function parentsAt(graph: Graph, edge: Edge, match: number, pos: number): readonly ParentNode[] {
  const asked = graph.get<{
    readonly node: number | null;
    readonly tuple: string;
    readonly root: number | null;
  }>(
    'select a.node, a.tuple, n.root from ask a left join node n on n.id = a.node where a.match = ? and a.pos = ?',
    match,
    pos,
  );
  if (asked === undefined) return [];
  if (asked.node !== null) return [{ node: asked.node, root: asked.root === 1, key: asked.tuple }];
  return graph
    .all<{ readonly id: number; readonly root: number }>(
      'select n.id, n.root from on_val o join node n on n.id = o.node where o.edge = ? and o.tuple = ?',
      edge.at,
      asked.tuple,
    )
    .map((each) => ({ node: each.id, root: each.root === 1, key: asked.tuple }));
}

/**
 * The source's equality is a net: a folding column takes 'AB' for 'ab'. Only the same text is the same
 * key for sure; where the texts differ, the record referred to is asked for, by its own equality.
 */
function saysSame(row: LoadedRow, edge: Edge, target: string): boolean {
  const wanted = textOf(decodeKey(target));
  return tuplesOf(edge.reference.fields, row.column).some((tuple) => textOf(tuple) === wanted);
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
function textOf(key: Key): string {
  return JSON.stringify(
    key.map((part: Scalar) => (UUID.test(String(part)) ? String(part).toLowerCase() : String(part))),
  );
}

/** As with any key: only the same text is the same record. */
function takeSought(graph: Graph, match: number, pos: number, row: LoadedRow, node: number): void {
  const asked = graph.get<{ readonly tuple: string }>(
    'select tuple from ask where match = ? and pos = ?',
    match,
    pos,
  );
  if (asked === undefined || textOf(decodeKey(asked.tuple)) !== textOf(row.found.key)) return;
  graph.run('update sought set node = ? where place = ? and key = ?', node, row.place.at, asked.tuple);
}

function takeTarget(
  tools: WaveTools,
  edge: Edge,
  match: number,
  pos: number,
  row: LoadedRow,
  node: number,
): void {
  const { graph, loader } = tools;
  const asked = graph.get<{ readonly tuple: string }>(
    'select tuple from ask where match = ? and pos = ?',
    match,
    pos,
  );
  if (asked === undefined) return;
  const wanted = textOf(decodeKey(asked.tuple));
  const held = edge.onKey ? [row.found.key] : tuplesOf(edge.reference.on, row.column);
  const exact = held.some((key) => textOf(key) === wanted);
  // Two databases do not share a collation.
  if (edge.acrossSources && !exact) return;
  graph.run(
    'insert or ignore into answer (edge, tuple, target, exact) values (?, ?, ?, ?)',
    edge.at,
    asked.tuple,
    node,
    exact ? 1 : 0,
  );
  if (edge.relation === 'owns' || edge.carries) loader.need(row.place, node);
}

/** Every match is compared again in code, by the identifier's own rules. */
function takeMatch(
  tools: WaveTools,
  mark: Mark,
  values: readonly Sought[],
  row: LoadedRow,
  node: number,
): void {
  const { graph, types } = tools;
  const stored = scalarsAt(row.column(mark.field.column), mark.field).map(String);
  for (const value of values) {
    const likeness = likest(types, mark, value.value, stored);
    if (likeness === 'different') continue;
    const near = likeness === 'near' ? 1 : 0;
    graph.run(
      `insert into hit (val, mark, node, near) values (?, ?, ?, ?)
       on conflict (val, mark, node) do update set near = min(near, excluded.near)`,
      value.id,
      mark.at,
      node,
      near,
    );
    if (near === 0) {
      graph.run(
        'insert or ignore into fresh_hit (val, mark, node) values (?, ?, ?)',
        value.id,
        mark.at,
        node,
      );
    }
    if (mark.bearing.kind === 'of') {
      graph.run('update open_ref set wanted = 1 where node = ? and +edge = ?', node, mark.bearing.edge.at);
      // Where that leads nowhere, others decide.
      tools.loader.need(row.place, node);
    }
  }
}

function likest(types: IdentifierTypes, mark: Mark, value: string, stored: readonly string[]): Likeness {
  const each = stored.map((text) => types.judge(mark.use, value, text));
  return each.includes('same') ? 'same' : each.includes('near') ? 'near' : 'different';
}
