import type { ChangeResult } from '../case/change/change.js';
import type { ErrorKind } from '../model/error.js';

/** Exit codes, as scripts may rely on them; every `--help` and the README print this table. */
export const exitCodes = [
  { code: 0, meaning: 'done; also "no data found", which is an answer' },
  { code: 1, meaning: 'internal failure: a bug in dsr' },
  { code: 2, meaning: 'usage or configuration error' },
  {
    code: 3,
    meaning: 'incomplete: a source unread, a change failed, unmapped columns or tables, residue, overdue',
  },
  {
    code: 4,
    meaning: 'needs a decision: not confirmed, candidates, identity conflict, approval missing, hold',
  },
  { code: 5, meaning: 'the plan is stale' },
  { code: 6, meaning: 'the ledger does not verify' },
  { code: 130, meaning: 'cancelled' },
] as const;

export type ExitCode = (typeof exitCodes)[number]['code'];

const byKind: Readonly<Record<ErrorKind, ExitCode>> = {
  usage: 2,
  config: 2,
  transient: 3,
  data: 3,
  decision: 4,
  conflict: 5,
  ledger: 6,
  cancelled: 130,
  internal: 1,
};

export function exitCodeOf(kind: ErrorKind): ExitCode {
  return byKind[kind];
}

/** Where several hold, the first of these is the process's. */
const precedence: readonly ExitCode[] = [1, 6, 2, 130, 5, 4, 3];

export function mostSevere(codes: Iterable<ExitCode>): ExitCode {
  const held = new Set(codes);
  return precedence.find((code) => held.has(code)) ?? 0;
}

/** The code of an answer: open decisions go before what is incomplete. */
export function codeOfAnswer(answer: {
  readonly complete: boolean;
  readonly decisions: readonly unknown[];
}): ExitCode {
  return mostSevere([answer.complete ? 0 : 3, answer.decisions.length > 0 ? 4 : 0]);
}

/**
 * The code of a change: what stopped it goes before what it left undone. A dry run's is that of the plan
 * that it drew up.
 */
export function codeOfChange(
  result: Pick<ChangeResult, 'complete' | 'decisions' | 'stopped' | 'outcomes' | 'verified' | 'actions'>,
): ExitCode {
  const { stopped, outcomes, verified, actions } = result;
  const undone =
    outcomes.some(({ outcome }) => outcome !== 'committed') ||
    actions.some(({ action, records }) => action === 'manual' && records > 0) ||
    (verified?.residual ?? 0) > 0;
  return mostSevere([
    codeOfAnswer(result),
    undone ? 3 : 0,
    stopped === 'stale' ? 5 : 0,
    stopped === 'not-confirmed' || stopped === 'undecided' || stopped === 'held' ? 4 : 0,
  ]);
}
