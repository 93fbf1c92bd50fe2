import { rmSync } from 'node:fs';
import { entryOf } from '../../ledger/ledger.js';
import type { RequestId } from '../../model/request.js';
import type { Context } from '../context.js';
import { defaultOutput } from '../extract/export.js';
import type { Books } from '../ledger-work.js';
import type { MapAndTypes } from '../map-and-types.js';
import { civilDate } from '../request/deadline.js';
import { recordEvent } from '../request/event.js';
import { settingsOf } from '../request/rules.js';
import { isRunning, stateOf } from '../request/state.js';
import { openerOf } from './runs.js';

/**
 * Of a request under which no plan was confirmed, no source was touched. An extract that was being made
 * and was never written down goes. One that the command had opened by itself, which then died, is closed:
 * nobody knows of it. One that waits for an answer or for a hold to end stays.
 *
 * @returns whether it was closed.
 */
export function leaveUntouched(
  context: Context,
  books: Books,
  { loaded }: MapAndTypes,
  request: RequestId,
): boolean {
  const { work } = books;
  if (!work.hasExtract(request)) {
    const file = defaultOutput(context, request);
    for (const left of [file, `${file}.part`]) rmSync(left, { force: true });
  }
  const { timezone } = loaded.controller;
  const state = stateOf(work.request(request).events, civilDate(context.clock.now(), timezone), timezone);
  if (!isRunning(state) || !diedEarly(books, request)) return false;
  recordEvent(context, books, settingsOf(loaded, context.clock), request, 'abandoned');
  return true;
}

/** Opened by a command of which nothing more was heard. */
function diedEarly(books: Books, request: RequestId): boolean {
  const { work, ledger } = books;
  if (work.hasExtract(request) || work.blocked(request).length > 0) return false;
  const opener = openerOf(books, request);
  if (opener === null) return false;
  for (const link of ledger.links({ after: opener.seq })) {
    const entry = entryOf(link);
    if (entry.kind === 'export' && (entry.request === request || entry.intent === opener.seq)) return false;
    // It came so far that it could say what became of it.
    if (entry.kind === 'outcome' && entry.request === request) return false;
    // Ended by what only a human can decide.
    if (entry.kind === 'find' && entry.intent === opener.seq && entry.open > 0) return false;
  }
  return true;
}
