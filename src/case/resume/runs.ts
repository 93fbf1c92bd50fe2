import type { PhaseName } from '../../apply/input.js';
import type { Intent, Outcome, Sha256 } from '../../ledger/entry.js';
import { entryOf } from '../../ledger/ledger.js';
import type { RequestId } from '../../model/request.js';
import { changes, type Plan } from '../../plan/plan.js';
import type { KeptPlan } from '../../work/plan.js';
import type { Books } from '../ledger-work.js';

/** One time that a phase of a plan was announced, and what was told of it. */
export interface Run {
  /** The number of the entry that announced it. */
  readonly intent: number;
  readonly phase: PhaseName;
  /** As they were told; the last of a source counts. */
  readonly outcomes: readonly Outcome[];
}

/** Of one plan, in order. */
export function runsOf(
  { ledger }: Books,
  { request, hash }: Pick<KeptPlan, 'request' | 'hash'>,
): readonly Run[] {
  const runs = new Map<number, Run & { readonly outcomes: Outcome[] }>();
  for (const link of ledger.links({ request })) {
    const entry = entryOf(link);
    if (entry.kind === 'intent' && entry.plan === (hash as Sha256)) {
      const phase = entry.action === 'disable' ? 'disable' : 'change';
      runs.set(link.seq, { intent: link.seq, phase, outcomes: [] });
    } else if (entry.kind === 'outcome') {
      runs.get(entry.intent)?.outcomes.push(entry);
    }
  }
  return [...runs.values()];
}

/** What was told last of a source; null: not a word. */
export function toldOf({ outcomes }: Run, source: string): Outcome['outcome'] | null {
  return outcomes.findLast((outcome) => outcome.source === source)?.outcome ?? null;
}

/** The sources that a plan changes in a phase, in its order. */
export function sourcesIn({ groups }: Pick<Plan, 'groups'>, phase: PhaseName): readonly string[] {
  const inPhase = groups.filter((group) => changes(group) && phaseOf(group) === phase);
  return [...new Set(inPhase.map(({ source }) => source))];
}

export function phaseOf({ action }: Plan['groups'][number]): PhaseName {
  return action === 'disable' ? 'disable' : 'change';
}

/** The command that opened a request by itself, as it was announced; null: it was opened by hand. */
export function openerOf({ ledger }: Books, request: RequestId): (Intent & { readonly seq: number }) | null {
  for (const link of ledger.links({ request })) {
    const entry = entryOf(link);
    if (entry.kind !== 'state' || entry.event !== 'opened') continue;
    if (entry.intent === undefined) return null;
    for (const first of ledger.links({ after: entry.intent - 1 })) {
      const intent = entryOf(first);
      return intent.kind === 'intent' ? { ...intent, seq: first.seq } : null;
    }
  }
  return null;
}
