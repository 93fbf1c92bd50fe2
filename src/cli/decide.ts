import type { FindResult } from '../case/search/find.js';
import { askChoice } from './ask.js';
import { isAskable } from './io.js';
import type { Session } from './session.js';

/** What of a call an answer to a decision alters. */
interface Decidable {
  readonly identifiers: readonly string[];
  readonly request: string | null;
  readonly accept: readonly string[];
  readonly reject: readonly string[];
}

/**
 * On a terminal open decisions are put to the person, and the operation goes on with the answers: under
 * its request where it opened one. Elsewhere, and for those left for later, the first answer stands.
 */
export async function decided<
  Input extends Decidable,
  Result extends Pick<FindResult, 'request' | 'decisions' | 'keyFields'>,
>(session: Session, input: Input, operation: (input: Input) => Promise<Result>): Promise<Result> {
  const result = await operation(input);
  const { decisions } = result;
  if (decisions.length === 0 || session.flags.json || !isAskable(session.io)) return result;
  const { decisionQuestion, decisionWords } = await import('./view/answer.js');
  session.output.clear();
  const accept: string[] = [];
  const reject: string[] = [];
  for (const decision of decisions) {
    const message = `${decision.id}  ${decisionWords(result, decision)}. ${decisionQuestion(decision)}`;
    const answer = await askChoice(session.io, session.signal, message, [
      { name: 'decide later', value: 'later' },
      { name: 'yes', value: 'yes' },
      { name: 'no', value: 'no' },
    ]);
    if (answer === 'yes') accept.push(decision.id);
    if (answer === 'no') reject.push(decision.id);
  }
  if (accept.length + reject.length === 0) return result;
  // a request keeps what was answered under it; without one, all is told again
  const next: Decidable =
    result.request === null
      ? { ...input, accept: [...input.accept, ...accept], reject: [...input.reject, ...reject] }
      : { ...input, identifiers: [], request: result.request, accept, reject };
  return decided(session, { ...input, ...next }, operation);
}
