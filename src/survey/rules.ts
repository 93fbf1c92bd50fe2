import type { Judgement } from './judgement.js';

/** Why a record fares as it does, apart from the verdict itself; each different one has a number. */
export type Rule = Omit<Judgement, 'verdict'>;

/** A verdict of which there is nothing more to say. Number 0. */
export const PLAIN: Rule = { ground: null, law: null, until: null, why: null, retention: null };

export interface Rules {
  number(rule: Rule): number;
  at(number: number): Rule;
  /**
   * Every rule so far in one order, whatever order they came in: numbers hang on what was read first,
   * and the same data must give the same plan.
   */
  sorted(): readonly { readonly number: number; readonly text: string }[];
}

export function makeRules(): Rules {
  const rules: Rule[] = [];
  const known = new Map<string, number>();
  const number = (rule: Rule) => {
    const text = textOf(rule);
    const found = known.get(text) ?? rules.length;
    if (found === rules.length) {
      known.set(text, found);
      rules.push(rule);
    }
    return found;
  };
  number(PLAIN);
  return {
    number,
    at: (at) => rules[at] ?? PLAIN,
    sorted: () => rules.map((rule, at) => ({ number: at, text: textOf(rule) })).sort(byText),
  };
}

function textOf({ ground, law, until, why, retention }: Rule): string {
  return JSON.stringify([ground, law, until, why, retention]);
}

function byText(one: { readonly text: string }, other: { readonly text: string }): number {
  return one.text < other.text ? -1 : one.text > other.text ? 1 : 0;
}
