import type { ChangeInput } from '../case/change/change.js';
import { compactSources } from '../case/change/compaction.js';
import { readKeptPlan, removeLeftFiles } from '../case/change/plan-keeping.js';
import type { Context } from '../case/context.js';
import { heldRequests } from '../case/hold/release.js';
import { openLandscape } from '../case/landscape.js';
import { type Books, withBooks } from '../case/ledger-work.js';
import { loadTypes, type MapAndTypes } from '../case/map-and-types.js';
import { civilDate } from '../case/request/deadline.js';
import type { Pass } from '../case/resume/follow-up.js';
import { type Resumed, resumeRequest } from '../case/resume/resume.js';
import { openerOf } from '../case/resume/runs.js';
import { encodeKey } from '../locate/key-code.js';
import { DsrError, type ErrorKind } from '../model/error.js';
import type { RequestId } from '../model/request.js';
import { changes } from '../plan/plan.js';
import type { StoredEvent } from '../work/request.js';
import { duesOn, isOwn } from './owed.js';
import { owingAsBefore } from './owing.js';
import { closePass, isOver } from './pass.js';
import { stillNamed } from './still-named.js';
import { sweepOf } from './sweep-pass.js';

export interface ResumeInput extends Pick<ChangeInput, 'show' | 'confirm'> {
  /** null: every request under which something may have been begun. */
  readonly request: string | null;
}

/** Whether anything is left to finish is not known: somebody else works on it, or something stands against it. */
export interface NotResumed {
  /** null: of no request alone. */
  readonly request: RequestId | null;
  readonly resumed: 'in-work' | 'failed';
  /** Who, and since when; or what. */
  readonly why: string;
}

/** What would meet every other request, too. */
const EVERYBODYS: ReadonlySet<ErrorKind> = new Set(['internal', 'cancelled', 'ledger']);

/**
 * `dsr resume`: finishes what a crash, a lost connection or a full disk left halfway, one request after the
 * other. What was never begun, or is done and verified, is passed over unless it is asked for by its number.
 *
 * @throws DsrError as resumeRequest, for a request that is asked for; for all, internal, cancelled and ledger.
 */
export async function* resume(context: Context, input: ResumeInput): AsyncGenerator<Resumed | NotResumed> {
  const mapAndTypes = loadTypes(context);
  const { request } = input;
  if (request !== null) {
    const { request: known } = await withBooks(context, ({ work }) => work.request(request));
    try {
      yield await withBooks(context, (books) => resumeOne(context, books, mapAndTypes, input, known));
    } catch (error) {
      if (!isInWork(error, known)) throw error;
      yield { request: known, resumed: 'in-work', why: error.message };
    }
    return;
  }
  await withBooks(context, (books) => removeLeftFiles(context, books));
  for (const each of await withBooks(context, mayBeUnfinished)) {
    try {
      const result = await withBooks(context, (books) => resumeOne(context, books, mapAndTypes, input, each));
      if (result.resumed === 'resumed' || result.closed || (result.undone ?? []).length > 0) yield result;
    } catch (error) {
      if (!(error instanceof DsrError) || EVERYBODYS.has(error.kind)) throw error;
      yield { request: each, resumed: isInWork(error, each) ? 'in-work' : 'failed', why: error.message };
    }
  }
  for (const why of await withBooks(context, (books) => compactRest(context, books, mapAndTypes))) {
    yield { request: null, resumed: 'failed', why };
  }
}

/** What closed requests left to be compacted. */
async function compactRest(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
): Promise<readonly string[]> {
  if (books.work.compactionsOwed().length === 0) return [];
  const landscape = await openLandscape(context, mapAndTypes);
  try {
    return await compactSources(context, books, landscape);
  } finally {
    await landscape.close();
  }
}

function isInWork(error: unknown, request: RequestId): error is DsrError {
  return error instanceof DsrError && error.kind === 'transient' && error.place === request;
}

async function resumeOne(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  { show, confirm }: ResumeInput,
  request: RequestId,
): Promise<Resumed> {
  await books.locks.hold(request);
  const pass = await passOf(context, books, mapAndTypes, request);
  if (pass?.action === 'sweep') await checkNotHeld(context, books, request);
  const owing = new Set(books.work.obligations(null).map((obligation) => obligation.request));
  const theirs = pass === null ? books : owingAsBefore(books, owing);
  const input = { request, pass, show, confirm, dryRun: false };
  const result = await resumeRequest(context, theirs, mapAndTypes, input);
  const { resumed, change } = result;
  const isEnded = resumed === 'nothing' || (change !== null && isOver(change));
  if (pass !== null && isEnded) closePass(context, books, mapAndTypes, request);
  return result;
}

/**
 * The people of a sweep are not told by identifiers: whether a hold came meanwhile, the requests say that
 * owe what it was about to change. The next sweep takes it up, and leaves out what is held.
 */
async function checkNotHeld(context: Context, books: Books, request: RequestId): Promise<void> {
  const held = heldRequests(books);
  const kept = books.work.plans(request).at(-1);
  if (held.size === 0 || kept === undefined) return;
  const plan = await readKeptPlan(context, kept);
  try {
    for (const [at, group] of plan.groups.entries()) {
      if (!changes(group)) continue;
      for (const { key } of plan.rows(at)) {
        for (const owing of books.work.owedOf(group.collection, encodeKey(key))) {
          const hold = held.get(owing.request);
          if (hold === undefined) continue;
          throw new DsrError('conflict', `${hold} was put on the person of ${owing.request} meanwhile`, {
            hint: '`dsr sweep` finishes it, and leaves out what is held',
          });
        }
      }
    }
  } finally {
    plan.close();
  }
}

function isClosed(events: readonly StoredEvent[]): boolean {
  return events.some(({ event }) => event === 'closed' || event === 'abandoned');
}

/** What the request was opened for, where nobody asked for it. */
async function passOf(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  request: RequestId,
): Promise<Pass | null> {
  const action = openerOf(books, request)?.action;
  if (action === 'replay') return { action, again: null };
  if (action !== 'sweep') return null;
  const today = civilDate(context.clock.now(), mapAndTypes.loaded.controller.timezone);
  const { due, requests } = duesOn(books, today);
  const named = await stillNamed(context, books, mapAndTypes, due);
  return {
    action,
    again(stood) {
      const begun = due.filter((one) => !isOwn(one) || stood(one));
      return sweepOf({ context, books, due: begun, named }, new Set(requests));
    },
  };
}

/** Those with a plan that was confirmed, and those that a command opened by itself. */
function mayBeUnfinished(books: Books): readonly RequestId[] {
  return [...books.work.requests()]
    .filter(({ events }) => !isClosed(events))
    .map(({ request }) => request)
    .filter((request) => books.work.plans(request).length > 0 || openerOf(books, request) !== null);
}
