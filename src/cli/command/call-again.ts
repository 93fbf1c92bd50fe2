import type { Answers } from '../decision-flags.js';
import type { Given } from '../identifiers.js';
import type { Session } from '../session.js';

/**
 * The words of a call that goes on where this one stopped, to be shown and pasted: without a request,
 * which keeps them, with every answer given so far.
 */
export function callAgain(
  name: string,
  session: Session,
  given: Given,
  request: string | null,
  answers: Pick<Answers, 'accept' | 'reject'>,
): readonly string[] {
  const who = request === null ? [...given.again, ...answering(answers)] : ['--request', request];
  return [...calling(session, name), ...who];
}

function answering({ accept, reject }: Pick<Answers, 'accept' | 'reject'>): readonly string[] {
  return [
    ...(accept.length === 0 ? [] : ['--accept', ...accept]),
    ...(reject.length === 0 ? [] : ['--reject', ...reject]),
  ];
}

/** The words that carry out a saved plan; null: none was saved. */
export function callApply(session: Session, plan: string | undefined): readonly string[] | null {
  return plan === undefined ? null : [...calling(session, 'apply'), plan];
}

function calling({ flags: { workspace } }: Session, name: string): readonly string[] {
  return ['dsr', ...(workspace === null ? [] : ['-C', workspace]), name];
}
