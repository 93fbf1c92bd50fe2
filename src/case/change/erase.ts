import { existsSync } from 'node:fs';
import { checkOutput } from '../../extract/part-file.js';
import type { ReferenceByName } from '../../map/references-by-name.js';
import type { Catalog } from '../../model/catalog.js';
import { DsrError } from '../../model/error.js';
import type { SoughtRecord, SourceStatus } from '../../model/subject.js';
import { planErasure } from '../../plan/erase.js';
import type { Plan } from '../../plan/plan.js';
import { openScratch } from '../../store/scratch.js';
import { type SurveyInput, surveyErasure } from '../../survey/erasure.js';
import type { Context } from '../context.js';
import type { ChangeResult, EraseInput } from './change.js';
import type { Draw, Drawing, Drawn } from './draw.js';
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
  if (extract?.file != null && !input.dryRun) {
    refuseExisting(extract.file);
    await checkOutput(extract.file);
  }
  return startChange(
    context,
    input,
    { action: 'erase', reason, set: [], draw: erasing(() => null) },
    extract,
  );
}

/** What was handed out, or is somebody else's, is not written over by the way. */
function refuseExisting(file: string): void {
  if (!existsSync(file)) return;
  throw new DsrError('usage', `the file for the extract exists already: ${file}`, {
    place: file,
    hint: "name a file that is not there yet; where it is this request's extract, leave --export out",
  });
}

/**
 * Draws up what an erasure does. `held`: what must stay beside what holds keep, `husks` and `minimised`: what
 * was masked and minimised before, as SurveyInput says.
 */
export function erasing(
  held: SurveyInput['held'],
  husks: readonly SoughtRecord[] = [],
  minimised: readonly SoughtRecord[] = [],
): Draw {
  return (drawing) => drawErasure(drawing, { held, husks, minimised });
}

async function drawErasure(
  drawing: Drawing,
  { held, husks, minimised }: Pick<SurveyInput, 'held' | 'husks' | 'minimised'>,
): Promise<Drawn> {
  const { map, catalogs, types, person, sources, readers, writable, answers, header, holds, signal } =
    drawing;
  const kept = holds.held();
  if (header.reason === null) throw new DsrError('internal', 'an erasure has no reason');
  const { timezone, fiscalYearEnd } = map.controller;
  const answered = (answer: 'accept' | 'reject', collection: string, key: string) =>
    answers.get(answer)?.some((place) => place.collection === collection && place.key === key) === true;
  const scratch = openScratch(drawing.tmp);
  try {
    const survey = await surveyErasure({
      ...{ map, catalogs, readers, person, sources, types, scratch, signal },
      held: (...record) => held(...record) ?? kept(...record),
      ...(husks === undefined ? {} : { husks }),
      ...(minimised === undefined ? {} : { minimised }),
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
    return { ...drawn, warnings: [], incomplete: drawn.plan === null ? [] : untold(drawn.plan, catalogs) };
  } catch (error) {
    scratch.close();
    throw error;
  }
}

/** Where something is deleted that tables may refer to of which the source does not tell. */
function untold({ groups }: Plan, catalogs: ReadonlyMap<string, Catalog>): readonly string[] {
  const deleting = new Set(groups.flatMap(({ action, source }) => (action === 'delete' ? [source] : [])));
  return [...deleting].flatMap((source) => {
    const why = catalogs.get(source)?.incomingUnseen;
    return why === undefined ? [] : [`${source}: ${why}`];
  });
}

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
