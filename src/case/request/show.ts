import type { Context } from '../context.js';
import { withBooks } from '../ledger-work.js';
import { requestSettings } from './rules.js';
import { type RequestDetails, viewOf } from './view.js';

/** `dsr request show`. Throws DsrError('usage') where there is no such request. */
export async function showRequest(context: Context, request: string): Promise<RequestDetails> {
  const settings = requestSettings(context);
  return withBooks(context, ({ work }) => {
    const stored = work.request(request);
    return {
      ...viewOf(stored, settings, context.clock.now()),
      identifiers: work.identifiers(request),
      events: stored.events,
    };
  });
}
