import { DsrError } from '../model/error.js';
import { changes } from '../plan/plan.js';
import type { ApplyInput, ApplyResult, PhaseName, SourceOutcome } from './input.js';
import { type Leading, leadingSources, leftAsItIs } from './leading.js';
import { makeMasking } from './masking.js';
import { rehearse, runPhase } from './phase.js';
import { refuseUnwritable, type Target, targetsOf } from './target.js';

/**
 * Does what a plan says: first the logins end, then everything else, one transaction a source. In it the
 * records are held, the plan is drawn up again and compared, and before the commit all is read back.
 * Retries nothing. Every source ends as committed or rolled back, whole, unless its answer was lost.
 *
 * @throws DsrError conflict where the plan is stale; cancelled, config, or what a source answered before
 *   the first write: then nothing was changed, but for logins that `onOutcome` told of.
 */
export async function applyPlan(input: ApplyInput): Promise<ApplyResult> {
  const targets = targetsOf(input);
  refuseUnwritable(targets, input.connectors);
  const masking = makeMasking(input);
  const outcomes: SourceOutcome[] = [];
  const nothing: Leading = () => new Set();
  // What is corrected is found as before, and so is whose login ended.
  const leading = input.plan.header.action === 'erase' ? leadingSources(input.map) : nothing;
  const failed = () => outcomes.filter(({ status }) => status !== 'committed');

  // A login is ended for good: first see whether what comes after it can be done at all.
  if (workOf(input, targets, 'disable').size > 0) await rehearse(input, workOf(input, targets, 'change'));
  for (const name of ['disable', 'change'] as const) {
    const work = workOf(input, targets, name);
    for (const { source: unended, error } of failed()) {
      // A login that could not be ended may go on making data: its source is left as it is.
      for (const source of [unended, ...leading(unended)]) {
        if (!work.delete(source)) continue;
        const why = source === unended ? error : leftAsItIs(source, unended);
        const outcome = { source, phase: name, status: 'rolled-back', records: 0, error: why } as const;
        outcomes.push(outcome);
        await input.onOutcome(outcome);
      }
    }
    if (work.size === 0) continue;
    try {
      outcomes.push(
        ...(await runPhase(input, { name, work, masking, leading: name === 'disable' ? nothing : leading })),
      );
    } catch (error) {
      const disabled = outcomes.filter(({ status }) => status !== 'rolled-back');
      if (!(error instanceof DsrError) || disabled.length === 0) throw error;
      if (error.kind !== 'cancelled') throw afterDisabling(error, disabled);
      for (const source of work.keys()) {
        outcomes.push({ source, phase: name, status: 'rolled-back', records: 0, error });
      }
    }
  }
  return {
    complete: failed().length === 0,
    cancelled: failed().some(({ error }) => error?.kind === 'cancelled'),
    sources: outcomes,
    look: masking.looks(),
  };
}

/** Sources in the map's order, their groups in the plan's; what stays comes along to be checked. */
function workOf(
  { map }: ApplyInput,
  targets: readonly Target[],
  phase: PhaseName,
): Map<string, readonly Target[]> {
  const inPhase = targets.filter(({ group }) => (group.action === 'disable') === (phase === 'disable'));
  return new Map(
    map.sources
      .map(({ name }) => [name, inPhase.filter(({ group }) => group.source === name)] as const)
      .filter(([, work]) => work.some(({ group }) => changes(group))),
  );
}

function afterDisabling(error: DsrError, disabled: readonly SourceOutcome[]): DsrError {
  const where = disabled.map(({ source }) => source).join(', ');
  return new DsrError(error.kind, `${error.message}; the login was ended before, in ${where}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.place === undefined ? {} : { place: error.place }),
  });
}
