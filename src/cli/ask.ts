import type { Io } from './io.js';

/**
 * Questions to a person, on stderr, so that stdout stays the document's. inquirer is loaded when the
 * first one is put. Ctrl-C rejects with an error that ends as 130.
 */
export async function askText(io: Io, signal: AbortSignal, message: string): Promise<string> {
  return answer<string>(io, signal, { type: 'input', message });
}

export interface Choice<Value extends string> {
  readonly name: string;
  readonly value: Value;
}

export async function askChoice<Value extends string>(
  io: Io,
  signal: AbortSignal,
  message: string,
  choices: readonly Choice<Value>[],
): Promise<Value> {
  return answer<Value>(io, signal, { type: 'select', message, choices: [...choices] });
}

const ATTEMPTS = 3;

/**
 * Whether a person typed how many records change: a number that must be read before it can be given.
 * An empty line is a no; so is a third wrong number.
 */
export async function askRecords(io: Io, signal: AbortSignal, records: number): Promise<boolean> {
  const wanted = records.toLocaleString('en');
  const question = `To go on, type the number of records that change (${wanted}); Enter stops:`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const message = attempt === 1 ? question : `That is not ${wanted}. ${question}`;
    const typed = (await askText(io, signal, message)).replaceAll(/[\s,]/g, '');
    if (typed === '') return false;
    if (typed === String(records)) return true;
  }
  return false;
}

type Question =
  | { readonly type: 'input'; readonly message: string }
  | { readonly type: 'select'; readonly message: string; readonly choices: Choice<string>[] };

async function answer<Value extends string>(io: Io, signal: AbortSignal, question: Question): Promise<Value> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ input: io.stdin, output: io.stderr, signal });
  const answers: { readonly answer: string } = await prompt([{ ...question, name: 'answer' }]);
  return answers.answer as Value;
}
