import type { Decided } from '../case/search/decisions.js';
import type { AnsweredRecord } from '../locate/locate.js';
import { DsrError } from '../model/error.js';
import type { Answer } from '../work/decision.js';
import { recordId } from './record-id.js';

/**
 * Whoever an identifier reaches beside what is owed is not erased for it: a record in doubt is left out.
 * `take` throws DsrError('data') where one comes up although it was: nothing is left to be tried then.
 */
export function nobodyNew(): Decided {
  const rejected = new Map<string, AnsweredRecord>();
  return {
    answers: (question) =>
      new Map<Answer, readonly AnsweredRecord[]>([
        ['accept', []],
        ['reject', question === 'whose' ? [...rejected.values()] : []],
      ]),
    take(question, decisions) {
      if (question !== 'whose') return { open: [], applied: false };
      const before = rejected.size;
      for (const { collection, recordKey: key } of decisions) {
        rejected.set(recordId({ collection, key }), { collection, key });
      }
      const [doubt] = decisions;
      if (doubt !== undefined && rejected.size === before) {
        throw new DsrError(
          'data',
          `${doubt.collection}: whose a record is to which something due leads cannot be told, and it cannot be left out`,
          {
            hint: 'see to the records of that request that are due by hand; `dsr due` lists them',
            place: doubt.collection,
          },
        );
      }
      return { open: [], applied: rejected.size > before };
    },
    check: () => undefined,
    settle: () => undefined,
  };
}
