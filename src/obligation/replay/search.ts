import { eraseReason } from '../../case/change/erase-reason.js';
import type { Context } from '../../case/context.js';
import { openLandscape, openSnapshots } from '../../case/landscape.js';
import type { Books } from '../../case/ledger-work.js';
import type { MapAndTypes } from '../../case/map-and-types.js';
import { workspaceAt } from '../../case/workspace.js';
import type { ErasedSince, Erasure } from '../../ledger/erased.js';
import { ledgerFiles } from '../../ledger/files.js';
import { readKeyBytes } from '../../ledger/key.js';
import type { SoughtRecord, SourceStatus } from '../../model/subject.js';
import type { EraseReason } from '../../plan/plan.js';
import { openScratch } from '../../store/scratch.js';
import type { RequestType } from '../../work/words.js';
import { recordId } from '../record-id.js';
import { type Gathered, gathered } from './gathered.js';
import { startHashing } from './hashing.js';
import { sweptRoots } from './husks.js';
import { judgedHusks, judgedTraces } from './judged.js';
import { findOwners } from './owners.js';
import { scanForErased } from './scan.js';
import { strangersAmong } from './strangers.js';
import { tracesIn } from './traces.js';

/** Who of those that were erased is there again, and where that could not be looked for. */
export interface Found extends Gathered {
  /** Values that were compared with the ledger, and in which time. */
  readonly scanned: { readonly values: number; readonly seconds: number };
  readonly sources: readonly SourceStatus[];
  readonly incomplete: readonly string[];
  readonly warnings: readonly string[];
  readonly keyFields: Readonly<Record<string, readonly string[]>>;
}

/**
 * Looks for them in every source that answers, on one snapshot each.
 *
 * @throws DsrError config: the map does not fit · cancelled · internal.
 */
export async function searchAgain(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  erased: ErasedSince,
): Promise<Found> {
  const landscape = await openLandscape(context, mapAndTypes);
  try {
    const snapshots = await openSnapshots(context, landscape);
    const { state, tmp } = workspaceAt(context.workspace);
    const scratch = openScratch(tmp);
    const hashing = startHashing({
      key: readKeyBytes(ledgerFiles(state).key),
      tags: erased.tags,
      settings: mapAndTypes.loaded.identifiers,
      country: mapAndTypes.loaded.controller.country,
      now: context.clock.now().getTime(),
    });
    try {
      const { map, types, catalogs, gaps } = landscape;
      const { readers } = snapshots;
      const traces = tracesIn(scratch);
      const swept = sweptRoots(erased, books.ledger);
      const began = performance.now();
      const done = await scanForErased({
        ...{
          map,
          types,
          catalogs,
          readers,
          tags: erased.tags,
          swept,
          hashing,
          traces,
          signal: context.signal,
        },
        onProgress: (collection, values) =>
          context.report({ kind: 'count', message: `comparing ${collection}`, done: values, of: null }),
      });
      const seconds = Math.round(performance.now() - began) / 1000;
      const answering = new Map([...readers].filter(([source]) => !done.failed.has(source)));
      const silent = new Map([...done.failed, ...(await findOwners(map, answering, traces, context.signal))]);
      const isOwed = owedTo(books);
      const about = { ledger: books.ledger, map, erased, reasonOf, isOwed };
      const hits: SoughtRecord[] = [];
      for (const { what, collection, key } of judgedTraces(
        { ...about, isStranger: () => false },
        traces.bearers(),
      )) {
        if (what === 'hit') hits.push({ collection, key });
      }
      const asked = { map, types, readers: answering, ledger: books.ledger, erased };
      const known = await strangersAmong(asked, hits);
      for (const [source, why] of known.silent) silent.set(source, why);
      const sources = snapshots.statuses.map((status): SourceStatus => {
        const error = silent.get(status.source);
        return error === undefined ? status : { source: status.source, status: 'unreachable', error };
      });
      const unread = sources.flatMap(({ source, status, error }) =>
        status === 'searched' ? [] : [`${source} was not searched${error === undefined ? '' : `: ${error}`}`],
      );
      const isStranger = (record: SoughtRecord) => known.strangers.has(recordId(record));
      const isAnswered = ({ collection }: { readonly collection: string }) =>
        !known.silent.has(map.collections.find(({ id }) => id === collection)?.source ?? '');
      const judged = only(judgedTraces({ ...about, isStranger }, traces.bearers()), isAnswered);
      return {
        ...gathered(judged, judgedHusks(about, swept, traces.husks())),
        scanned: { values: done.values, seconds },
        sources,
        incomplete: [...unread, ...gaps.map(({ message }) => message), ...done.incomplete],
        warnings: done.warnings,
        keyFields: Object.fromEntries(map.collections.map(({ id, key }) => [id, key])),
      };
    } finally {
      await hashing.close();
      scratch.close();
      await snapshots.close();
    }
  } finally {
    await landscape.close();
  }
}

function* only<T>(items: Iterable<T>, wanted: (item: T) => boolean): Generator<T> {
  for (const item of items) if (wanted(item)) yield item;
}

/** As written down; an earlier version did not: what the request asked for. */
function reasonOf({ reason, requests }: Erasure): EraseReason {
  if (reason != null) return reason;
  const [first] = requests;
  if (first === undefined) return 'request';
  return eraseReason(null, { request: first[0], type: first[1] as RequestType });
}

function owedTo({
  work,
}: Books): (record: { collection: string; key: string }, requests: ReadonlySet<string>) => boolean {
  const owed = new Map<string, Set<string>>();
  for (const { collection, key, request } of work.obligations(null)) {
    const id = `${collection}\n${key}`;
    owed.set(id, (owed.get(id) ?? new Set()).add(request));
  }
  return ({ collection, key }, requests) =>
    [...(owed.get(`${collection}\n${key}`) ?? [])].some((request) => requests.has(request));
}
