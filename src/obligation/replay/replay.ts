import type { ChangeInput } from '../../case/change/change.js';
import type { Context } from '../../case/context.js';
import { openBooks } from '../../case/ledger-work.js';
import { loadTypes } from '../../case/map-and-types.js';
import { failureOf, intentEntry, unsearchedEntry } from '../../case/search/search-entry.js';
import { countsOf, type Sha256, statusesOf } from '../../ledger/entry.js';
import { type ErasedSince, erasedSince } from '../../ledger/erased.js';
import type { Decision } from '../../model/subject.js';
import { type Done, erasedAgain } from './again.js';
import { type ReplayDecisions, replayDecisions } from './decisions.js';
import { type Found, searchAgain } from './search.js';
import { sinceOf } from './since.js';
import { unfinishedBefore } from './unfinished.js';

export interface ReplayInput extends Pick<ChangeInput, 'accept' | 'reject' | 'dryRun' | 'show' | 'confirm'> {
  /** RFC 3339, or a civil date in the controller's zone: when the backup was made. */
  readonly since: string;
}

/** How a replay ended. Holds nothing personal but the keys of decisions. */
export interface ReplayResult
  extends Omit<Done, 'incomplete' | 'unsure'>,
    Pick<Found, 'scanned' | 'sources' | 'warnings' | 'incomplete' | 'keyFields'> {
  readonly since: Date;
  /** How many erasures were carried out since then, or may have been. */
  readonly erasures: number;
  readonly dryRun: boolean;
  readonly decisions: readonly Decision[];
  readonly complete: boolean;
}

/**
 * `dsr replay --since`: after a restored backup, finds those who were erased since by the ledger's tags, and
 * erases them again through the ordinary plan, shown and confirmed. Whoever only has an identifier in common
 * with them is a decision. Nobody's identifier is kept to make this possible.
 *
 * @throws DsrError usage: no time, one to come, an id that is no decision · config: the map does not fit ·
 *   cancelled · as erase.
 */
export async function replay(context: Context, input: ReplayInput): Promise<ReplayResult> {
  const mapAndTypes = loadTypes(context);
  const since = sinceOf(input.since, mapAndTypes.loaded.controller.timezone, context.clock.now());
  const books = await openBooks(context);
  try {
    const erased = erasedSince(books.ledger, since);
    const unfinished = await unfinishedBefore(context, books);
    const intent = books.ledger.append(intentEntry(context, mapAndTypes, 'replay', null, []));
    const by = { kind: 'find', operator: context.operator, request: null, intent } as const;
    let scan: Found;
    try {
      scan = erased.erasures.length === 0 ? NOBODY : await searchAgain(context, books, mapAndTypes, erased);
    } catch (error) {
      const entry = unsearchedEntry(mapAndTypes, []);
      books.ledger.append({ ...by, ...entry, outcome: 'failed', failure: failureOf(error, context) });
      throw error;
    }
    books.ledger.append({
      ...by,
      ...{ subject: [], map: mapAndTypes.loaded.hash as Sha256, complete: scan.incomplete.length === 0 },
      ...{ sources: statusesOf(scan.sources), collections: countsOf(scan.counts) },
      open: scan.asked,
      ...{ outcome: 'answered', failure: null },
    });
    const decisions = replayDecisions(context, books, input, erased.answers, intent);
    const aside = replayDecisions(context, books, { accept: [], reject: [] }, erased.answers, intent);
    const passing = { context, books, mapAndTypes, decisions, aside, ...input };
    const done = await erasedAgain(passing, scan.found);
    const told = { ...scan, incomplete: [...unfinished, ...scan.incomplete] };
    return resultOf(since, erased, told, done, decisions, input.dryRun);
  } finally {
    books.close();
  }
}

/** Who was not erased is not looked for. */
const NOBODY: Found = {
  ...{
    found: [],
    counts: [],
    asked: 0,
    scanned: { values: 0, seconds: 0 },
    sources: [],
    incomplete: [],
    warnings: [],
    keyFields: {},
  },
};

function resultOf(
  since: Date,
  erased: ErasedSince,
  { scanned, sources, incomplete, warnings, keyFields }: Found,
  done: Done,
  decisions: ReplayDecisions,
  dryRun: boolean,
): ReplayResult {
  const { passes, waiting, held, hits } = done;
  const left = decisions.remembered();
  const reasons = new Set([
    ...incomplete,
    ...done.incomplete,
    ...passes.flatMap((pass) => pass.incomplete),
    ...(held === 0
      ? []
      : [`${people(held)} there again, and a hold keeps ${held === 1 ? 'them' : 'them all'}`]),
  ]);
  const asked = new Map(
    [...decisions.open(), ...passes.flatMap((pass) => pass.decisions)].map((one) => [one.id, one]),
  );
  return {
    ...{ since, hits, scanned, passes, dryRun, waiting, held, sources, keyFields },
    erasures: erased.erasures.length,
    decisions: [...asked.values()],
    complete: reasons.size === 0,
    incomplete: [...reasons],
    warnings: [
      ...new Set([...warnings, ...passes.flatMap((pass) => pass.warnings)]),
      ...(done.unsure === 0
        ? []
        : [
            `${done.unsure === 1 ? 'one person' : `${done.unsure} people`} whose record stayed could not be looked at: dsr find tells what stands against it`,
          ]),
      ...(left === 0
        ? []
        : [`${left === 1 ? 'one record was' : `${left} records were`} left alone, as was answered before`]),
    ],
  };
}

function people(count: number): string {
  return count === 1 ? 'one person is' : `${count} people are`;
}
