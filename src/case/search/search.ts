import type { Reader } from '../../connector/contract.js';
import type { IdentifierTypes } from '../../identity/identifier-types.js';
import { type AnsweredRecord, locate } from '../../locate/locate.js';
import type { Located, LocatedDecision, LocatedPerson } from '../../locate/located.js';
import type { Gap } from '../../map/gaps.js';
import type { Catalog } from '../../model/catalog.js';
import { DsrError } from '../../model/error.js';
import type { DataMap } from '../../model/map.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Decision, Identifier, Sought, SourceStatus } from '../../model/subject.js';
import { openScratch } from '../../store/scratch.js';
import type { Answer } from '../../work/decision.js';
import type { Context } from '../context.js';
import { type Landscape, openLandscape, openSnapshots, type Snapshots } from '../landscape.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import { workspaceAt } from '../workspace.js';
import { type AnswersGiven, type Decided, openDecisions } from './decisions.js';

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

/**
 * Opens every source on one snapshot each, finds the person, and puts the decisions that stay open to
 * the caller. A decision that was answered is searched on from, until no answer is left to apply; the
 * answers are the caller's to `settle`.
 */
export async function search(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  wanted: Wanted,
): Promise<Search> {
  const landscape = await openLandscape(context, mapAndTypes);
  try {
    const decided = openDecisions(context, books, wanted.subject, wanted.answers);
    const found = await searchIn(context, landscape, decided, {
      identifiers: wanted.identifiers,
      records: [],
    });
    const close = async () => {
      await found.close();
      await landscape.close();
    };
    try {
      decided.check();
    } catch (error) {
      await found.close();
      throw error;
    }
    return { ...found, close };
  } catch (error) {
    await landscape.close();
    throw error;
  }
}

/** The same where the sources are open already; whether the ids answered are known is not checked. `close` leaves the landscape open. */
export async function searchIn(
  context: Context,
  landscape: Landscape,
  decided: Decided,
  sought: Sought,
): Promise<Search> {
  const { map, types, catalogs, gaps } = landscape;
  const snapshots = await openSnapshots(context, landscape);
  const leaving = map.policy.candidates === 'leave' ? isCandidate : () => false;
  try {
    for (;;) {
      const located = await locateIn(context, landscape, snapshots, sought, decided.answers('whose'));
      const person = onlyPerson(located);
      const { open, applied } = decided.take(
        'whose',
        person.decisions.filter((decision) => !leaving(decision)),
      );
      if (applied) {
        located.close();
        continue;
      }
      const left = person.decisions.filter(leaving).length;
      return {
        map,
        types,
        catalogs,
        readers: snapshots.readers,
        person,
        sources: located.sources,
        gaps,
        decisions: open,
        warnings: left === 0 ? person.warnings : [...person.warnings, leftOut(left)],
        settle: decided.settle,
        close: async () => {
          located.close();
          await snapshots.close();
        },
      };
    }
  } catch (error) {
    await snapshots.close();
    throw error;
  }
}

/** Finds one person on these snapshots; the caller closes what comes back. */
export async function locateIn(
  context: Context,
  { map, types }: Pick<Landscape, 'map' | 'types'>,
  { readers, statuses }: Pick<Snapshots, 'readers' | 'statuses'>,
  sought: Sought,
  answers: ReadonlyMap<Answer, readonly AnsweredRecord[]>,
): Promise<Located> {
  const scratch = openScratch(workspaceAt(context.workspace).tmp);
  try {
    return await locate({
      map,
      types,
      readers,
      statuses,
      people: [{ ...sought, accepted: answers.get('accept') ?? [], rejected: answers.get('reject') ?? [] }],
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

export function onlyPerson({ people: [person] }: Located): LocatedPerson {
  if (person === undefined) throw new DsrError('internal', 'nobody was searched for');
  return person;
}

export function isCandidate(decision: LocatedDecision): boolean {
  return decision.kind === 'candidate';
}

function leftOut(left: number): string {
  return `${left} record${left === 1 ? '' : 's'} that only a weak identifier matches ${left === 1 ? 'was' : 'were'} left out (policy.candidates: leave)`;
}
