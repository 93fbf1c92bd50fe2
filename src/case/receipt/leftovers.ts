import type { Leftover } from '../../connector/contract.js';
import type { LoadedMap } from '../../map/loaded.js';
import { DsrError } from '../../model/error.js';
import type { Context } from '../context.js';
import { openSources, type SourceSettings } from '../sources.js';

/** What a source still holds of what was deleted, in its free pages and logs; English. */
export interface SourceLeftover {
  readonly source: string;
  readonly what: string;
  /** When it goes; null: not known. */
  readonly until: string | null;
  /** What hastens it; null: nothing, or nothing is known. */
  readonly remedy: string | null;
}

/**
 * Asks the sources, all at once; one that cannot say is told as such, and the rest of the receipt stands.
 *
 * @param uncompacted whose map asks for compaction, which is owed since the last change.
 */
export async function leftoversOf(
  context: Context,
  loaded: LoadedMap,
  names: readonly string[],
  uncompacted: readonly string[] = [],
): Promise<readonly SourceLeftover[]> {
  if (names.length > 0) {
    context.report({ kind: 'step', message: 'asking the sources what a deletion leaves in them' });
  }
  const left = await Promise.all(
    names.map((name) => leftIn(context, loaded, name, uncompacted.includes(name))),
  );
  return left.flat();
}

async function leftIn(
  context: Context,
  loaded: LoadedMap,
  name: string,
  isOwed: boolean,
): Promise<readonly SourceLeftover[]> {
  const sources = loaded.sources.filter((source) => source.name === name);
  if (sources.length === 0) return [notKnown(name, 'the source is not in the data map any more')];
  try {
    const left = await ask(context, { ...loaded, sources }, name);
    return left.map(({ what, until, remedy, compacted }) =>
      isOwed && compacted === true
        ? { source: name, what, until: OWED, remedy: 'dsr resume' }
        : { source: name, what, until, remedy },
    );
  } catch (error) {
    if (!(error instanceof DsrError) || error.kind === 'cancelled' || error.kind === 'internal') throw error;
    return [notKnown(name, loaded.scrub(error.message))];
  }
}

async function ask(context: Context, settings: SourceSettings, name: string): Promise<readonly Leftover[]> {
  const { signal, timeoutMs } = context;
  const { connectors, statuses, close } = await openSources(context, settings);
  try {
    const connector = connectors.get(name);
    if (connector === undefined) {
      throw new DsrError('transient', statuses[0]?.error ?? 'the source did not answer');
    }
    if (connector.leftovers === undefined) throw new DsrError('usage', 'its connector does not tell');
    return await connector.leftovers({ signal, timeoutMs });
  } finally {
    await close();
  }
}

const OWED = 'The file is compacted, which the map asks for and which was not done yet since the change.';

function notKnown(source: string, why: string): SourceLeftover {
  return { source, what: `not known: ${why}`, until: null, remedy: null };
}
