import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { SourceStatus } from '../../model/subject.js';
import { appliedPlans, withPlans } from './applied-plans.js';
import type { Residue, SourceOutcome } from './change.js';
import { type Planned, subjectOf } from './drawn-up.js';
import { nothingLeft, type Verifying, verify } from './verification.js';
import { soughtAgain } from './who-is-known.js';

/** null: it could not be verified. */
export interface Checked {
  readonly residue: Residue | null;
  readonly searchedBy: number | null;
  /** Why it is not known whether anything is left: nobody must read silence as a yes. */
  readonly unsure: readonly string[];
  readonly sources?: readonly SourceStatus[];
}

/** Searches again, with all plans of the request that were applied before. */
export async function verifyAgain(drawn: Planned, request: RequestId): Promise<Checked> {
  try {
    const { books, context } = drawn.change;
    const before = appliedPlans(books, request).filter(({ hash }) => hash !== drawn.plan.hash);
    // What it leaves to a human is told by the plan itself.
    const applied = { plan: drawn.plan, places: null, goneBefore: () => false };
    const { residue, sources, searchedBy } = await withPlans(context, books, before, (plans) =>
      verify(verifyingOf(drawn, request), [...plans, applied]),
    );
    const lost = sources.filter(
      ({ source, status }) =>
        status !== 'searched' &&
        drawn.answer.sources.some((before) => before.source === source && before.status === 'searched'),
    );
    const unsure =
      lost.length === 0 ? [] : [`not searched again: ${lost.map(({ source }) => source).join(', ')}`];
    return { residue, unsure, sources, searchedBy };
  } catch (error) {
    // What was committed must be told, whatever came after.
    if (!(error instanceof DsrError) || error.kind === 'internal' || error.kind === 'ledger') throw error;
    const unsure = [`not verified: ${error.message}; dsr verify ${request} does it`];
    return { residue: null, unsure, searchedBy: null };
  }
}

function verifyingOf(drawn: Planned, request: RequestId): Verifying {
  const { change, landscape } = drawn;
  const { context, books } = change;
  return {
    context,
    books,
    landscape,
    request,
    subject: subjectOf(drawn),
    // By values alone: a record that was masked would lend its pseudonyms.
    sought: { identifiers: soughtAgain(drawn), records: [] },
    names: drawn.called.names,
  };
}

/** Nothing is left that would need the pseudonyms again. */
export function isOver(outcomes: readonly SourceOutcome[], { residue, sources }: Checked): boolean {
  return (
    outcomes.every(({ outcome }) => outcome === 'committed') &&
    residue?.residual === 0 &&
    sources?.every(({ status }) => status === 'searched') === true
  );
}

/** What was searched just now, and found nothing to be changed. */
export function nothingToVerify(drawn: Planned, request: RequestId): Checked {
  const { sources } = drawn.answer;
  const residue = nothingLeft(verifyingOf(drawn, request), sources);
  const searchedBy = drawn.known.filter(({ followed }) => followed).length;
  return { residue, searchedBy, unsure: [], sources };
}
