import type { Match } from '../connector/contract.js';
import { type KeySet, keySetOf } from '../connector/key-set.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Edge, Mark, Place } from './atlas.js';
import type { Graph } from './graph.js';
import { decodeKey } from './key-code.js';

/** What one wave asks one collection, all people at once. */
export interface Question {
  readonly place: Place;
  readonly asks: readonly Ask[];
}

export type Ask =
  /** records holding one of these values */
  | {
      readonly kind: 'mark';
      readonly mark: Mark;
      readonly match: Match;
      readonly values: readonly (readonly Sought[])[];
    }
  /** the records that references lead to */
  | { readonly kind: 'up'; readonly edge: Edge; readonly match: Match; readonly id: number }
  /** records that are known to be somebody's */
  | { readonly kind: 'record'; readonly match: Match; readonly id: number }
  /** the records whose references lead to those just included */
  | { readonly kind: 'down'; readonly edge: Edge; readonly match: Match; readonly id: number };

export interface Sought {
  readonly id: number;
  readonly type: string;
  readonly value: string;
}

/** Gathers the wave's questions, one a collection; empty when there is nothing left to ask. */
export function questionsOf(
  graph: Graph,
  types: IdentifierTypes,
  places: readonly Place[],
  sought: readonly Sought[],
): readonly Question[] {
  graph.run('delete from ask');
  let id = 0;
  return places.flatMap((place) => {
    const asks = [
      ...askRecords(graph, place, id++),
      ...place.marks.flatMap((mark) => askMark(types, mark, sought)),
      ...place.into.flatMap((edge) => askUp(graph, edge, id++)),
      ...place.out.flatMap((edge) => askDown(graph, edge, id++)),
    ];
    return asks.length === 0 ? [] : [{ place, asks }];
  });
}

/** Once: what was not there in the first wave is not found later either. */
function askRecords(graph: Graph, { at, collection: { key } }: Place, id: number): readonly Ask[] {
  const asked = graph.run(
    `insert into ask (match, pos, tuple)
     select ?, row_number() over (order by key) - 1, key
     from (select distinct key from sought where place = ? and asked = 0)`,
    id,
    at,
  );
  if (asked === 0) return [];
  graph.run('update sought set asked = 1 where place = ?', at);
  const fields = key.map((column) => ({ column, path: [] }));
  const keys = scratchKeys(graph, id, asked, key.length);
  return [{ kind: 'record', id, match: { fields, mode: 'exact', keys, when: [] } }];
}

function askMark(types: IdentifierTypes, mark: Mark, sought: readonly Sought[]): readonly Ask[] {
  const byForm = new Map<string, Sought[]>();
  let mode = mark.use.match ?? 'exact';
  for (const value of sought) {
    if (!isOfType(types, value, mark.use.type)) continue;
    const search = types.search(mark.use, value.value);
    mode = search.mode;
    for (const form of search.forms) {
      const same = byForm.get(form);
      if (same === undefined) byForm.set(form, [value]);
      else same.push(value);
    }
  }
  if (byForm.size === 0) return [];
  const forms = [...byForm.keys()].map((form) => [form]);
  const match: Match = { fields: [mark.field], mode, keys: keySetOf(forms, 1), when: [] };
  return [{ kind: 'mark', mark, match, values: [...byForm.values()] }];
}

/** Also as another type that holds the same number: a sole trader's organisationsnummer. */
function isOfType(types: IdentifierTypes, value: Sought, type: string): boolean {
  return value.type === type || types.alsoKnownAs(value).some((alias) => alias.type === type);
}

function askUp(graph: Graph, edge: Edge, id: number): readonly Ask[] {
  const asked = graph.run(
    `insert into ask (match, pos, tuple)
     select ?, row_number() over (order by tuple) - 1, tuple
     from (select distinct tuple from open_ref where edge = ? and wanted = 1)`,
    id,
    edge.at,
  );
  if (asked === 0) return [];
  const keys = scratchKeys(graph, id, asked, edge.reference.on.length);
  return [{ kind: 'up', edge, id, match: { fields: edge.reference.on, mode: 'exact', keys, when: [] } }];
}

function askDown(graph: Graph, edge: Edge, id: number): readonly Ask[] {
  if (edge.to === null) return [];
  // Who else owns a record matters only where nothing decides by owned-by.
  const undecided =
    edge.relation === 'owns'
      ? 'and not exists (select 1 from link d where d.node = f.node and d.kind = 0)'
      : '';
  const asked = edge.onKey
    ? graph.run(
        `insert into ask (match, pos, node, tuple)
         select ?, row_number() over (order by n.key) - 1, n.id, n.key
         from fresh f join node n on n.id = f.node where f.place = ? ${undecided}`,
        id,
        edge.to.at,
      )
    : graph.run(
        `insert into ask (match, pos, tuple)
         select ?, row_number() over (order by tuple) - 1, tuple
         from (select distinct o.tuple from fresh f join on_val o on o.node = f.node and o.edge = ? where f.place = ? ${undecided})`,
        id,
        edge.at,
        edge.to.at,
      );
  if (asked === 0) return [];
  const { fields, when } = edge.reference;
  const keys = scratchKeys(graph, id, asked, fields.length);
  return [{ kind: 'down', edge, id, match: { fields, mode: 'exact', keys, when } }];
}

function scratchKeys(graph: Graph, match: number, size: number, width: number): KeySet {
  return {
    width,
    size,
    *chunks(most) {
      for (let start = 0; start < size; start += most) {
        const rows = graph.all<{ readonly tuple: string }>(
          'select tuple from ask where match = ? and pos >= ? and pos < ? order by pos',
          match,
          start,
          start + most,
        );
        yield rows.map((row) => decodeKey(row.tuple));
      }
    },
  };
}
