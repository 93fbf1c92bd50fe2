import type { Context } from '../../case/context.js';
import type { Books } from '../../case/ledger-work.js';
import type { Decided, Question } from '../../case/search/decisions.js';
import type { DecisionId } from '../../ledger/entry.js';
import type { EarlierAnswer } from '../../ledger/erased.js';
import type { LocatedDecision } from '../../locate/located.js';
import { DsrError } from '../../model/error.js';
import type { Tag } from '../../model/request.js';
import type { Decision } from '../../model/subject.js';
import { keyText } from '../../model/value.js';
import type { Answer } from '../../work/decision.js';

/** The decisions of one replay, whichever of its passes asks. */
export interface ReplayDecisions {
  /** Puts up records of which it is not known whose they are; what was answered of each, in that order. */
  ask(questions: readonly Put[]): readonly (Answer | null)[];
  /** What a pass asks, and is answered, within this replay. */
  readonly decided: Decided;
  /** What is still open, each once. */
  open(): readonly Decision[];
  /** How many were left alone because an earlier answer said so. */
  readonly remembered: () => number;
  /** Throws DsrError('usage') where an id given is none of those asked. */
  check(): void;
  /** Writes the answers given to the ledger, once: a no holds for the next replay, too. */
  settle(): void;
}

export interface Put {
  readonly decision: LocatedDecision;
  /** An earlier replay's answer counts only if it was given later than this ledger entry. */
  readonly after: number;
}

interface Asked {
  readonly question: Question;
  readonly decision: LocatedDecision;
  readonly record: Tag;
  readonly id: string;
  readonly answer: Answer | null;
  readonly given: boolean;
}

/** One scope for all: an id means the same record from one replay to the next. */
const SCOPE = 'replay';

export function replayDecisions(
  context: Context,
  { ledger, work }: Books,
  given: { readonly accept: readonly string[]; readonly reject: readonly string[] },
  earlier: readonly EarlierAnswer[],
  intent: number,
): ReplayDecisions {
  const asked = new Map<string, Asked>();
  let remembered = 0;
  const before = answeredBefore(earlier);
  const answerTo = answering(given);
  /** `isNew`: it was not put up before. */
  const put = (question: Question, all: readonly Put[]): readonly { one: Asked; isNew: boolean }[] => {
    const drafts = all.map(({ decision, after }) => {
      const record = ledger.recordTag(decision.collection, keyText(decision.key));
      const fingerprint = [question, decision.kind, decision.collection, record].join(' ');
      return { decision, after, record, fingerprint };
    });
    const unknown = new Set(
      drafts.flatMap(({ fingerprint }) => (asked.has(fingerprint) ? [] : [fingerprint])),
    );
    // All at once: each call is a transaction that goes over all that was ever put up.
    const ids = work.decisionIds(SCOPE, [...unknown]);
    const idOf = new Map([...unknown].map((fingerprint, at) => [fingerprint, ids[at] ?? '']));
    return drafts.map(({ decision, after, record, fingerprint }) => {
      const known = asked.get(fingerprint);
      if (known !== undefined) return { one: known, isNew: false };
      const id = idOf.get(fingerprint) ?? '';
      const said = answerTo(id);
      const remembers = said === null ? before(decision.kind, record, after) : null;
      if (remembers === 'reject') remembered += 1;
      const one = { question, decision, record, id, answer: said ?? remembers, given: said !== null };
      asked.set(fingerprint, one);
      return { one, isNew: true };
    });
  };
  const placesOf = (question: Question, answer: Answer) =>
    [...asked.values()].flatMap(({ question: of, decision, answer: is }) =>
      of === question && is === answer ? [{ collection: decision.collection, key: decision.recordKey }] : [],
    );
  return {
    ask: (questions) => put('whose', questions).map(({ one }) => one.answer),
    decided: {
      answers: (question) =>
        new Map<Answer, ReturnType<typeof placesOf>>([
          ['accept', placesOf(question, 'accept')],
          ['reject', placesOf(question, 'reject')],
        ]),
      take(question, decisions) {
        const open: Decision[] = [];
        let applied = false;
        const taken = put(
          question,
          decisions.map((decision) => ({ decision, after: 0 })),
        );
        decisions.forEach((decision, at) => {
          const { id = '', answer = null } = taken[at]?.one ?? {};
          // One that was answered and comes up all the same is not settled by that answer.
          if (answer === null || taken[at]?.isNew !== true) open.push(told(decision, id));
          else applied = true;
        });
        return { open, applied };
      },
      check: () => undefined,
      settle: () => undefined,
    },
    open: () =>
      [...asked.values()].flatMap(({ decision, id, answer }) =>
        answer === null ? [told(decision, id)] : [],
      ),
    remembered: () => remembered,
    check() {
      const known = new Set([...asked.values()].map(({ id }) => id));
      const unknown = [...given.accept, ...given.reject].some((id) => id !== 'all' && !known.has(id));
      if (!unknown) return;
      throw new DsrError('usage', 'an id given to --accept or --reject names no decision', {
        hint:
          known.size === 0
            ? 'there is nothing to decide'
            : `there are ${[...known].slice(0, 20).join(', ')}${known.size > 20 ? ' and more' : ''}`,
      });
    },
    settle() {
      const fresh = [...asked.values()].filter((one) => one.given);
      if (fresh.length === 0) return;
      ledger.appendAll(
        fresh.map(
          ({ decision, record, id, answer }) =>
            ({
              ...{ kind: 'decision', operator: context.operator, request: null, intent },
              ...{ decision: id as DecisionId, about: decision.kind, collection: decision.collection },
              ...{ record, answer: answer ?? 'reject' },
            }) as const,
        ),
      );
    },
  };
}

function answering(given: {
  readonly accept: readonly string[];
  readonly reject: readonly string[];
}): (id: string) => Answer | null {
  const [accept, reject] = [new Set(given.accept), new Set(given.reject)];
  return (id) => (accept.has(id) ? 'accept' : reject.has(id) || reject.has('all') ? 'reject' : null);
}

/** The last answer about a record that still counts; a replay's yes was for that time. */
function answeredBefore(
  earlier: readonly EarlierAnswer[],
): (about: EarlierAnswer['about'], record: Tag, after: number) => Answer | null {
  const known = new Map<string, EarlierAnswer[]>();
  for (const one of earlier) {
    const id = `${one.about} ${one.record}`;
    const same = known.get(id);
    if (same === undefined) known.set(id, [one]);
    else same.push(one);
  }
  return (about, record, after) =>
    known
      .get(`${about} ${record}`)
      ?.findLast(({ answer, seq, replay }) => !replay || (answer === 'reject' && seq > after))?.answer ??
    null;
}

function told({ kind, collection, key, why }: LocatedDecision, id: string): Decision {
  return { id, kind, collection, key, why };
}
