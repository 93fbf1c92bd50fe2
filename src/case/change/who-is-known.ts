import type { RequestId } from '../../model/request.js';
import type { Identifier, KnownIdentifier, SoughtIdentifier } from '../../model/subject.js';
import type { Planned } from './drawn-up.js';
import { gainedBy } from './rectify.js';

/** So that the request can be searched for again by all that is known, also when this ends halfway. */
export function rememberWho(drawn: Planned, request: RequestId): void {
  const { books, sought } = drawn.change;
  const given = new Set(sought.identifiers.map(identity));
  const learnt = knownOf(drawn).filter((known) => known.strength === 'strong' && !given.has(identity(known)));
  books.work.recordNames(request, drawn.called.names);
  books.work.recordLearnt(
    request,
    learnt.map(({ type, value, from }) => ({ type, value, source: from })),
  );
}

/** Whom the person is found by, before and after; nothing that is also somebody else's. */
function knownOf({ change, landscape, known }: Planned): readonly KnownIdentifier[] {
  const { set, decided } = change;
  const followed = known.filter((identifier) => identifier.followed);
  // Accepted although it is somebody else's: it tells nobody apart.
  if ((decided.answers('what').get('accept') ?? []).length > 0) return followed;
  const gained = gainedBy(set, landscape).map(({ type, value }) => ({
    ...{ type, value, from: 'operator' },
    strength: landscape.types.get(type).strength,
  }));
  return [...followed, ...gained.filter((one) => !followed.some((each) => identity(each) === identity(one)))];
}

/** By what was given as such; all else is known of them, and in doubt by nobody's word. */
export function soughtAgain(drawn: Planned): readonly SoughtIdentifier[] {
  const given = new Set(
    drawn.change.sought.identifiers.filter(({ learnt }) => learnt !== true).map((one) => identity(one)),
  );
  return knownOf(drawn).map((one) => {
    const { type, value } = one;
    return given.has(identity(one)) ? { type, value } : { type, value, learnt: true };
  });
}

function identity({ type, value }: Identifier): string {
  return `${type}\n${value}`;
}
