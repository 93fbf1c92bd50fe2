import type { Entry, Recorded } from '../../ledger/entry.js';
import { ledgerExists } from '../../ledger/files.js';
import { entryOf, openLedger } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import { isRequestId, type RequestId } from '../../model/request.js';
import type { Context } from '../context.js';
import { workspaceAt } from '../workspace.js';

/** One entry as `dsr ledger list` tells it. */
export type LedgerLine = { readonly seq: number; readonly hash: string } & Recorded<Entry>;

export interface LedgerListInput {
  /** Only what belongs to this request. */
  readonly request: string | null;
}

/**
 * `dsr ledger list`, oldest first. A workspace without a ledger has nothing to list, and gets none.
 *
 * @throws DsrError usage: no request's number · ledger: refused (openLedger).
 */
export async function* listLedger(context: Context, input: LedgerListInput): AsyncGenerator<LedgerLine> {
  const request = input.request === null ? null : requestId(input.request);
  const { state } = workspaceAt(context.workspace);
  if (!ledgerExists(state)) return;
  const ledger = await openLedger(state, context.clock);
  try {
    for (const link of ledger.links(request === null ? {} : { request })) {
      context.signal.throwIfAborted();
      yield { seq: link.seq, hash: link.hash, ...entryOf(link) };
    }
  } finally {
    ledger.close();
  }
}

function requestId(text: string): RequestId {
  if (isRequestId(text)) return text;
  throw new DsrError('usage', 'that is no number of a request', { hint: 'it is written R-2026-0001' });
}
