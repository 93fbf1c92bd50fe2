import { type Ledger, openLedger } from '../ledger/ledger.js';
import { openWork, type Work } from '../work/work.js';
import { bounded } from './boundary.js';
import type { Context } from './context.js';
import { type RequestLocks, requestLocks } from './request/lock.js';
import { prepareWorkspace, workspaceAt } from './workspace.js';

/** What an operation writes down: the ledger for good, the work file while requests are open. */
export interface Books {
  readonly ledger: Ledger;
  readonly work: Work;
  /** Let go by `close`. */
  readonly locks: Omit<RequestLocks, 'release'>;
  close(): void;
}

/** What of them changes nothing that lasts. */
const READING = {
  ledger: ['subjectTag', 'recordTag', 'planSalt', 'links', 'highestRequest', 'head', 'close'],
  work: [
    ...(['request', 'identifiers', 'subject', 'requests', 'answers', 'extracts', 'hasExtract'] as const),
    ...([
      'learnt',
      'names',
      'plans',
      'commits',
      'obligations',
      'requestsOwing',
      'owedUnder',
      'owedOf',
      'retentions',
      'holds',
      'holdsOn',
      'blocked',
      'close',
    ] as const),
  ],
} as const;

/** Opens both, making them at first use. */
export async function openBooks(context: Context): Promise<Books> {
  const workspace = workspaceAt(context.workspace);
  prepareWorkspace(workspace);
  const ledger = await openLedger(workspace.state, context.clock);
  try {
    const work = await openWork(workspace.state, context.clock);
    const locks = requestLocks(context);
    const close = () => {
      work.close();
      ledger.close();
      locks.release();
    };
    return {
      ledger: bounded(ledger, 'ledger', READING.ledger, context.boundary),
      work: bounded(work, 'work', READING.work, context.boundary),
      locks,
      close,
    };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/** Opens both for as long as `use` runs. */
export async function withBooks<T>(context: Context, use: (books: Books) => T | Promise<T>): Promise<T> {
  const books = await openBooks(context);
  try {
    return await use(books);
  } finally {
    books.close();
  }
}
