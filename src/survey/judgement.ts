import { satisfies } from '../locate/field-value.js';
import { NOT_COVERED } from '../model/ground.js';
import type { Collection, LegalBasis, Retention, Until, VerdictKind } from '../model/map.js';
import type { Value } from '../model/value.js';
import { civilDay, untilOf } from './until.js';

/** Why a request for erasure is made: it decides what it covers (contract.md §2). */
export type EraseReason = 'request' | 'consent-withdrawn' | 'objection' | 'retention-ended';

/** GDPR Art. 7(3) reaches what rests on consent, Art. 21 what rests on an interest or a public task. */
const COVERED: Partial<Record<EraseReason, readonly LegalBasis[]>> = {
  'consent-withdrawn': ['consent'],
  objection: ['legitimate-interest', 'public-task'],
};

/** What the map says of one record, on the day. */
export interface Judgement {
  /** undecided: a retention whose date is not known. */
  readonly verdict: VerdictKind | 'undecided';
  readonly ground: string | null;
  readonly law: string | null;
  /** The first civil day on which it may go. */
  readonly until: string | null;
  readonly why: string | null;
  /** The retention that keeps it, by its place in Collection.retain: it says what goes at once. */
  readonly retention: number | null;
}

export interface JudgementFacts {
  readonly reason: EraseReason;
  /** Civil date in the controller's zone. */
  readonly today: string;
  readonly timezone: string;
  readonly fiscalYearEnd: string | null;
}

/** What the operator answered about a retention whose date is not known. */
export type RetentionAnswer = 'accept' | 'reject' | null;

/** The columns that a judgement looks at. */
export function judgedColumns(collection: Collection): readonly string[] {
  const { erase, retain } = collection;
  return [
    ...retain.flatMap(({ when, until }) => [...when.map(({ field }) => field), until.field]),
    ...(erase?.until === null || erase?.until === undefined ? [] : [erase.until.field]),
  ];
}

/** The verdict of a record's map entry. Pure; `column` gives the record's values. */
export function judge(
  collection: Collection,
  column: (name: string) => Value,
  facts: JudgementFacts,
  answer: RetentionAnswer = null,
): Judgement {
  const covered = COVERED[facts.reason];
  const basis = collection.information.legalBasis;
  if (covered !== undefined && (basis === null || !covered.includes(basis))) {
    return kept(
      NOT_COVERED,
      null,
      null,
      basis === null ? 'the map names no legal basis' : `it rests on ${basis}`,
    );
  }
  for (const [at, retention] of collection.retain.entries()) {
    if (!satisfies(retention.when, column)) continue;
    const judged = retained(retention, column, facts, answer);
    if (judged !== 'over') return { ...judged, retention: judged.verdict === 'keep' ? at : null };
  }
  const { erase } = collection;
  if (erase === null) return { ...PLAIN, verdict: 'manual', why: 'the map gives it no verdict' };
  if (erase.kind !== 'keep') return { ...PLAIN, verdict: erase.kind };
  if (erase.until === null) return kept(erase.ground, erase.law, null, null);
  const judged = retained(
    { ground: erase.ground ?? '', law: erase.law, until: erase.until },
    column,
    facts,
    answer,
  );
  return judged === 'over' ? { ...PLAIN, verdict: 'delete' } : judged;
}

/**
 * The same of a record that is held: it is kept as it is, without an end, and nothing of it is minimised;
 * what the reason does not cover is left for that.
 */
export function judgeHeld(judged: Judgement, held: Held | null): Judgement {
  if (held === null || judged.ground === NOT_COVERED) return judged;
  return kept(held.ground, null, null, held.why);
}

/** Why a record must stay whatever the map says, until nothing holds it any more. */
export interface Held {
  /** As contract.md §1 names grounds; `not-covered`: the erasure does not reach it. */
  readonly ground: string;
  readonly why: string;
}

const PLAIN = { ground: null, law: null, until: null, why: null, retention: null } as const;

function kept(
  ground: string | null,
  law: string | null,
  until: string | null,
  why: string | null,
): Judgement {
  return { verdict: 'keep', ground, law, until, why, retention: null };
}

interface Duty {
  readonly ground: string;
  readonly law: string | null;
  readonly until: Until;
}

function retained(
  { ground, law, until }: Duty | Retention,
  column: (name: string) => Value,
  facts: JudgementFacts,
  answer: RetentionAnswer,
): Judgement | 'over' {
  const day = civilDay(column(until.field), facts.timezone);
  const end = day === null ? null : untilOf(until, day, facts.fiscalYearEnd);
  if (end !== null) return facts.today < end ? kept(ground, law, end, null) : 'over';
  if (answer === 'accept') return 'over';
  const unknown = day === null ? `${until.field} says no day` : 'the map says no end of the financial year';
  if (answer === 'reject') return kept(ground, law, null, unknown);
  return { verdict: 'undecided', ground, law, until: null, why: unknown, retention: null };
}
