/**
 * Errors, named by what the operator can do about them.
 *
 * usage: call again, corrected · config: mend the map or the environment · transient: try again, the
 * source did not answer · conflict: something changed meanwhile · data: what a source holds stands
 * against it · decision: a human must answer · ledger: the ledger does not verify · cancelled ·
 * internal: a bug.
 */
export type ErrorKind =
  | 'usage'
  | 'config'
  | 'transient'
  | 'conflict'
  | 'data'
  | 'decision'
  | 'ledger'
  | 'cancelled'
  | 'internal';

export interface ErrorFacts {
  /** The next step, for a person. */
  readonly hint?: string;
  /** Where: `dsr.yaml:12:7`, `crm.customers`. */
  readonly place?: string;
}

/** The message must hold nothing personal and no secret; a driver's own error is never its cause. */
export class DsrError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly place: string | undefined;

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = 'DsrError';
    this.kind = kind;
    this.hint = facts.hint;
    this.place = facts.place;
  }
}
