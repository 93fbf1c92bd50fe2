import type { ChangeInput, ChangeResult, Proposal } from '../../case/change/change.js';
import { erasing } from '../../case/change/erase.js';
import type { Context } from '../../case/context.js';
import type { Books } from '../../case/ledger-work.js';
import type { MapAndTypes } from '../../case/map-and-types.js';
import { tagsOf } from '../../case/request/subject.js';
import { DsrError } from '../../model/error.js';
import type { EraseReason } from '../../plan/plan.js';
import { passOver } from '../pass.js';
import type { ReplayDecisions } from './decisions.js';
import { together, type Unit } from './units.js';

export interface Passing extends Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'> {
  readonly context: Context;
  readonly books: Books;
  readonly mapAndTypes: MapAndTypes;
  readonly decisions: ReplayDecisions;
}

/** What a rehearsal told of some people: whether they can be erased again now. */
export interface Rehearsed {
  readonly ready: readonly Unit[];
  /** What was planned for those; null: for nobody. */
  readonly planned: ChangeResult | null;
  /** Those of whom something must be decided first, or whom a hold keeps. */
  readonly waiting: readonly Unit[];
  /** What stands against the others, by person; names nobody. */
  readonly errors: readonly string[];
}

const silent: Pick<ChangeInput, 'show' | 'confirm'> = {
  show: async () => undefined,
  confirm: async () => false,
};

/**
 * Draws the plan up for all of one reason at once, changing nothing. Where something stands against it, the
 * people are halved until those are alone with whom it stands: one doubt must not keep back all the others.
 */
export async function rehearse(passing: Passing, units: readonly Unit[]): Promise<Rehearsed> {
  const [first] = units;
  if (first === undefined) return { ready: [], planned: null, waiting: [], errors: [] };
  const trial = await tried(passing, units);
  if (!(trial instanceof DsrError) && trial.stopped === 'dry-run') {
    return { ready: units, planned: trial, waiting: [], errors: [] };
  }
  if (units.length === 1) {
    if (trial instanceof DsrError) return { ready: [], planned: null, waiting: [], errors: [trial.message] };
    const waits = trial.stopped === 'undecided' || trial.stopped === 'held';
    const errors = waits ? [] : trial.incomplete;
    return { ready: [], planned: null, waiting: waits ? units : [], errors };
  }
  const half = Math.ceil(units.length / 2);
  const one = await rehearse(passing, units.slice(0, half));
  const other = await rehearse(passing, units.slice(half));
  const ready = [...one.ready, ...other.ready];
  const both = one.planned !== null && other.planned !== null;
  const planned = both ? await tried(passing, ready) : (one.planned ?? other.planned);
  const waiting = [...one.waiting, ...other.waiting];
  const errors = [...one.errors, ...other.errors];
  if (planned instanceof DsrError || (planned !== null && planned.stopped !== 'dry-run')) {
    // Together they stand in each other's way, though neither does alone: the second half waits.
    return { ready: one.ready, planned: one.planned, waiting: [...waiting, ...other.ready], errors };
  }
  return { ready, planned, waiting, errors };
}

/** Carries it out, for those who were rehearsed. */
export function carriedOut(passing: Passing, units: readonly Unit[]): Promise<ChangeResult> {
  const { dryRun, show, confirm } = passing;
  return pass(passing, units, { dryRun, show: (proposal) => show(shortened(proposal)), confirm });
}

/** Enough people to see who comes back; thousands of them would hide the plan. */
const MOST_NAMED = 20;

function shortened(proposal: Proposal): Proposal {
  const { who } = proposal;
  if (who.length <= MOST_NAMED) return proposal;
  return { ...proposal, who: [...who.slice(0, MOST_NAMED), `and ${who.length - MOST_NAMED} more`] };
}

/** Draws the plan up and changes nothing. An error is theirs of whom it was drawn up, else it is thrown. */
export async function tried(passing: Passing, units: readonly Unit[]): Promise<ChangeResult | DsrError> {
  try {
    return await pass(passing, units, { dryRun: true, ...silent });
  } catch (error) {
    const isTheirs = error instanceof DsrError && ['config', 'data', 'decision'].includes(error.kind);
    if (isTheirs) return error;
    throw error;
  }
}

function pass(
  { context, books, mapAndTypes, decisions }: Passing,
  units: readonly Unit[],
  input: Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'>,
): Promise<ChangeResult> {
  const { seeds, identifiers, requests } = together(units);
  const reason: EraseReason = units[0]?.reason ?? 'request';
  return passOver(context, books, mapAndTypes, {
    ...input,
    ...{ action: 'replay', reason, seeds, identifiers, requests },
    subject: tagsOf(books.ledger, identifiers),
    draw: erasing(() => null),
    decided: decisions.decided,
    under: null,
  });
}
