import type { LoadedMap } from '../../map/loaded.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import type { RequestType } from '../../work/words.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import { civilDate } from './deadline.js';
import { recordEvent } from './event.js';
import { registerRequest } from './open.js';
import { settingsOf } from './rules.js';
import { stateOf } from './state.js';

/**
 * `policy.identity: verified` (GDPR Art. 12(6)): nothing is handed out or changed before the person of
 * the request is identified. What would open a request has nobody identified yet. `then`: what is not done.
 *
 * @throws DsrError decision.
 */
export function checkIdentified(
  context: Context,
  { work }: Books,
  loaded: LoadedMap,
  request: RequestId | null,
  then = 'no extract is handed out',
): void {
  if (loaded.policy.identity === 'operator') return;
  const { timezone } = loaded.controller;
  const events = request === null ? [] : work.request(request).events;
  if (stateOf(events, civilDate(context.clock.now(), timezone), timezone).identified) return;
  throw new DsrError(
    'decision',
    request === null
      ? `nobody is identified yet, and policy.identity is verified: ${then}`
      : `the person of request ${request} is not identified, and policy.identity is verified: ${then}`,
    {
      place: loaded.place(['policy', 'identity']),
      hint: '`dsr request verify`, which records that a person was identified, comes with a later version; until then only policy.identity: operator lets it through, on your word',
    },
  );
}

/**
 * Opens a request, received today, for an operation that was not called for one. `intent`: the entry that
 * announced the operation, so that it can be told whether anything came of it.
 */
export function openRequestOf(
  type: RequestType,
  context: Context,
  books: Books,
  loaded: LoadedMap,
  identifiers: readonly Identifier[],
  intent: number,
): RequestId {
  const settings = settingsOf(loaded, context.clock);
  const received = civilDate(context.clock.now(), settings.timezone);
  return registerRequest(context, books, settings, { type, received, identifiers, intent }).request;
}

/** The request is being worked on; it is answered when the extract was sent, which dsr can't see. */
export function startRequest(context: Context, books: Books, loaded: LoadedMap, request: RequestId): void {
  const settings = settingsOf(loaded, context.clock);
  const today = civilDate(context.clock.now(), settings.timezone);
  const { status } = stateOf(books.work.request(request).events, today, settings.timezone);
  if (status === 'open') recordEvent(context, books, settings, request, 'started');
}
