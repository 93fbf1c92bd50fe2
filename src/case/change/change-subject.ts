import type { Sha256 } from '../../ledger/entry.js';
import { DsrError } from '../../model/error.js';
import { heldBy } from '../../model/hold.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import { actionsOf } from '../../plan/actions.js';
import type { Plan } from '../../plan/plan.js';
import { savePlan } from '../../plan/plan-file.js';
import { blockHeld, widenHolds } from '../hold/block.js';
import { holdsOf, holdWords } from '../hold/holds.js';
import { type Landscape, openLandscape } from '../landscape.js';
import { openRequestOf, startRequest } from '../request/begin.js';
import { tagsOf } from '../request/subject.js';
import { answerOf } from '../search/find.js';
import { type Called, calledOf } from '../search/names.js';
import { type Search, searchIn } from '../search/search.js';
import { failureOf, intentEntry, searchedEntry, unsearchedEntry } from '../search/search-entry.js';
import { workspaceAt } from '../workspace.js';
import { carryOut } from './carry-out.js';
import type { ChangeResult } from './change.js';
import { type Draft, drawOn } from './draw.js';
import { type Change, type DrawnUp, type Planned, stoppedBy, subjectOf } from './drawn-up.js';
import { earlierTasks } from './earlier-tasks.js';
import { openedBy } from './erase-reason.js';
import { erasedRoots } from './erased-roots.js';
import { checkMayChange } from './may-change.js';
import { oweWhatStays } from './obligations.js';
import { proposalOf } from './proposal.js';
import { gainedBy } from './rectify.js';

/**
 * Finds the person, draws up the plan, shows it, and once it is confirmed carries it out and verifies.
 * Nothing is changed before the plan was shown and confirmed, and nothing but what it says. The search's
 * snapshots are closed before anybody is asked: an open one may hold up those who write.
 */
export async function changeSubject(change: Change): Promise<ChangeResult> {
  const { context, books, mapAndTypes, action, given, sought, subject, input, extract } = change;
  if (!input.dryRun && change.pass === undefined) {
    checkMayChange(context, books, mapAndTypes, action, given, sought.identifiers, extract !== null);
  }
  const intent = books.ledger.append(
    intentEntry(context, mapAndTypes, change.pass ?? action, given, subject),
  );
  let landscape: Landscape | null = null;
  let drawn: DrawnUp;
  try {
    landscape = await openLandscape(context, mapAndTypes);
    drawn = await drawUp(change, landscape, intent);
  } catch (error) {
    await landscape?.close();
    books.ledger.append({
      ...unsearchedEntry(mapAndTypes, subject),
      ...{ kind: 'find', operator: context.operator, request: given, intent },
      ...{ outcome: 'failed', failure: failureOf(error, context) },
    } as const);
    throw error;
  }
  try {
    return await decide(drawn);
  } finally {
    drawn.plan?.close();
    await landscape.close();
  }
}

async function drawUp(change: Change, landscape: Landscape, intent: number): Promise<DrawnUp> {
  const { context, books, decided, sought, given, subject } = change;
  const found = await searchIn(context, landscape, decided, sought);
  try {
    const { tmp } = workspaceAt(context.workspace);
    const salt = books.ledger.planSalt();
    const standing = holdsOf(books, landscape.types);
    const about = { sought, request: given, decided, holds: standing };
    const draft: Draft = { context, landscape, intended: change, ...about, tmp, salt };
    const { plan, open, warnings, incomplete: byHand } = await answeredPlan(draft, found);
    try {
      decided.check();
      const holds = change.action === 'erase' ? standing.on(found.person.identifiers) : [];
      const earlier = await earlierTasks(change, found, plan);
      const incomplete = [...holds.map(holdWords), ...byHand, ...earlier];
      const searched = answerOf(found, given);
      const answer = {
        ...searched,
        decisions: [...searched.decisions, ...open],
        warnings: [...searched.warnings, ...warnings],
        complete: searched.complete && incomplete.length === 0,
        incomplete: [...searched.incomplete, ...incomplete],
      };
      const called = await calledToRedact(change, plan, found);
      books.ledger.append({
        ...searchedEntry(found, subject, answer),
        ...{ kind: 'find', operator: context.operator, request: given, intent },
        ...{ outcome: 'answered', failure: null },
      } as const);
      const known = found.person.identifiers;
      return { change, landscape, draft, plan, answer, holds, known, called, intent };
    } catch (error) {
      plan?.close();
      throw error;
    }
  } finally {
    await found.close();
  }
}

/** Also those that an earlier run knew: it may have masked them since. */
async function calledToRedact(
  { books, given }: Change,
  plan: Plan | null,
  { map, types, readers, person }: Search,
): Promise<Called> {
  const redacts = plan?.groups.some(({ fields }) => fields.some(({ to }) => to === 'redact')) === true;
  if (!redacts) return { names: [], identifiers: [] };
  const known = given === null ? [] : books.work.names(given);
  const called = await calledOf(map, readers, person, types);
  return { ...called, names: [...new Set([...called.names, ...known])] };
}

/** An answer that ends the command is kept all the same: it holds for the next. */
async function answeredPlan(draft: Draft, found: Search) {
  try {
    return await planOf(draft, found);
  } catch (error) {
    if (error instanceof DsrError && error.kind === 'decision') {
      draft.decided.check();
      draft.decided.settle(draft.request);
    }
    throw error;
  }
}

/** Drawn up anew until no answer is left that changes it. */
async function planOf(draft: Draft, found: Search) {
  for (;;) {
    const drawn = await drawOn(draft, found.person, found.readers, found.sources);
    const { open, applied } = draft.decided.take('what', drawn.decisions);
    if (!applied) return { ...drawn, open };
    drawn.plan?.close();
  }
}

/** From the plan onward: what stands against it, and whether it is confirmed. */
async function decide(drawn: DrawnUp): Promise<ChangeResult> {
  const { change, answer, plan } = drawn;
  const { input, decided, given } = change;
  // Nothing found where nobody looked is no answer, and no plan.
  if (answer.sources.every(({ status }) => status !== 'searched')) return stoppedBy(drawn, 'unread', given);
  const stale = staleness(drawn);
  if (stale !== null) return stoppedBy(drawn, 'stale', given, stale);
  if (plan === null || answer.decisions.length > 0) return undecided(drawn);
  const planned: Planned = { ...drawn, plan };
  recordPlan(planned);
  if (input.planOut !== null) await savePlan(plan, input.planOut, { replace: false });
  const proposal = proposalOf(planned);
  await input.show(proposal);
  if (drawn.holds.length > 0) return held(drawn);
  if (input.dryRun) {
    decided.settle(given);
    return stoppedBy(drawn, 'dry-run', given);
  }
  // Nobody asked, and nothing changes: no request is opened for that, unless a hold is to be remembered.
  const isHeld = plan.groups.some(({ why }) => heldBy(why) !== null);
  if (change.pass !== undefined && proposal.records === 0 && (change.pass === 'sweep' || !isHeld)) {
    oweWhatStays(change.books, null, plan, () => true);
    return { ...stoppedBy(drawn, 'dry-run', given), stopped: null, applied: true };
  }
  if (proposal.records > 0 && !(await input.confirm(proposal))) {
    decided.settle(given);
    return stoppedBy(drawn, 'not-confirmed', given);
  }
  const request = begin(drawn);
  widenHolds(drawn, gainedTags(planned));
  const result = await carryOut(planned, request);
  if (result.stopped === 'stale') blockHeld(drawn, request);
  return result;
}

/** Why a saved plan does not hold any more; null: it does, or there is none. */
function staleness({ change: { expected }, plan, answer }: DrawnUp): string | null {
  if (expected === null || expected.hash === plan?.hash) return null;
  if (plan !== null && expected.header.catalog !== plan.header.catalog) {
    return 'the plan is stale: a schema is another than when it was drawn up, or other sources answer';
  }
  if (answer.decisions.length > 0) return 'the plan is stale: there is something new to decide';
  return 'the plan is stale: another would be drawn up now';
}

/** Answers hold for a request, so there is one as soon as there is something to answer. */
function undecided(drawn: DrawnUp): ChangeResult {
  const { input, given, decided } = drawn.change;
  if (!input.dryRun) return stoppedBy(drawn, 'undecided', begin(drawn));
  decided.settle(given);
  return stoppedBy(drawn, 'undecided', given);
}

/** A request is opened, which waits for the release. */
function held(drawn: DrawnUp): ChangeResult {
  const { input, given, decided, pass } = drawn.change;
  if (input.dryRun || pass !== undefined) {
    decided.settle(given);
    return stoppedBy(drawn, 'held', given);
  }
  const request = begin(drawn);
  widenHolds(drawn, []);
  blockHeld(drawn, request);
  return stoppedBy(drawn, 'held', request);
}

/** The request under which it is done, started, with the answers given. */
function begin({ change, intent }: DrawnUp): RequestId {
  const { context, books, mapAndTypes, action, reason, given, sought, decided } = change;
  const type = openedBy(action, reason);
  const request =
    given ?? openRequestOf(type, context, books, mapAndTypes.loaded, sought.identifiers, intent);
  startRequest(context, books, mapAndTypes.loaded, request);
  decided.settle(request);
  return request;
}

function recordPlan(planned: Planned): void {
  const { change, plan } = planned;
  const { context, books, given, expected } = change;
  // A saved one was written down when it was drawn up first.
  if (expected !== null) return;
  books.ledger.append({
    kind: 'plan',
    operator: context.operator,
    request: given,
    plan: plan.hash as Sha256,
    map: plan.header.map as Sha256,
    subject: [...subjectOf(planned), ...gainedTags(planned)],
    actions: actionsOf(plan).map(({ collection, action, ground, records }) => ({
      ...{ collection, action, ground, records },
    })),
    ...erasedRoots(books.ledger, planned.landscape.map, plan),
  });
}

/** A backup holds the old value, who is erased later is known by the new: a rectification's plan joins the two. */
function gainedTags(planned: Planned): readonly SubjectTag[] {
  const { change, landscape } = planned;
  const known = new Set(subjectOf(planned).map(({ tag }) => tag));
  const strong = gainedBy(change.set, landscape).filter(
    ({ type }) => landscape.types.get(type).strength === 'strong',
  );
  return tagsOf(change.books.ledger, strong).filter(({ tag }) => !known.has(tag));
}
