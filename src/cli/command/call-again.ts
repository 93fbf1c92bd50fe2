import type { Given } from '../identifiers.js';
import type { Session } from '../session.js';

/** The words of a call that goes on where this one stopped, to be shown and pasted. */
export function callAgain(
  name: string,
  session: Session,
  given: Given,
  request: string | null,
): readonly string[] {
  const who = request === null ? given.again : ['--request', request];
  return [...calling(session, name), ...who];
}

/** The words that carry out a saved plan; null: none was saved. */
export function callApply(session: Session, plan: string | undefined): readonly string[] | null {
  return plan === undefined ? null : [...calling(session, 'apply'), plan];
}

function calling({ flags: { workspace } }: Session, name: string): readonly string[] {
  return ['dsr', ...(workspace === null ? [] : ['-C', workspace]), name];
}
