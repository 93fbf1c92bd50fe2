import type { Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { DataMap } from '../model/map.js';
import type { Sought, SourceStatus } from '../model/subject.js';
import type { Scratch } from '../store/scratch.js';
import { type Atlas, compileAtlas } from './atlas.js';
import { decisionsOf, markCandidates } from './decide.js';
import { type Graph, makeGraph } from './graph.js';
import { KIND } from './load.js';
import type { Located } from './located.js';
import { type AcceptedRecord, reach } from './reach.js';
import { identifiersOf, recordsOf, roleCounts, warningsOf } from './report.js';
import { judgeRoles } from './roles.js';

export interface LocateInput {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  /** One snapshot a source; sources without one are not searched. */
  readonly readers: ReadonlyMap<string, Reader>;
  /** Of every source in the map. */
  readonly statuses: readonly SourceStatus[];
  readonly people: readonly Asked[];
  /** Empty; locate fills it and Located.close() closes it. */
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  readonly onWave?: (wave: number, collections: number) => void;
}

/**
 * One person asked for. Their `records` are own from the start, as those that the operator accepted are:
 * whoever names one knows whose it is, so it stays own where an `owned-by` of it leads to somebody else's
 * root, and it settles a conflict about a value that only own roots hold. References to it are followed as
 * from any own record, and a root among them lends its identifiers on. One that is not there is not found.
 */
export interface Asked extends Sought {
  /** Records that the operator answered decisions about, by what they are. */
  readonly accepted: readonly AnsweredRecord[];
  readonly rejected: readonly AnsweredRecord[];
}

export interface AnsweredRecord {
  readonly collection: string;
  /** As Decision.recordKey gives it. */
  readonly key: string;
}

/**
 * Finds every record of every person asked for, in all sources at once (architecture.md, "How a person
 * is located"). Sources that fail on the way are reported in `sources`; everything else throws.
 */
export async function locate(input: LocateInput): Promise<Located> {
  const { map, types, scratch } = input;
  const graph = makeGraph(scratch);
  const atlas = compileAtlas(map, types, (source) => input.readers.has(source));
  writeMap(graph, atlas, types);
  ask(graph, types, input.people);
  seek(graph, atlas, input.people);
  const accepted: readonly AcceptedRecord[] = input.people.flatMap((asked, index) =>
    asked.accepted.map((record) => ({ person: index + 1, collection: record.collection, key: record.key })),
  );
  const failed = await reach({
    graph,
    atlas,
    types,
    readers: input.readers,
    signal: input.signal,
    accepted,
    seeking: input.people.some(({ records }) => records.length > 0),
    onWave: input.onWave ?? (() => {}),
  });
  ban(graph, atlas, input.people);
  judgeRoles(graph, types, input.people);
  markCandidates(graph);

  const unread = (source: string) => !input.readers.has(source) || failed.has(source);
  const isUnread = (collection: string) => failed.has(atlas.placeOf.get(collection)?.collection.source ?? '');
  return {
    people: input.people.map((_, index) => {
      const person = index + 1;
      return {
        identifiers: identifiersOf(graph, atlas, person),
        decisions: decisionsOf(graph, atlas, person).filter(({ collection }) => !isUnread(collection)),
        collections: roleCounts(graph, atlas, person, unread),
        warnings: warningsOf(graph, atlas, person),
        records: (collection, roles) =>
          isUnread(collection) ? [] : recordsOf(graph, atlas, person, collection, roles),
      };
    }),
    sources: input.statuses.map((status) => {
      const error = failed.get(status.source);
      return error === undefined ? status : { source: status.source, status: 'unreachable', error };
    }),
    close: () => scratch.close(),
  };
}

/** What the fixpoint has to know of the map. */
function writeMap(graph: Graph, atlas: Atlas, types: IdentifierTypes): void {
  for (const place of atlas.places) {
    if (place.leaf) graph.run('insert into leaf (place) values (?)', place.at);
  }
  for (const { at, place, bearing, use } of atlas.marks) {
    const edge = bearing.kind === 'of' ? bearing.edge : null;
    graph.run(
      'insert into mark (id, place, bearing, edge, kind, single) values (?, ?, ?, ?, ?, ?)',
      at,
      place.at,
      bearing.kind,
      edge?.at ?? null,
      edge === null ? null : KIND[edge.relation],
      types.get(use.type).single ? 1 : 0,
    );
  }
}

/** Person 0 asks for all that anybody asks for. */
function ask(graph: Graph, types: IdentifierTypes, people: readonly Asked[]): void {
  people.forEach((asked, index) => {
    for (const { type, value, learnt } of asked.identifiers) {
      const strong = types.get(type).strength === 'strong' ? 1 : 0;
      graph.run('insert or ignore into val (type, value, strong) values (?, ?, ?)', type, value, strong);
      for (const person of [0, index + 1]) {
        graph.run(
          `insert or ignore into pval (person, val, given, carrier)
           select ?, id, ?, null from val where type = ? and value = ?`,
          person,
          learnt === true ? 0 : 1,
          type,
          value,
        );
      }
    }
  });
}

/** Person 0 seeks what anybody does. */
function seek(graph: Graph, atlas: Atlas, people: readonly Asked[]): void {
  people.forEach((asked, index) => {
    for (const { collection, key } of asked.records) {
      const place = atlas.placeOf.get(collection);
      if (place === undefined) continue;
      for (const person of [0, index + 1]) {
        graph.run(
          'insert or ignore into sought (person, place, key) values (?, ?, ?)',
          person,
          place.at,
          key,
        );
      }
    }
  });
}

function ban(graph: Graph, atlas: Atlas, people: readonly Asked[]): void {
  people.forEach((asked, index) => {
    for (const { collection, key } of asked.rejected) {
      const place = atlas.placeOf.get(collection);
      if (place === undefined) continue;
      graph.run(
        'insert or ignore into banned (person, node) select ?, id from node where place = ? and key = ?',
        index + 1,
        place.at,
        key,
      );
    }
  });
}
