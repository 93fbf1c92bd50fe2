import type { Command } from 'commander';

export interface DecisionFlags {
  readonly accept?: readonly string[];
  readonly reject?: readonly string[];
}

export interface Answers {
  readonly accept: readonly string[];
  readonly reject: readonly string[];
  /** Words that followed the flags but are no decision: the shell cannot tell where a list ends. */
  readonly rest: readonly string[];
}

export function addDecisionFlags(command: Command): Command {
  return command
    .option('--accept <id...>', 'these decisions: yes, the same person')
    .option('--reject <id...>', 'these decisions: no; `all` for every open one');
}

/** `--accept D1 D2 anna@example.se`: two decisions and an identifier. `D1,D2` will do as well. */
export function answersOf(flags: DecisionFlags): Answers {
  const [accept, after] = split(flags.accept ?? [], isDecision);
  const [reject, rest] = split(
    flags.reject ?? [],
    (word) => isDecision(word) || word.toLowerCase() === 'all',
  );
  return {
    accept: accept.map((id) => id.toUpperCase()),
    reject: reject.map((id) => (id.toLowerCase() === 'all' ? 'all' : id.toUpperCase())),
    rest: [...after, ...rest],
  };
}

function isDecision(word: string): boolean {
  return /^d\d+$/i.test(word);
}

function split(
  words: readonly string[],
  isId: (word: string) => boolean,
): readonly [readonly string[], readonly string[]] {
  const ids: string[] = [];
  const others: string[] = [];
  for (const word of words) {
    const parts = word.split(',');
    if (parts.every(isId)) ids.push(...parts);
    else others.push(word);
  }
  return [ids, others];
}
