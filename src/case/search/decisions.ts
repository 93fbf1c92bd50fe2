import type { DecisionId } from '../../ledger/entry.js';
import type { AnsweredRecord } from '../../locate/locate.js';
import type { LocatedDecision } from '../../locate/located.js';
import { DsrError } from '../../model/error.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Decision } from '../../model/subject.js';
import { keyText } from '../../model/value.js';
import type { AnsweredPlace, PlanHeader } from '../../plan/plan.js';
import type { Answer } from '../../work/decision.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';

/** What the operator answered on the command line, beside what was answered under the request before. */
export interface AnswersGiven {
  readonly accept: readonly string[];
  /** Ids, or `all`. */
  readonly reject: readonly string[];
  readonly request: RequestId | null;
}

/** whose: whose a record is, which the search asks · what: what becomes of it, which the planner asks. */
export type Question = AnsweredPlace['question'];

export interface Decided {
  /** The records that answers stand for so far. */
  answers(question: Question): ReadonlyMap<Answer, readonly AnsweredRecord[]>;
  /** Numbers what was put up; `applied`: an answer was given to some, so search or plan again with it. */
  take(
    question: Question,
    decisions: readonly LocatedDecision[],
  ): { readonly open: readonly Decision[]; readonly applied: boolean };
  /** After the last search. Throws DsrError('usage') where an id given was no decision. */
  check(): void;
  /** The answers go to the ledger, and into the request if there is one. */
  settle(request: RequestId | null): void;
}

interface Taken {
  readonly question: Question;
  readonly decision: LocatedDecision;
  readonly fingerprint: string;
  readonly answer: Answer;
  readonly id: string;
}

/**
 * Decisions keep their ids for the same person, whichever command asks; answers given under a request
 * hold for that request, others for this command only. `what` tells one question about what becomes of a
 * record from another: a yes to one new value is none to the next.
 */
export function openDecisions(
  context: Context,
  { ledger, work }: Books,
  subject: readonly SubjectTag[],
  given: AnswersGiven,
  what = '',
): Decided {
  const scope = `person:${subject
    .map(({ tag }) => tag)
    .toSorted()
    .join(',')}`;
  const kept = given.request === null ? new Map<string, Answer>() : work.answers(given.request);
  const known = new Map<string, string>();
  const taken = new Map<string, Taken>();
  checkGiven(given);

  const answerTo = (id: string, fingerprint: string): Answer | null => {
    if (given.accept.includes(id)) return 'accept';
    if (given.reject.includes(id) || given.reject.includes('all')) return 'reject';
    return kept.get(fingerprint) ?? null;
  };
  return {
    answers(question) {
      const byAnswer = new Map<Answer, AnsweredRecord[]>([
        ['accept', []],
        ['reject', []],
      ]);
      for (const { decision, answer, question: asked } of taken.values()) {
        if (asked !== question) continue;
        byAnswer.get(answer)?.push({ collection: decision.collection, key: decision.recordKey });
      }
      return byAnswer;
    },
    take(question, decisions) {
      const fingerprints = decisions.map((decision) =>
        [
          ...(question === 'whose' ? [] : [`what${what}`]),
          decision.kind,
          decision.collection,
          ledger.recordTag(decision.collection, keyText(decision.key)),
        ].join(' '),
      );
      const ids = work.decisionIds(scope, fingerprints);
      const open: Decision[] = [];
      let applied = false;
      decisions.forEach((decision, at) => {
        const id = ids[at] ?? '';
        const fingerprint = fingerprints[at] ?? '';
        known.set(id, fingerprint);
        const answer = answerTo(id, fingerprint);
        if (answer === null || taken.has(fingerprint)) {
          const { kind, collection, key, why } = decision;
          open.push({ id, kind, collection, key, why });
          return;
        }
        taken.set(fingerprint, { question, decision, fingerprint, answer, id });
        applied = true;
      });
      return { open, applied };
    },
    check() {
      const unknown = [...given.accept, ...given.reject].filter((id) => id !== 'all' && !known.has(id));
      if (unknown.length > 0) throw noSuchDecision([...known.keys()], unknown.length);
    },
    settle(request) {
      const fresh = [...taken.values()].filter(({ fingerprint, answer }) => kept.get(fingerprint) !== answer);
      if (fresh.length === 0) return;
      const record = () => {
        ledger.appendAll(
          fresh.map(({ decision, answer, id }) => ({
            kind: 'decision',
            operator: context.operator,
            request,
            decision: id as DecisionId,
            about: decision.kind,
            collection: decision.collection,
            record: ledger.recordTag(decision.collection, keyText(decision.key)),
            answer,
          })),
        );
      };
      if (request === null) {
        record();
        return;
      }
      const ids = work.decisionIds(
        request,
        fresh.map(({ fingerprint }) => fingerprint),
      );
      const answers = fresh.map(({ answer }, at) => ({ id: ids[at] ?? '', answer }));
      work.answer(request, answers, context.operator, record);
    },
  };
}

/** The answers that a saved plan was drawn up with: whatever else is asked stays open. */
export function savedAnswers({ accepted, rejected }: Pick<PlanHeader, 'accepted' | 'rejected'>): Decided {
  const of = (question: Question, places: readonly AnsweredPlace[]) =>
    places.filter((place) => place.question === question);
  return {
    answers: (question) =>
      new Map<Answer, readonly AnsweredRecord[]>([
        ['accept', of(question, accepted)],
        ['reject', of(question, rejected)],
      ]),
    take: (_, decisions) => ({
      open: decisions.map(({ recordKey: _key, ...decision }, at) => ({ id: `D${at + 1}`, ...decision })),
      applied: false,
    }),
    check: () => undefined,
    settle: () => undefined,
  };
}

function checkGiven({ accept, reject }: AnswersGiven): void {
  const both = accept.find((id) => reject.includes(id) || reject.includes('all'));
  if (both === undefined) return;
  if (!reject.includes('all') || reject.includes(both)) {
    throw new DsrError('usage', 'the same decision is both accepted and rejected', { hint: 'name it once' });
  }
}

// The id given is not repeated: what stands in its place may be anything.
function noSuchDecision(ids: readonly string[], count: number): DsrError {
  return new DsrError(
    'usage',
    `${count === 1 ? 'an id' : `${count} ids`} given to --accept or --reject name no decision`,
    {
      hint:
        ids.length === 0
          ? 'there is nothing to decide about this person'
          : `there are ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ' and more' : ''}`,
    },
  );
}
