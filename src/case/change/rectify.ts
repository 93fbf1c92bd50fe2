import { hasContent, tidy } from '../../identity/text.js';
import { DsrError } from '../../model/error.js';
import type { Identifier } from '../../model/subject.js';
import type { Setting } from '../../plan/plan.js';
import { planRectify } from '../../plan/rectify.js';
import { openScratch } from '../../store/scratch.js';
import { surveyRectify } from '../../survey/rectify.js';
import { targetsOf } from '../../survey/rectify-targets.js';
import { newIdentifiers } from '../../survey/rectify-wanted.js';
import type { Context } from '../context.js';
import type { Landscape } from '../landscape.js';
import type { ChangeResult, RectifyInput } from './change.js';
import type { Draw } from './draw.js';
import { startChange } from './start-change.js';

/**
 * `dsr rectify`: finds the person and sets what is wrong of them, in every place and in that place's own
 * form, by a plan that is shown and confirmed first. Verifies by reading back and searching again.
 *
 * @throws DsrError as find, and: usage: nothing to set, a NAME that means nothing, a value that does not
 *   fit, the request is another's or over · decision: the person is not identified, or a new value was
 *   said to be somebody else's · cancelled: what was committed by then is told.
 */
export function rectifySubject(context: Context, input: RectifyInput): Promise<ChangeResult> {
  if (input.set.length === 0) {
    return Promise.reject(
      new DsrError('usage', 'nothing was given to be set', {
        hint: 'say what is right: --set email=anna@example.se',
      }),
    );
  }
  return startChange(context, input, {
    action: 'rectify',
    reason: null,
    set: input.set,
    draw: drawRectification,
  });
}

export const drawRectification: Draw = async (drawing) => {
  const { map, catalogs, types, person, readers, writable, header, signal } = drawing;
  const scratch = openScratch(drawing.tmp);
  try {
    const survey = await surveyRectify({
      ...{ map, catalogs, person, readers, types, scratch, signal },
      set: header.set,
    });
    return await planRectify({ map, survey, writable, header, scratch });
  } catch (error) {
    scratch.close();
    throw error;
  }
};

/** What the person is found by once it is set; what must not be searched by is left out. */
export function gainedBy(
  set: readonly Setting[],
  { map, catalogs, types }: Pick<Landscape, 'map' | 'catalogs' | 'types'>,
): readonly Identifier[] {
  if (set.length === 0) return [];
  return newIdentifiers(set, targetsOf({ map, catalogs, types, set }), types).filter(
    ({ type, value }) => hasContent(tidy(value)) && !types.isNever(type, value),
  );
}
