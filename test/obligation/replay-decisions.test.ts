import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/case/context.js';
import type { Books } from '../../src/case/ledger-work.js';
import type { EarlierAnswer } from '../../src/ledger/erased.js';
import type { Tag } from '../../src/model/request.js';
import { keyText } from '../../src/model/value.js';
import { replayDecisions } from '../../src/obligation/replay/decisions.js';

const COLLECTION = 'crm.customers';
const recordTag = (collection: string, key: string) => `${collection} ${key}` as Tag;

/** Books that number decisions as they come, and count how often they are asked to. */
function books() {
  const calls: (readonly string[])[] = [];
  const ids = new Map<string, string>();
  const decisionIds = (_: string, fingerprints: readonly string[]) => {
    calls.push(fingerprints);
    return fingerprints.map((one) => {
      const id = ids.get(one) ?? `D${ids.size + 1}`;
      ids.set(one, id);
      return id;
    });
  };
  return { calls, books: { ledger: { recordTag }, work: { decisionIds } } as unknown as Books };
}

const decisionOn = (key: number) =>
  ({ kind: 'candidate', collection: COLLECTION, key: [key], recordKey: `k${key}`, why: 'why' }) as const;

const earlier = fc.record({
  about: fc.constantFrom('candidate', 'retention'),
  record: fc.integer({ min: 1, max: 6 }),
  answer: fc.constantFrom('accept', 'reject'),
  replay: fc.boolean(),
});

describe('the decisions of a replay', () => {
  it('are numbered in one call, however many there are, and each once', () => {
    const { calls, books: of } = books();
    const given = { accept: ['D2'], reject: ['D4'] };
    const decisions = replayDecisions({} as Context, of, given, [], 1);
    const put = (keys: readonly number[]) =>
      decisions.ask(keys.map((key) => ({ decision: decisionOn(key), after: 0 })));
    expect(put([1, 2, 3, 2])).toEqual([null, 'accept', null, 'accept']);
    expect(put([4, 1])).toEqual(['reject', null]);
    expect(calls.map((call) => call.length)).toEqual([3, 1]);
    expect(decisions.open().map(({ id }) => id)).toEqual(['D1', 'D3']);
  });

  it('remember the last answer that counts, as one reads them from the end', () => {
    fc.assert(
      fc.property(
        fc.array(earlier, { maxLength: 20 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
        fc.nat(20),
        (drafts, keys, after) => {
          const answers = drafts.map(
            ({ record, ...draft }, at) =>
              ({
                ...{ ...draft, collection: COLLECTION, seq: at + 1 },
                record: recordTag(COLLECTION, keyText([record])),
              }) as EarlierAnswer,
          );
          const none = { accept: [], reject: [] };
          const decisions = replayDecisions({} as Context, books().books, none, answers, 1);
          const told = decisions.ask(keys.map((key) => ({ decision: decisionOn(key), after })));
          const expected = keys.map((key) => {
            const counting = drafts.flatMap(({ about, record, answer, replay }, at) =>
              about === 'candidate' && record === key && (!replay || (answer === 'reject' && at + 1 > after))
                ? [answer]
                : [],
            );
            return counting.at(-1) ?? null;
          });
          expect(told).toEqual(expected);
          expect(decisions.remembered()).toBe(expected.filter((answer) => answer === 'reject').length);
        },
      ),
    );
  });
});
