import { DsrError } from '../model/error.js';
import type { Store } from '../store/database.js';

export type Answer = 'accept' | 'reject';

export interface AnswerGiven {
  /** `D1`. */
  readonly id: string;
  readonly answer: Answer;
}

/**
 * The ids of decisions, one a fingerprint and in that order: the same fingerprint keeps its id within
 * its scope, new ones get the next number. Scope: a request, or for a search without one whatever
 * tells this search from others. Let neither hold a value of a person: a ledger tag serves.
 */
export function decisionIds(
  store: Store,
  scope: string,
  fingerprints: readonly string[],
  at: string,
): readonly string[] {
  if (fingerprints.length === 0) return [];
  return store.transaction(() => {
    const known = new Map(rowsOf(store, scope).map((row) => [row.fingerprint, row.number]));
    let highest = Math.max(0, ...known.values());
    for (const fingerprint of fingerprints) {
      if (known.has(fingerprint)) continue;
      highest += 1;
      known.set(fingerprint, highest);
      const row = [scope, highest, fingerprint, at];
      store.run('insert into decisions (scope, number, fingerprint, seen) values (?, ?, ?, ?)', ...row);
    }
    store.run('update decisions set seen = ? where scope = ?', at, scope);
    return fingerprints.map((fingerprint) => `D${known.get(fingerprint)}`);
  });
}

/**
 * Keeps the answers; a later one replaces an earlier one. `record` runs before the commit.
 *
 * @throws DsrError usage: an id that this scope does not have, or both accepted and rejected.
 */
export function answerDecisions(
  store: Store,
  scope: string,
  given: readonly AnswerGiven[],
  by: { readonly operator: string; readonly at: string },
  record: () => void,
): void {
  if (given.length === 0) return;
  const answers = new Map<string, Answer>();
  for (const { id, answer } of given) {
    if ((answers.get(id) ?? answer) !== answer) {
      throw new DsrError('usage', 'the same decision is both accepted and rejected', {
        hint: 'name it once',
      });
    }
    answers.set(id, answer);
  }
  store.transaction(() => {
    const numbers = new Map(rowsOf(store, scope).map((row) => [`D${row.number}`, row.number]));
    for (const [id, answer] of answers) {
      const number = numbers.get(id);
      if (number === undefined) throw unknown([...numbers.keys()]);
      store.run(
        'update decisions set answer = ?, operator = ?, answered = ? where scope = ? and number = ?',
        ...[answer, by.operator, by.at, scope, number],
      );
    }
    record();
  });
}

/** By fingerprint; only those that were answered. */
export function answersOf(store: Store, scope: string): ReadonlyMap<string, Answer> {
  const rows = rowsOf(store, scope);
  return new Map(rows.flatMap(({ fingerprint, answer }) => (answer === null ? [] : [[fingerprint, answer]])));
}

interface Row {
  readonly number: number;
  readonly fingerprint: string;
  readonly answer: Answer | null;
}

function rowsOf(store: Store, scope: string): readonly Row[] {
  return store.all<Row>(
    'select number, fingerprint, answer from decisions where scope = ? order by number',
    scope,
  );
}

// The id given is not repeated: what stands in its place may be anything.
function unknown(ids: readonly string[]): DsrError {
  const hint =
    ids.length === 0
      ? 'run the command without --accept and --reject first; it lists what there is to decide'
      : `there are ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ' and more' : ''}`;
  return new DsrError('usage', 'there is no decision of that id here', { hint });
}
