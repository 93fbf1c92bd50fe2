import { checkOutput } from '../extract/part-file.js';
import type { ReferenceByName } from '../map/references-by-name.js';
import { DsrError } from '../model/error.js';
import type { SourceStatus } from '../model/subject.js';
import { planErasure } from '../plan/erase.js';
import { openScratch } from '../store/scratch.js';
import { surveyErasure } from '../survey/erasure.js';
import type { ChangeResult, EraseInput } from './change.js';
import type { Context } from './context.js';
import type { Draw } from './draw.js';
import { startChange } from './start-change.js';

/**
 * `dsr erase`: finds the person and erases what the map and the law let go, by a plan that is shown and
 * confirmed first; with `extract`, once a copy was made. Verifies by searching again.
 *
 * @throws DsrError as find, and: usage: the request is another's or over, or asks for less, a file cannot be made ·
 *   config: rows outside the map stand against it · decision: the person is not identified, approvals
 *   are missing, a copy comes first · cancelled: what was committed by then is told.
 */
export async function eraseSubject(context: Context, input: EraseInput): Promise<ChangeResult> {
  const { reason, extract } = input;
  if (extract?.file != null && !input.dryRun) await checkOutput(extract.file);
  return startChange(context, input, { action: 'erase', reason, set: [], draw: drawErasure }, extract);
}

export const drawErasure: Draw = async (drawing) => {
  const { map, catalogs, types, person, sources, readers, writable, answers, header, signal } = drawing;
  if (header.reason === null) throw new DsrError('internal', 'an erasure has no reason');
  const { timezone, fiscalYearEnd } = map.controller;
  const answered = (answer: 'accept' | 'reject', collection: string, key: string) =>
    answers.get(answer)?.some((place) => place.collection === collection && place.key === key) === true;
  const scratch = openScratch(drawing.tmp);
  try {
    const survey = await surveyErasure({
      ...{ map, catalogs, readers, person, sources, types, scratch, signal },
      judged: { reason: header.reason, today: header.today, timezone, fiscalYearEnd },
      answerTo: (collection, key) =>
        answered('accept', collection, key)
          ? 'accept'
          : answered('reject', collection, key)
            ? 'reject'
            : null,
    });
    const drawn = planErasure(survey, {
      scratch,
      header,
      isWritable: writable,
      unread: unreadOf(drawing.references, sources),
    });
    if (drawn.plan === null) scratch.close();
    return { ...drawn, warnings: [], incomplete: [] };
  } catch (error) {
    scratch.close();
    throw error;
  }
};

/** What a source that was not searched may hold on to, and why its records wait. */
function unreadOf(
  references: readonly ReferenceByName[],
  sources: readonly SourceStatus[],
): ReadonlyMap<string, string> {
  const unread = new Set(sources.flatMap(({ source, status }) => (status === 'searched' ? [] : [source])));
  const waiting = new Map<string, string>();
  for (const { source, from, to } of references) {
    if (!unread.has(source) || waiting.has(to)) continue;
    waiting.set(to, `${from} may refer to it, and ${source} was not searched`);
  }
  return waiting;
}
