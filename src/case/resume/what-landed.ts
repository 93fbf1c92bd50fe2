import type { PhaseName } from '../../apply/input.js';
import { hasLanded } from '../../apply/landed.js';
import { targetsOf } from '../../apply/target.js';
import type { Outcome } from '../../ledger/entry.js';
import { DsrError } from '../../model/error.js';
import type { Plan } from '../../plan/plan.js';
import type { KeptPlan } from '../../work/plan.js';
import { countsOf } from '../change/applied.js';
import type { Context } from '../context.js';
import type { Landscape } from '../landscape.js';
import type { Books } from '../ledger-work.js';
import { phaseOf, type Run, runsOf, sourcesIn, toldOf } from './runs.js';

export interface Asking {
  readonly context: Context;
  readonly books: Books;
  readonly landscape: Landscape;
  readonly kept: KeptPlan;
  readonly plan: Plan;
}

/** What became of a plan at every source, as far as it can be told. */
export interface Landed {
  /** Whether what the plan says of a source in a phase was done, at whichever attempt. */
  isDone(phase: PhaseName, source: string): boolean;
  /** Of which sources it is not known, and why; names no value. */
  readonly unsure: readonly string[];
  /** Something was not known before. */
  readonly isNews: boolean;
}

/**
 * Finds out what became of every commit of which nobody was told: its process died, or the answer was
 * lost. Asks the source itself, holding the records, and writes down what it says.
 */
export async function askWhatLanded(asking: Asking): Promise<Landed> {
  const { books, kept, plan } = asking;
  const done = new Set<string>();
  const unsure: string[] = [];
  let isNews = false;
  for (const run of runsOf(books, kept)) {
    for (const source of sourcesIn(plan, run.phase)) {
      const told = toldOf(run, source);
      const isSure = told === 'committed' || told === 'rolled-back';
      const found = isSure ? told : await ask(asking, run, source);
      if (found instanceof DsrError) unsure.push(`${source}: ${NOT_KNOWN}: ${found.message}`);
      else if (!isSure) {
        record(asking, run, source, found);
        isNews = true;
      }
      if (found === 'committed') done.add(`${run.phase} ${source}`);
    }
  }
  return { isDone: (phase, source) => done.has(`${phase} ${source}`), unsure, isNews };
}

const NOT_KNOWN = 'it is not known whether the change was done';

/** Before a commit is asked for it is noted what would stand there: without a note there was none. */
async function ask(
  { context, books, landscape, kept, plan }: Asking,
  { phase }: Run,
  source: string,
): Promise<'committed' | 'rolled-back' | DsrError> {
  const connector = landscape.connectors.get(source);
  if (connector?.writer === undefined) return new DsrError('transient', 'it could not be reached');
  const commit = books.work
    .commits(kept.request, kept.hash)
    .find((each) => each.source === source && each.phase === phase);
  if (commit === undefined) {
    return connector.properties.atomicity === 'transaction'
      ? 'rolled-back'
      : new DsrError('data', 'it keeps no transactions, and what was written before the end is not known');
  }
  context.report({ kind: 'step', message: `${source}: asking whether the change was done` });
  try {
    const targets = targetsOf({ ...landscape, plan }, (name) => name === source).filter(
      ({ group }) => phaseOf(group) === phase,
    );
    const writer = await connector.writer({ signal: context.signal, timeoutMs: context.timeoutMs });
    try {
      return (await hasLanded(plan, writer, targets, commit.digest)) ? 'committed' : 'rolled-back';
    } finally {
      await writer.close();
    }
  } catch (error) {
    if (!(error instanceof DsrError) || error.kind === 'internal' || error.kind === 'cancelled') throw error;
    return error;
  }
}

function record(
  { context, books, kept, plan }: Asking,
  { intent, phase }: Run,
  source: string,
  outcome: 'committed' | 'rolled-back' | DsrError,
): void {
  if (outcome instanceof DsrError) return;
  books.ledger.append({
    kind: 'outcome',
    operator: context.operator,
    request: kept.request,
    intent,
    source,
    outcome,
    records: outcome === 'committed' ? countsOf(plan, { source, phase }) : {},
    failure: outcome === 'committed' ? null : 'transient',
  } satisfies Outcome);
}
