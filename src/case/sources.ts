import type { Connector } from '../connector/contract.js';
import { limited } from '../connector/limits.js';
import type { LoadedMap, SourceSetting } from '../map/loaded.js';
import type { Catalog } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { SourceStatus } from '../model/subject.js';
import { boundedConnector } from './boundary.js';
import type { Context } from './context.js';
import { workspaceAt } from './workspace.js';

/** Every source of the map, opened and described; those that did not answer have only a status. */
export interface OpenSources {
  /** By source name; only those that answered. */
  readonly connectors: ReadonlyMap<string, Connector>;
  /** The same sources. */
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Every source, in the map's order: `searched` where it can be, else `unreachable` with the reason. */
  readonly statuses: readonly SourceStatus[];
  /** What each source is opened with, without secrets: fit to print. Every source. */
  readonly shown: ReadonlyMap<string, unknown>;
  /** Closes all; never throws. */
  close(): Promise<void>;
}

/** What of a loaded map is needed to open its sources. */
export type SourceSettings = Pick<LoadedMap, 'sources' | 'workspace' | 'place' | 'scrub'>;

type Opened =
  | { readonly connector: Connector; readonly catalog: Catalog }
  | { readonly connector: null; readonly error: DsrError };

/**
 * Opens all sources at once and asks each what it holds. A source that cannot be opened or described
 * is reported, not thrown: the rest is still worth searching.
 *
 * @throws DsrError config where the map names a connector that is not there or a connection that its
 *   connector cannot read; cancelled after Ctrl-C. Whatever was open is closed before.
 */
export async function openSources(context: Context, loaded: SourceSettings): Promise<OpenSources> {
  const ready = await Promise.all(loaded.sources.map((source) => prepare(context, loaded, source)));
  const opened = await Promise.all(
    ready.map(async ({ source, open }) => ({
      source: source.name,
      result: await reach(context, source, open),
    })),
  );
  const connectors = new Map<string, Connector>();
  const catalogs = new Map<string, Catalog>();
  const statuses: SourceStatus[] = [];
  for (const { source, result } of opened) {
    if (result.connector === null) {
      statuses.push({ source, status: 'unreachable', error: loaded.scrub(result.error.message) });
    } else {
      connectors.set(source, result.connector);
      catalogs.set(source, result.catalog);
      statuses.push({ source, status: 'searched' });
    }
  }
  const shown = new Map(ready.map((one) => [one.source.name, one.shown]));
  const close = async () => {
    await Promise.allSettled([...connectors.values()].map((connector) => connector.close()));
  };
  if (context.signal.aborted) {
    await close();
    throw new DsrError('cancelled', 'cancelled');
  }
  return { connectors, catalogs, statuses, shown, close };
}

/** The connector's own reading of `connection` and `options`; its errors are the operator's to mend. */
async function prepare(context: Context, loaded: SourceSettings, source: SourceSetting) {
  const factory = await blaming(loaded, source, () =>
    context.registry.resolve(source.connector, loaded.workspace),
  );
  const options: unknown = await blaming(loaded, source, async () =>
    factory.parse({
      name: source.name,
      connection: source.connection,
      options: source.options,
      workspace: loaded.workspace,
      scratch: workspaceAt(context.workspace).tmp,
    }),
  );
  const shown: unknown = await blaming(loaded, source, async () => factory.redact(options));
  return { source, shown, open: () => factory.open(options) };
}

async function blaming<T>(loaded: SourceSettings, source: SourceSetting, work: () => Promise<T>): Promise<T> {
  const place = loaded.place(['sources', source.name, 'connector']);
  try {
    return await work();
  } catch (error) {
    // A third-party connector's own words may hold the connection, so only a DsrError's are told.
    const known = error instanceof DsrError ? error : null;
    const told = known?.message ?? `the connector '${source.connector}' failed on its settings`;
    const why = told.includes(source.name) ? told : `source ${source.name}: ${told}`;
    throw new DsrError(known?.kind ?? 'config', loaded.scrub(`${place}: ${why}`), {
      place,
      hint: known?.hint ?? `check connection and options of sources.${source.name}`,
    });
  }
}

async function reach(
  context: Context,
  source: SourceSetting,
  open: () => Promise<Connector>,
): Promise<Opened> {
  try {
    // A third-party connector need not listen to signals and time-outs itself.
    const opened = limited(await opening(context, source, open), source.name);
    const connector = boundedConnector(opened, source.name, context.boundary);
    try {
      const catalog = await connector.describe({ signal: context.signal, timeoutMs: context.timeoutMs });
      return { connector, catalog };
    } catch (error) {
      await connector.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    return { connector: null, error: told(source, error) };
  }
}

/** `open` has no time-out of its own: one that comes too late is closed, not leaked. */
async function opening(
  context: Context,
  source: SourceSetting,
  open: () => Promise<Connector>,
): Promise<Connector> {
  const { signal, timeoutMs } = context;
  let gaveUp = false;
  const connection = open();
  connection.then(
    (connector) => (gaveUp ? connector.close().catch(() => undefined) : undefined),
    () => undefined,
  );
  const ended = new AbortController();
  try {
    return await Promise.race([connection, ending(source, signal, timeoutMs, ended.signal)]);
  } catch (error) {
    gaveUp = true;
    throw error;
  } finally {
    ended.abort();
  }
}

/** Rejects at Ctrl-C or when the time is out; forgets about both once `over`. */
function ending(source: SourceSetting, signal: AbortSignal, ms: number, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cancel = () => reject(new DsrError('cancelled', 'cancelled'));
    const late = () =>
      reject(new DsrError('transient', `source ${source.name} did not answer within ${ms / 1000} s`));
    const timer = setTimeout(late, ms);
    signal.addEventListener('abort', cancel, { once: true });
    over.addEventListener('abort', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    });
    if (signal.aborted) cancel();
  });
}

function told(source: SourceSetting, error: unknown): DsrError {
  if (error instanceof DsrError) return error;
  return new DsrError('transient', `source ${source.name} could not be opened or described`);
}
