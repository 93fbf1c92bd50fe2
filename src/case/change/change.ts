import type { RequestId } from '../../model/request.js';
import type { Action } from '../../plan/actions.js';
import type { EraseReason, PlanRow, Setting } from '../../plan/plan.js';
import type { FindInput, FindResult } from '../search/find.js';

/** What erase and rectify have in common. */
export interface ChangeInput extends Omit<FindInput, 'records'> {
  /** Stop after the plan. */
  readonly dryRun: boolean;
  /** Where the plan is saved as well; null: only where the tool keeps it. */
  readonly planOut: string | null;
  /**
   * Handed every plan that was drawn up, before anything is asked or done: a dry run's too, and one that
   * changes nothing. Not called where open decisions stand against a plan.
   */
  readonly show: (proposal: Proposal) => Promise<void>;
  /**
   * Shown the plan, answers whether it is applied. Asked only where something would change and nothing
   * stands against it.
   */
  readonly confirm: (proposal: Proposal) => Promise<boolean>;
}

export interface EraseInput extends ChangeInput {
  /** null: what the request asks for. */
  readonly reason: EraseReason | null;
  /**
   * The extract that is made first (GDPR Art. 15 before 17); null: none is. Its file; null:
   * `.dsr/extracts/<request>.zip`.
   */
  readonly extract: { readonly file: string | null } | null;
}

export interface RectifyInput extends ChangeInput {
  readonly set: readonly Setting[];
}

/** `dsr apply`: whom and what, the plan says. */
export interface ApplySavedInput extends Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'> {
  /** The saved plan. */
  readonly file: string;
}

/** A plan, told before anything was done. */
export interface Proposal {
  readonly action: 'erase' | 'rectify';
  readonly request: RequestId | null;
  readonly planHash: string;
  readonly actions: readonly Action[];
  /** How many records would change. */
  readonly records: number;
  /** Where the login ends before anything else happens. */
  readonly logins: readonly { readonly collection: string; readonly records: number }[];
  /** Who it is, partly masked: enough to notice a wrong person, not enough to learn one. */
  readonly who: readonly string[];
  readonly warnings: readonly string[];
  /** Why the answer would not be complete. */
  readonly incomplete: readonly string[];
  /** What rectify sets where, old and new; empty for erase. Streamed. */
  readonly places: () => Iterable<RectifiedPlace>;
  /** How the keys of places are told. */
  readonly keyFields: FindResult['keyFields'];
}

export interface RectifiedPlace extends PlanRow {
  readonly collection: string;
  readonly fields: readonly string[];
  /** Of the fields, those of which no value is shown: null stands in its place. */
  readonly stated: readonly string[];
}

export interface Residue {
  readonly residual: number;
  readonly places: readonly { readonly collection: string; readonly records: number; readonly why: string }[];
}

/** What became of one source. */
export interface SourceOutcome {
  readonly source: string;
  readonly outcome: 'committed' | 'rolled-back' | 'unknown' | 'untouched';
  /** Why, where it is not committed. */
  readonly error: string | null;
}

export interface ChangeResult extends Omit<FindResult, 'records' | 'close'> {
  readonly action: 'erase' | 'rectify';
  /** Something was changed, or there was nothing to change; false: see `stopped`. */
  readonly applied: boolean;
  /** null: open decisions stood against a plan. */
  readonly planHash: string | null;
  readonly actions: readonly Action[];
  readonly outcomes: readonly SourceOutcome[];
  /** null: nothing was applied. */
  readonly verified: Residue | null;
  /** By how many identifiers the person was searched for, to verify; null: nothing was verified. */
  readonly searchedBy: number | null;
  /**
   * Why nothing was applied; null: it was. held: a hold is on the person, `incomplete` says which. unread: no source could be searched. stale: what the plan rests on changed meanwhile, the first line
   * of `incomplete` says what (exit 5).
   */
  readonly stopped: 'dry-run' | 'not-confirmed' | 'undecided' | 'held' | 'unread' | 'stale' | null;
  readonly extract: { readonly file: string; readonly bytes: number; readonly sha256: string } | null;
}

/** `dsr verify`: what a new search finds of what the request's plans should have removed or changed. */
export interface VerifyResult extends Omit<FindResult, 'records' | 'close'> {
  readonly request: RequestId;
  readonly verified: Residue;
  readonly searchedBy: number;
}
