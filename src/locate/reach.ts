import type { Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import { DsrError } from '../model/error.js';
import { askQuestion, OwnFault } from './answer.js';
import type { Atlas, Place } from './atlas.js';
import { NAMES_ONLY, settle } from './belong.js';
import { excuseAccepted, holdOffConflicts, judgeConflicts } from './conflict.js';
import type { Graph } from './graph.js';
import { KIND, type Loader, makeLoader } from './load.js';
import { type Question, questionsOf, type Sought } from './question.js';

export interface ReachInput {
  readonly graph: Graph;
  readonly atlas: Atlas;
  readonly types: IdentifierTypes;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly signal: AbortSignal;
  /** Records the operator said are the person's; read on from as soon as they are seen. */
  readonly accepted: readonly AcceptedRecord[];
  /** Some records are sought by their keys (`sought`). */
  readonly seeking: boolean;
  readonly onWave: (wave: number, collections: number) => void;
}

export interface AcceptedRecord {
  readonly person: number;
  readonly collection: string;
  readonly key: string;
}

/**
 * Reads in waves until nothing new is reached: each wave asks every reached collection once, for all
 * people at once. What is read may be more than anybody's; `settle` decides whose it is. Gives the
 * sources that failed on the way, with why.
 */
export async function reach(input: ReachInput): Promise<ReadonlyMap<string, string>> {
  const { graph, atlas, types } = input;
  const failed = new Map<string, string>();
  const unreadable = (place: Place) => failed.has(place.collection.source);
  const loader = makeLoader(graph, types, unreadable);
  const judgedLate = placesJudgedLate(atlas, types);
  const owning = atlas.edges.filter((edge) => edge.relation === 'owns').map((edge) => edge.at);

  for (let wave = 1; ; wave++) {
    takeAccepted(input, () => 0);
    // All are asked for in the first wave.
    if (input.seeking && wave === 2) takeFound(graph, 'person = 0');
    settle(graph);
    freshen(graph, owning);
    const sought = graph.all<Sought>(
      'select v.id, v.type, v.value from val v where v.searched = 0 and exists (select 1 from pval p where p.person = 0 and p.val = v.id)',
    );
    const places = atlas.places.filter((place) => !unreadable(place));
    const questions = questionsOf(graph, types, places, sought);
    graph.run('insert or ignore into expanded (node) select node from fresh');
    graph.run(
      'update val set searched = 1 where searched = 0 and id in (select val from pval where person = 0)',
    );
    if (questions.length === 0) {
      const settled = input.accepted.length > 0 || input.seeking;
      if (settled && excuseWhileReading(graph)) continue;
      takeAccepted(input, ({ person }) => person);
      if (input.seeking) takeFound(graph, 'person > 0');
      return failed;
    }
    input.onWave(wave, questions.length);
    await askAll(input, loader, questions, failed);
    holdOffConflicts(graph, judgedLate);
    wantLed(graph);
  }
}

/** Values in conflict that the operator's word has settled lead on: there is more to read. */
function excuseWhileReading(graph: Graph): boolean {
  judgeConflicts(graph);
  if (excuseAccepted(graph) === 0) return false;
  graph.run(
    'insert or ignore into fresh_pval (person, val) select person, val from excused where person = 0',
  );
  return true;
}

/** What was just included and may lead on; its own references by `owns` are followed now. */
function freshen(graph: Graph, owning: readonly number[]): void {
  graph.run('delete from fresh');
  graph.run(
    `insert into fresh (node, place) select i.node, n.place from inc i join node n on n.id = i.node
     where i.person = 0 and n.place >= 0 and n.place not in (select place from leaf)
       and not exists (select 1 from expanded e where e.node = i.node)`,
  );
  for (const edge of owning) {
    graph.run(
      'update open_ref set wanted = 1 where edge = ? and wanted = 0 and node in (select node from fresh)',
      edge,
    );
  }
}

/** Where an identifier leads upward through records that are no roots, whose they are must be read. */
function wantLed(graph: Graph): void {
  graph.run(`update open_ref set wanted = 1 where kind = ${KIND['owned-by']} and wanted = 0 and node in (
    with recursive lead(node) as (
      select l.target from fresh_hit h join mark m on m.id = h.mark and m.bearing = 'of'
        join link l on l.node = h.node and l.edge = m.edge where l.troot = 0
      union
      select d.target from lead c join deciding d on d.node = c.node join node n on n.id = d.target where n.root = 0)
    select node from lead)`);
}

/** Roots that carry `single` values in child records: their conflicts can be judged only at the end. */
function placesJudgedLate(atlas: Atlas, types: IdentifierTypes): readonly number[] {
  return atlas.marks.flatMap((mark) =>
    mark.bearing.kind === 'of' && mark.bearing.edge.to !== null && types.get(mark.use.type).single
      ? [mark.bearing.edge.to.at]
      : [],
  );
}

/** Records sought by their keys are own, whatever they hold. */
function takeFound(graph: Graph, who: string): void {
  graph.run(
    `insert or ignore into accepted (person, node) select person, node from sought where ${who} and node is not null`,
  );
}

/** A record that only names the person becomes a mention by the operator's word, any other becomes own. */
function takeAccepted(
  { graph, atlas, accepted }: ReachInput,
  whose: (record: AcceptedRecord) => number,
): void {
  for (const record of accepted) {
    const place = atlas.placeOf.get(record.collection);
    if (place === undefined) continue;
    const person = whose(record);
    graph.run(
      `insert or ignore into accepted (person, node)
       select ?, n.id from node n where n.place = ? and n.key = ?
       and (not exists (select 1 from hit h where h.node = n.id)
         or exists (select 1 from hit h join mark m on m.id = h.mark where h.node = n.id and not ${NAMES_ONLY('n.id')}))`,
      person,
      place.at,
      record.key,
    );
    graph.run(
      `insert or ignore into accepted_mention (person, node)
       select ?, n.id from node n join hit h on h.node = n.id join mark m on m.id = h.mark and ${NAMES_ONLY('n.id')}
       where n.place = ? and n.key = ? and not exists (select 1 from accepted a where a.node = n.id)`,
      person,
      place.at,
      record.key,
    );
  }
}

/** Sources side by side; within one, one query at a time on its snapshot. */
async function askAll(
  input: ReachInput,
  loader: Loader,
  questions: readonly Question[],
  failed: Map<string, string>,
): Promise<void> {
  const { graph, types, readers, signal } = input;
  const sources = [...new Set(questions.map((question) => question.place.collection.source))];
  await Promise.all(
    sources.map(async (source) => {
      const asked = questions.filter((question) => question.place.collection.source === source);
      const reader = readers.get(source);
      try {
        if (reader === undefined) throw new DsrError('transient', `${source} has no reader`);
        for (const question of asked) {
          signal.throwIfAborted();
          await askQuestion({ graph, loader, types }, reader, question);
        }
      } catch (error) {
        if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
        if (error instanceof OwnFault) throw error.error;
        if (!(error instanceof DsrError) || error.kind === 'internal' || error.kind === 'cancelled')
          throw error;
        failed.set(source, error.message);
        forsake(graph, loader, input.atlas, source);
      }
    }),
  );
}

/** Whose the records are that refer into a source which fell silent is not known: somebody else's. */
function forsake(graph: Graph, loader: Loader, atlas: Atlas, source: string): void {
  for (const edge of atlas.edges) {
    if (edge.to?.collection.source !== source) continue;
    const open = graph.all<{ readonly tuple: string; readonly node: number; readonly kind: number }>(
      'select tuple, node, kind from open_ref where edge = ?',
      edge.at,
    );
    for (const each of open) {
      if (each.kind === KIND['owned-by'])
        loader.link(each.node, edge, loader.phantom(edge, each.tuple), true);
    }
    graph.run('delete from open_ref where edge = ?', edge.at);
  }
}
