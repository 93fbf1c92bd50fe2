import type { ChangeInput } from '../case/change/change.js';
import type { Draw } from '../case/change/draw.js';
import type { Context } from '../case/context.js';
import type { Books } from '../case/ledger-work.js';
import type { MapAndTypes } from '../case/map-and-types.js';
import { tagsOf } from '../case/request/subject.js';
import type { RequestId } from '../model/request.js';
import type { Sought } from '../model/subject.js';
import type { Owing } from '../work/obligation.js';
import { closedWorld } from './closed-world.js';
import { type FoundOfOwed, foundOfOwed } from './found-of-owed.js';
import { nobodyNew } from './nobody-new.js';
import { seedsOf, standingNow } from './owed.js';
import { type PassResult, passOver, settlePass } from './pass.js';
import { namedUnder, type StillNamed } from './still-named.js';
import { sayUnled } from './unled.js';

/** What is due, of whomever it is. */
export interface Sweeping {
  readonly context: Context;
  readonly books: Books;
  readonly mapAndTypes: MapAndTypes;
  readonly input: Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'>;
  /** By record. */
  readonly due: readonly Owing[];
  readonly named: StillNamed;
}

/** What a sweep of some requests looks for, and how it plans. */
export interface SweepOfSome {
  readonly sought: Sought;
  readonly draw: Draw;
  /** As the last plan found it. */
  found(): FoundOfOwed;
}

export function sweepOf(
  { context, books, due: all, named }: Pick<Sweeping, 'context' | 'books' | 'due' | 'named'>,
  requests: ReadonlySet<RequestId>,
): SweepOfSome {
  const due = all.filter(({ request }) => requests.has(request));
  const own = due.filter(({ role }) => role === 'own');
  const seeds = seedsOf(books, due);
  let found: FoundOfOwed = { gone: [], unled: [], unmapped: [] };
  return {
    sought: {
      identifiers: namedUnder(named, requests).map((one) => ({ ...one, learnt: true as const })),
      records: seeds,
    },
    async draw(drawing) {
      // Also of the plan that is drawn up again inside a transaction: a hold may have been put on since.
      const standing = standingNow(books, requests, drawing.header.today);
      found = await foundOfOwed(drawing, due);
      const drawn = await closedWorld(context, { seeds, due: own, standing })(drawing);
      return { ...drawn, incomplete: [...drawn.incomplete, ...sayUnled(found)] };
    },
    found: () => found,
  };
}

/** Sweeps some requests through one plan; `under`: the request of a sweep that died, which it finishes. */
export async function sweepPass(
  sweeping: Sweeping,
  requests: ReadonlySet<RequestId>,
  under: RequestId | null,
): Promise<PassResult> {
  const { context, books, mapAndTypes, input } = sweeping;
  const { sought, draw, found } = sweepOf(sweeping, requests);
  // Many people: who they are would be pseudonyms, if anything.
  const pass = await passOver(context, books, mapAndTypes, {
    dryRun: input.dryRun,
    show: (proposal) => input.show({ ...proposal, who: [] }),
    confirm: (proposal) => input.confirm({ ...proposal, who: [] }),
    action: 'sweep',
    reason: 'retention-ended',
    seeds: sought.records,
    identifiers: sought.identifiers,
    subject: tagsOf(books.ledger, sought.identifiers),
    draw,
    decided: nobodyNew(),
    requests,
    under,
  });
  if (pass.applied) {
    dropGone(books, found());
    if (under !== null && pass.outcomes.length === 0 && !pass.closed) {
      const why = await settlePass(context, books, mapAndTypes, under);
      if (why === null) return { ...pass, closed: true };
      return { ...pass, complete: false, incomplete: [...pass.incomplete, why] };
    }
  }
  return pass;
}

function dropGone({ work }: Books, { gone }: FoundOfOwed): void {
  const keys = new Map<string, string[]>();
  for (const { collection, key } of gone) {
    const known = keys.get(collection);
    if (known === undefined) keys.set(collection, [key]);
    else known.push(key);
  }
  for (const [collection, of] of keys) work.dropObligations(collection, of);
}
