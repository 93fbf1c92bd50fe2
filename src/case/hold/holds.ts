import type { IdentifierTypes } from '../../identity/identifier-types.js';
import type { LocatedIdentifier } from '../../locate/located.js';
import { DsrError } from '../../model/error.js';
import { type HoldId, whyHeld } from '../../model/hold.js';
import type { RequestId } from '../../model/request.js';
import type { SurveyInput } from '../../survey/erasure.js';
import type { Hold } from '../../work/hold.js';
import type { Books } from '../ledger-work.js';
import { stateOf } from '../request/state.js';
import { tagsToAsk } from '../request/subject.js';

/** The holds of a workspace, as they stand whenever they are asked for: one may be added meanwhile. */
export interface Holds {
  /** On whoever is known by these, strong ones that are theirs alone or that the operator gave. */
  on(identifiers: readonly LocatedIdentifier[]): readonly Hold[];
  /** What the holds on collections keep; of several on one, the first. */
  held(): SurveyInput['held'];
}

export function holdsOf({ ledger, work }: Books, types: IdentifierTypes): Holds {
  return {
    on(identifiers) {
      const theirs = identifiers.filter(
        ({ strength, followed, from }) => strength === 'strong' && (followed || from === 'operator'),
      );
      return work.holdsOn(tagsToAsk(ledger, types, theirs));
    },
    held() {
      const held = new Map<string, { readonly ground: string; readonly why: string }>();
      for (const { hold, ground, collection } of work.holds(false)) {
        if (collection !== null && !held.has(collection))
          held.set(collection, { ground, why: whyHeld(hold) });
      }
      return (collection) => held.get(collection) ?? null;
    },
  };
}

/** Why a person is not erased, in words. */
export function holdWords({ hold, ground, since, operator }: Hold): string {
  return `${hold} holds this person’s erasure: ${ground}, since ${since.slice(0, 10)}, by ${operator}`;
}

/** Inside the transaction, before anything is written. Throws DsrError('conflict'). */
export function checkNotHeld(holds: readonly Hold[]): void {
  const [hold] = holds;
  if (hold === undefined) return;
  throw new DsrError('conflict', `the plan is stale: ${hold.hold} was put on this person meanwhile`, {
    hint: 'nothing was changed; `dsr hold list` shows it',
  });
}

/** Erasures that a hold stopped, and that are still asked for. */
export interface Waiting {
  readonly request: RequestId;
  readonly holds: readonly HoldId[];
  /** Every one of them was released. */
  readonly released: boolean;
}

export function waitingErasures({ work }: Books): readonly Waiting[] {
  const waiting = new Map<RequestId, Waiting>();
  for (const { request, hold, released } of work.blocked(null)) {
    const known = waiting.get(request) ?? { request, holds: [], released: true };
    waiting.set(request, {
      ...known,
      holds: [...known.holds, hold],
      released: known.released && released,
    });
  }
  return [...waiting.values()].filter(({ request }) => isAsked(work.request(request).events));
}

/** Not once it was refused, withdrawn or closed. The status hangs on no date. */
function isAsked(events: Parameters<typeof stateOf>[0]): boolean {
  const { status } = stateOf(events, '9999-12-31', 'UTC');
  return ['open', 'identifying', 'in-progress', 'answered'].includes(status);
}
