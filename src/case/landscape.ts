import type { Connector, Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Gap } from '../map/gaps.js';
import { legibleMap } from '../map/legible.js';
import { mapError } from '../map/problem.js';
import { type ReferenceByName, referencesByName } from '../map/references-by-name.js';
import { resolveMap } from '../map/resolve.js';
import type { Catalog } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { DataMap } from '../model/map.js';
import type { SourceStatus } from '../model/subject.js';
import type { Context } from './context.js';
import type { MapAndTypes } from './map-and-types.js';
import { openSources } from './sources.js';

/** Every source opened and described, and the map held against them. */
export interface Landscape {
  readonly map: DataMap;
  readonly types: IdentifierTypes;
  /** By source; only those that answered. */
  readonly connectors: ReadonlyMap<string, Connector>;
  /** The same sources. */
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Every source. */
  readonly statuses: readonly SourceStatus[];
  readonly gaps: readonly Gap[];
  /** Of every source, also of those that did not answer. */
  readonly references: readonly ReferenceByName[];
  /** Never throws. */
  close(): Promise<void>;
}

/** @throws DsrError config: the map does not fit · cancelled. */
export async function openLandscape(context: Context, { loaded, types }: MapAndTypes): Promise<Landscape> {
  context.report({ kind: 'step', message: 'opening the sources' });
  const opened = await openSources(context, loaded);
  try {
    const { map, problems, gaps } = resolveMap(loaded, opened.catalogs);
    if (problems.some((problem) => problem.severity === 'error')) throw mapError(problems);
    return {
      map: legibleMap(map, opened.catalogs),
      types,
      connectors: opened.connectors,
      catalogs: opened.catalogs,
      statuses: opened.statuses,
      gaps,
      references: referencesByName(loaded.written),
      close: opened.close,
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** One consistent snapshot a source, all begun at about the same time. */
export interface Snapshots {
  readonly readers: ReadonlyMap<string, Reader>;
  /** Every source: `searched` where it has a reader. */
  readonly statuses: readonly SourceStatus[];
  /** Never throws. */
  close(): Promise<void>;
}

/** A source that gives no snapshot is reported, not thrown: the rest is still worth searching. */
export async function openSnapshots(
  context: Context,
  { connectors, statuses }: Landscape,
): Promise<Snapshots> {
  const readers = new Map<string, Reader>();
  const failed = new Map<string, string>();
  const close = async () => {
    await Promise.allSettled([...readers.values()].map((reader) => reader.close()));
  };
  const { signal, timeoutMs } = context;
  const opening = [...connectors].map(async ([source, connector]) => {
    try {
      readers.set(source, await connector.reader({ signal, timeoutMs }));
    } catch (error) {
      if (!(error instanceof DsrError) || signal.aborted || error.kind === 'internal') throw error;
      failed.set(source, error.message);
    }
  });
  const results = await Promise.allSettled(opening);
  const broken = results.find((result) => result.status === 'rejected');
  if (broken !== undefined) {
    await close();
    throw broken.reason;
  }
  return {
    readers,
    statuses: statuses.map((status) => {
      const error = failed.get(status.source);
      return error === undefined ? status : { source: status.source, status: 'unreachable', error };
    }),
    close,
  };
}
