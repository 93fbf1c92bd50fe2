import type { Link } from '../../ledger/chain.js';
import { ledgerExists } from '../../ledger/files.js';
import { openLedger } from '../../ledger/ledger.js';
import type { Context } from '../context.js';
import { workspaceAt } from '../workspace.js';

/**
 * `dsr ledger export`: the rows as they stand, to be printed as JSON Lines. Anybody can verify them
 * without dsr (src/ledger/README.md shows how), and hold a later export against them.
 */
export async function* exportLedger(context: Context): AsyncGenerator<Link> {
  const { state } = workspaceAt(context.workspace);
  if (!ledgerExists(state)) return;
  const ledger = await openLedger(state, context.clock);
  try {
    for (const { seq, body, hash } of ledger.links()) {
      context.signal.throwIfAborted();
      yield { seq, body, hash };
    }
  } finally {
    ledger.close();
  }
}
