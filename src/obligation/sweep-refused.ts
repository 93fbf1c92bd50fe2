import type { Draft } from '../case/change/draw.js';
import { drawOn } from '../case/change/draw.js';
import { holdsOf } from '../case/hold/holds.js';
import { type Landscape, openLandscape } from '../case/landscape.js';
import { searchIn } from '../case/search/search.js';
import { workspaceAt } from '../case/workspace.js';
import { DsrError } from '../model/error.js';
import type { RequestId } from '../model/request.js';
import { nobodyNew } from './nobody-new.js';
import { type Sweeping, sweepOf } from './sweep-pass.js';

/** A request that stands against a plan by itself, and why. */
export interface Refused {
  readonly request: RequestId;
  readonly error: DsrError;
}

/** What one record or collection brings about, which need not stop all others. */
export function standsAlone(error: unknown): error is DsrError {
  return error instanceof DsrError && (error.kind === 'config' || error.kind === 'data');
}

/**
 * Halves the requests until each that stands against a plan stands alone. The sources are opened once; the
 * entry of the sweep that failed says in the ledger that all of this is looked at, so the halves add none.
 */
export async function findRefused(
  sweeping: Sweeping,
  requests: readonly RequestId[],
): Promise<readonly Refused[]> {
  const landscape = await openLandscape(sweeping.context, sweeping.mapAndTypes);
  try {
    return await refusedOf(sweeping, landscape, requests);
  } finally {
    await landscape.close();
  }
}

async function refusedOf(
  sweeping: Sweeping,
  landscape: Landscape,
  requests: readonly RequestId[],
): Promise<readonly Refused[]> {
  const [request] = requests;
  if (request === undefined) return [];
  const error = await whyRefused(sweeping, landscape, new Set(requests));
  if (error === null) return [];
  if (requests.length === 1) return [{ request, error }];
  const half = Math.ceil(requests.length / 2);
  return [
    ...(await refusedOf(sweeping, landscape, requests.slice(0, half))),
    ...(await refusedOf(sweeping, landscape, requests.slice(half))),
  ];
}

/** What stands against a common plan; null: nothing does. */
async function whyRefused(
  sweeping: Sweeping,
  landscape: Landscape,
  requests: ReadonlySet<RequestId>,
): Promise<DsrError | null> {
  try {
    await rehearse(sweeping, landscape, requests);
    return null;
  } catch (error) {
    if (standsAlone(error)) return error;
    throw error;
  }
}

/** Searches and plans, as the sweep itself does. */
async function rehearse(
  sweeping: Sweeping,
  landscape: Landscape,
  requests: ReadonlySet<RequestId>,
): Promise<void> {
  const { context, books } = sweeping;
  const { sought, draw } = sweepOf(sweeping, requests);
  const decided = nobodyNew();
  const found = await searchIn(context, landscape, decided, sought);
  try {
    const draft: Draft = {
      ...{ context, landscape, sought, decided, request: null },
      intended: { action: 'erase', reason: 'retention-ended', set: [], draw },
      holds: holdsOf(books, landscape.types),
      tmp: workspaceAt(context.workspace).tmp,
      salt: books.ledger.planSalt(),
    };
    const { plan } = await drawOn(draft, found.person, found.readers, found.sources);
    plan?.close();
  } finally {
    await found.close();
  }
}
