import type { Reader } from '../connector/contract.js';
import { type IdentifierTypes, identifierTypes } from '../identity/identifier-types.js';
import { type AnsweredRecord, locate } from '../locate/locate.js';
import type { Located, LocatedDecision, LocatedPerson } from '../locate/located.js';
import type { Gap } from '../map/gaps.js';
import { legibleMap } from '../map/legible.js';
import { loadMap } from '../map/load.js';
import type { LoadedMap } from '../map/loaded.js';
import { mapError } from '../map/problem.js';
import { resolveMap } from '../map/resolve.js';
import type { Catalog } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { DataMap } from '../model/map.js';
import type { RequestId, SubjectTag } from '../model/request.js';
import type { Decision, Identifier, SourceStatus } from '../model/subject.js';
import { openScratch } from '../store/scratch.js';
import type { Answer } from '../work/decision.js';
import type { Context } from './context.js';
import { type AnswersGiven, openDecisions } from './decisions.js';
import type { Books } from './ledger-work.js';
import { openSources } from './sources.js';
import { workspaceAt } from './workspace.js';

/** One person, found in every source, the snapshots still open to be read from. */
export interface Search {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly person: LocatedPerson;
  readonly sources: readonly SourceStatus[];
  readonly gaps: readonly Gap[];
  readonly decisions: readonly Decision[];
  readonly warnings: readonly string[];
  /** Writes down the answers that were given to decisions. */
  settle(request: RequestId | null): void;
  close(): Promise<void>;
}

export interface Wanted {
  readonly identifiers: readonly Identifier[];
  readonly subject: readonly SubjectTag[];
  readonly answers: AnswersGiven;
}

/** What the map says of identifiers, before any source is opened. */
export interface MapAndTypes {
  readonly loaded: LoadedMap;
  readonly types: IdentifierTypes;
}

export function loadTypes(context: Context): MapAndTypes {
  const loaded = loadMap(workspaceAt(context.workspace).map, context.env);
  const { country } = loaded.controller;
  return { loaded, types: identifierTypes(loaded.identifiers, { clock: context.clock, country }) };
}

/**
 * Opens every source on one snapshot each, finds the person, and puts the decisions that stay open to
 * the caller. A decision that was answered is searched on from, until no answer is left to apply; the
 * answers are the caller's to `settle`.
 */
export async function search(
  context: Context,
  books: Books,
  { loaded, types }: MapAndTypes,
  wanted: Wanted,
): Promise<Search> {
  context.report({ kind: 'step', message: 'opening the sources' });
  const opened = await openSources(context, loaded);
  const closers: (() => Promise<void>)[] = [opened.close];
  const closeAll = async () => {
    for (const close of closers.toReversed()) await close().catch(() => undefined);
  };
  try {
    const { map: whole, problems, gaps } = resolveMap(loaded, opened.catalogs);
    if (problems.some((problem) => problem.severity === 'error')) throw mapError(problems);
    const map = legibleMap(whole, opened.catalogs);
    const { readers, statuses } = await openReaders(context, opened.connectors, opened.statuses);
    closers.push(async () => {
      await Promise.allSettled([...readers.values()].map((reader) => reader.close()));
    });
    const decided = openDecisions(context, books, wanted.subject, wanted.answers);
    for (;;) {
      const located = await locateOne(
        context,
        map,
        types,
        readers,
        statuses,
        wanted.identifiers,
        decided.answers(),
      );
      const [person] = located.people;
      if (person === undefined) throw new DsrError('internal', 'nobody was searched for');
      const leaving = map.policy.candidates === 'leave' ? isCandidate : () => false;
      const { open, applied } = decided.take(person.decisions.filter((decision) => !leaving(decision)));
      if (applied) {
        located.close();
        continue;
      }
      decided.check();
      closers.push(async () => located.close());
      const left = person.decisions.filter(leaving).length;
      return {
        map,
        types,
        catalogs: opened.catalogs,
        readers,
        person,
        sources: located.sources,
        gaps,
        decisions: open,
        warnings: left === 0 ? person.warnings : [...person.warnings, leftOut(left)],
        settle: decided.settle,
        close: closeAll,
      };
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function isCandidate(decision: LocatedDecision): boolean {
  return decision.kind === 'candidate';
}

function leftOut(left: number): string {
  return `${left} record${left === 1 ? '' : 's'} that only a weak identifier matches ${left === 1 ? 'was' : 'were'} left out (policy.candidates: leave)`;
}

async function openReaders(
  context: Context,
  connectors: ReadonlyMap<string, { reader(call: Call): Promise<Reader> }>,
  statuses: readonly SourceStatus[],
): Promise<{ readonly readers: ReadonlyMap<string, Reader>; readonly statuses: readonly SourceStatus[] }> {
  const readers = new Map<string, Reader>();
  const failed = new Map<string, string>();
  await Promise.all(
    [...connectors].map(async ([source, connector]) => {
      try {
        readers.set(source, await connector.reader({ signal: context.signal, timeoutMs: context.timeoutMs }));
      } catch (error) {
        if (!(error instanceof DsrError) || context.signal.aborted || error.kind === 'internal') throw error;
        failed.set(source, error.message);
      }
    }),
  );
  return {
    readers,
    statuses: statuses.map((status) => {
      const error = failed.get(status.source);
      return error === undefined ? status : { source: status.source, status: 'unreachable', error };
    }),
  };
}

interface Call {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

async function locateOne(
  context: Context,
  map: DataMap,
  types: IdentifierTypes,
  readers: ReadonlyMap<string, Reader>,
  statuses: readonly SourceStatus[],
  identifiers: readonly Identifier[],
  answers: ReadonlyMap<Answer, readonly AnsweredRecord[]>,
): Promise<Located> {
  const scratch = openScratch(workspaceAt(context.workspace).tmp);
  try {
    return await locate({
      map,
      types,
      readers,
      statuses,
      people: [{ identifiers, accepted: answers.get('accept') ?? [], rejected: answers.get('reject') ?? [] }],
      scratch,
      signal: context.signal,
      onWave: (wave, collections) =>
        context.report({
          kind: 'step',
          message: `wave ${wave}: asking ${collections} collection${collections === 1 ? '' : 's'}`,
        }),
    });
  } catch (error) {
    scratch.close();
    throw error;
  }
}
