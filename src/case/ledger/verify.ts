import { type Verified, verifyLedger } from '../../ledger/verify.js';
import type { Context } from '../context.js';
import { workspaceAt } from '../workspace.js';

/**
 * `dsr ledger verify`, and what `doctor` asks.
 *
 * @throws DsrError ledger, naming the first entry that does not hold (exit 6).
 */
export function verifyWorkspaceLedger(context: Context): Promise<Verified> {
  return verifyLedger(workspaceAt(context.workspace).state);
}
