import { DsrError } from '../../model/error.js';
import type { Context } from '../context.js';
import type { Landscape } from '../landscape.js';
import type { Books } from '../ledger-work.js';

/** A file is written anew, all of it, and SQLite cannot be stopped in the midst of that. */
const TIMEOUT_MS = 6 * 60 * 60_000;

/**
 * Has the room of what was deleted given back and overwritten, at the sources whose map asks for it and that
 * were changed since it was done last. Where a source is in use, it stays owed: the next change,
 * verification or `dsr resume` tries again.
 *
 * @returns what is not done, in words.
 */
export async function compactSources(
  { signal, report }: Context,
  { work }: Books,
  { connectors }: Pick<Landscape, 'connectors'>,
): Promise<readonly string[]> {
  const undone: string[] = [];
  for (const source of work.compactionsOwed()) {
    const connector = connectors.get(source);
    if (connector === undefined) {
      undone.push(`${source}: ${NOT_YET}: it could not be reached`);
      continue;
    }
    report({ kind: 'step', message: `${source}: overwriting the room of what was deleted` });
    try {
      await connector.compact?.({ signal, timeoutMs: TIMEOUT_MS });
      work.compacted(source);
    } catch (error) {
      if (!(error instanceof DsrError) || error.kind === 'internal') throw error;
      undone.push(`${source}: ${NOT_YET}: ${error.message}`);
    }
  }
  return undone;
}

const NOT_YET = 'the room of what was deleted was not overwritten yet';
