import { type Ledger, openLedger } from '../ledger/ledger.js';
import { openWork, type Work } from '../work/work.js';
import type { Context } from './context.js';
import { prepareWorkspace, workspaceAt } from './workspace.js';

/** What an operation writes down: the ledger for good, the work file while requests are open. */
export interface Books {
  readonly ledger: Ledger;
  readonly work: Work;
  close(): void;
}

/** Opens both, making them at first use. */
export async function openBooks(context: Context): Promise<Books> {
  const workspace = workspaceAt(context.workspace);
  prepareWorkspace(workspace);
  const ledger = await openLedger(workspace.state, context.clock);
  try {
    const work = await openWork(workspace.state, context.clock);
    const close = () => {
      work.close();
      ledger.close();
    };
    return { ledger, work, close };
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
