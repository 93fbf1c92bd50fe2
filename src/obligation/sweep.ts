import type { ChangeInput, ChangeResult } from '../case/change/change.js';
import { eraseSubject } from '../case/change/erase.js';
import type { Context } from '../case/context.js';
import { releasedErasures } from '../case/hold/release.js';
import { openBooks } from '../case/ledger-work.js';
import { loadTypes } from '../case/map-and-types.js';
import { civilDate } from '../case/request/deadline.js';
import { DsrError } from '../model/error.js';
import type { HoldId } from '../model/hold.js';
import type { RequestId } from '../model/request.js';
import { duesOn } from './owed.js';
import { type PassResult, settlePass } from './pass.js';
import { stillNamed } from './still-named.js';
import { type Sweeping, sweepPass } from './sweep-pass.js';
import { findRefused, type Refused, standsAlone } from './sweep-refused.js';
import { takeUpSweep } from './take-up.js';

export type SweepInput = Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'>;

export interface SweepResult {
  /** Civil date on which it was judged. */
  readonly today: string;
  /** Records whose day had come. */
  readonly due: number;
  /** What was done of that; null: nothing was due. */
  readonly pass: PassResult | null;
  /** Why the request of an earlier sweep stays open, where nothing was due; null: none does. */
  readonly unsettled: string | null;
  /** Requests that stand against a common plan by themselves, and why: left out of it. */
  readonly refused: readonly Refused[];
  /** Requests with something due whose person is under a hold. */
  readonly held: readonly { readonly request: RequestId; readonly hold: HoldId }[];
  /** Erasures that a released hold had stopped. */
  readonly released: readonly ChangeResult[];
}

/**
 * `dsr sweep`: erases what had to be kept and whose time has come, of all people at once, and what was
 * only masked because of it; then the erasures that a released hold brings back. Nothing due: nothing is
 * opened. A request that stands against the others is left out and named.
 *
 * @throws DsrError as erase; config and data errors only where not one request can be swept.
 */
export async function sweep(context: Context, input: SweepInput): Promise<SweepResult> {
  const mapAndTypes = loadTypes(context);
  const today = civilDate(context.clock.now(), mapAndTypes.loaded.controller.timezone);
  const books = await openBooks(context);
  let swept: Omit<SweepResult, 'released'>;
  let released: readonly RequestId[];
  try {
    swept = await sweepDue({ context, books, mapAndTypes, input, today });
    released = releasedErasures(books);
  } finally {
    books.close();
  }
  return eraseReleased(context, input, swept, released);
}

interface Asked extends Omit<Sweeping, 'due' | 'named'> {
  readonly today: string;
}

async function sweepDue(asked: Asked): Promise<Omit<SweepResult, 'released'>> {
  const { context, books, mapAndTypes, input, today } = asked;
  const under = await takeUpSweep(context, books, mapAndTypes, input.dryRun);
  const { due, records, requests, held } = duesOn(books, today);
  const told = {
    today,
    due: records,
    unsettled: null,
    held: [...held].map(([request, hold]) => ({ request, hold })),
  };
  if (requests.length === 0) {
    const isLeft = under !== null && !input.dryRun;
    const unsettled = isLeft ? await settlePass(context, books, mapAndTypes, under) : null;
    return { ...told, pass: null, unsettled, refused: [] };
  }
  const named = await stillNamed(context, books, mapAndTypes, due);
  const sweeping: Sweeping = { context, books, mapAndTypes, input, due, named };
  try {
    return { ...told, pass: await sweepPass(sweeping, new Set(requests), under), refused: [] };
  } catch (error) {
    if (!standsAlone(error)) throw error;
    const refused = await findRefused(sweeping, requests);
    const bad = new Set(refused.map(({ request }) => request));
    const good = requests.filter((request) => !bad.has(request));
    if (good.length === 0) throw error;
    return { ...told, pass: await sweepPass(sweeping, new Set(good), under), refused };
  }
}

/** Each as `dsr erase --request R` would. One that fails does not stop the others. */
async function eraseReleased(
  context: Context,
  input: SweepInput,
  swept: Omit<SweepResult, 'released'>,
  requests: readonly RequestId[],
): Promise<SweepResult> {
  const released: ChangeResult[] = [];
  const refused: Refused[] = [...swept.refused];
  for (const request of requests) {
    try {
      const result = await eraseSubject(context, {
        ...{ identifiers: [], request, accept: [], reject: [] },
        ...{ reason: null, extract: null, planOut: null },
        ...input,
      });
      released.push(result);
    } catch (error) {
      if (!(error instanceof DsrError) || error.kind === 'internal' || error.kind === 'cancelled')
        throw error;
      refused.push({ request, error });
    }
  }
  return { ...swept, refused, released };
}
