import type { Judgement } from './judgement.js';

/** Why a record fares as it does, apart from the verdict itself; each different one has a number. */
export type Rule = Omit<Judgement, 'verdict'>;

export interface Rules {
  number(rule: Rule): number;
  at(number: number): Rule;
}

export function makeRules(): Rules {
  const rules: Rule[] = [];
  const known = new Map<string, number>();
  const number = ({ ground, law, until, why, retention }: Rule) => {
    const text = JSON.stringify([ground, law, until, why, retention]);
    const found = known.get(text) ?? rules.length;
    if (found === rules.length) {
      known.set(text, found);
      rules.push({ ground, law, until, why, retention });
    }
    return found;
  };
  number({ ground: null, law: null, until: null, why: null, retention: null });
  return {
    number,
    at: (at) => rules[at] ?? { ground: null, law: null, until: null, why: null, retention: null },
  };
}
