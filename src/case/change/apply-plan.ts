import type { Ledger } from '../../ledger/ledger.js';
import { entryOf } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import { actionsOf } from '../../plan/actions.js';
import type { PlanHeader } from '../../plan/plan.js';
import type { Context } from '../context.js';
import { type Books, withBooks } from '../ledger-work.js';
import { loadTypes, type MapAndTypes } from '../map-and-types.js';
import { tagsOf } from '../request/subject.js';
import { savedAnswers } from '../search/decisions.js';
import { workspaceAt } from '../workspace.js';
import type { ApplySavedInput, ChangeResult } from './change.js';
import { changeSubject } from './change-subject.js';
import type { Draw } from './draw.js';
import { erasing } from './erase.js';
import { eraseReason } from './erase-reason.js';
import { checkRequestFits } from './may-change.js';
import { readPlanFile } from './plan-keeping.js';
import { drawRectification } from './rectify.js';
import { withLearnt } from './start-change.js';

const DRAW: Readonly<Record<PlanHeader['action'], Draw>> = {
  erase: erasing(() => null),
  rectify: drawRectification,
};

export function drawOf(action: PlanHeader['action']): Draw {
  return DRAW[action];
}

/**
 * `dsr apply`: carries out a saved plan, if the same would be drawn up now. Whom it is about, and what was
 * answered, stands in it.
 *
 * @throws DsrError as erase and rectify, and: usage: no plan, one that was edited, one that this workspace
 *   did not draw up, or one whose person is not the request's.
 */
export async function applySaved(context: Context, input: ApplySavedInput): Promise<ChangeResult> {
  const mapAndTypes = loadTypes(context);
  return withBooks(context, async (books) => {
    const saved = await readPlanFile(input.file, workspaceAt(context.workspace).tmp);
    const { header, hash } = saved;
    const actions = actionsOf(saved);
    saved.close();
    checkDrawnHere(books.ledger, hash, input.file);
    if (header.map !== mapAndTypes.loaded.hash) return mapChanged(header, hash, actions);
    const { action, reason, set, request: named } = header;
    const request = named === null ? null : requestOf(context, books, mapAndTypes, header, named);
    if (request !== null) await books.locks.hold(request);
    return changeSubject({
      context,
      books,
      mapAndTypes,
      action,
      reason,
      set,
      draw: DRAW[action],
      input: { ...input, planOut: null },
      extract: null,
      given: request,
      sought: { identifiers: withLearnt(books, request, givenOf(books, header)), records: [] },
      subject: subjectOf(books, header),
      decided: savedAnswers(header),
      expected: { hash, header },
    });
  });
}

/** Whom a plan is about: less what was learnt under the request before: that is added again as such. */
export function givenOf({ work }: Books, { identifiers, request }: PlanHeader): readonly Identifier[] {
  const learnt = request === null ? [] : work.learnt(request);
  const own = request === null ? [] : work.identifiers(request);
  const isIn = (list: readonly Identifier[], one: Identifier) =>
    list.some(({ type, value }) => type === one.type && value === one.value);
  return identifiers.filter((one) => isIn(own, one) || !isIn(learnt, one));
}

/** Another map means other places and other rules: there is nothing to compare. */
function mapChanged(
  { action, request }: PlanHeader,
  planHash: string,
  actions: ChangeResult['actions'],
): ChangeResult {
  return {
    ...{ request, action, planHash, actions },
    complete: false,
    incomplete: ['the plan is stale: the data map was changed since it was drawn up'],
    ...{ warnings: [], identifiers: [], collections: [], sources: [], decisions: [], keyFields: {} },
    ...{ applied: false, outcomes: [], verified: null, searchedBy: null, stopped: 'stale', extract: null },
  };
}

/** A plan names the person and what becomes of every record: nobody else's word is taken for it. */
function checkDrawnHere(ledger: Ledger, hash: string, file: string): void {
  const needle = `"plan":"${hash}"`;
  for (const link of ledger.links()) {
    if (link.body.includes(needle) && entryOf(link).kind === 'plan') return;
  }
  throw new DsrError('usage', `the plan was not drawn up in this workspace: ${file}`, {
    place: file,
    hint: 'draw it up here: --dry-run --plan-out FILE',
  });
}

function requestOf(
  context: Context,
  books: Books,
  mapAndTypes: MapAndTypes,
  { action, reason, identifiers }: PlanHeader,
  request: RequestId,
): RequestId {
  const { work, ledger } = books;
  const { request: known } = work.request(request);
  checkRequestFits(context, books, mapAndTypes, action, known);
  if (action === 'erase') eraseReason(reason, { request: known, type: work.request(known).type });
  const theirs = new Set(
    [...work.subject(known), ...tagsOf(ledger, work.learnt(known))].map(({ tag }) => tag),
  );
  if (tagsOf(ledger, identifiers).every(({ tag }) => theirs.has(tag))) return known;
  throw new DsrError('usage', `the plan is about somebody else than request ${request}`, {
    hint: 'draw it up again under the request',
  });
}

function subjectOf({ ledger, work }: Books, { identifiers, request }: PlanHeader): readonly SubjectTag[] {
  return request === null ? tagsOf(ledger, identifiers) : work.subject(request);
}
