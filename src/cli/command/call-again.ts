import type { Given } from '../identifiers.js';
import type { Session } from '../session.js';

/** The words of a call that goes on where this one stopped, to be shown and pasted. */
export function callAgain(
  name: string,
  session: Session,
  given: Given,
  request: string | null,
): readonly string[] {
  const { workspace } = session.flags;
  const who = request === null ? given.again : ['--request', request];
  return ['dsr', ...(workspace === null ? [] : ['-C', workspace]), name, ...who];
}
