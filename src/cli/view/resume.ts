import type { Resumed } from '../../case/resume/resume.js';
import type { NotResumed } from '../../obligation/resume.js';
import type { Output } from '../output.js';
import { changeDocument, printChange } from './change.js';

export interface ResumeTold {
  readonly cwd: string;
  /** Whether somebody could have been asked. */
  readonly asked: boolean;
}

/** One request: the document of contract.md §4 where something was done, a line of NDJSON each. */
export async function printResumed(
  output: Output,
  result: Resumed | NotResumed,
  told: ResumeTold,
): Promise<void> {
  if (output.json) return output.ndjson([documentOf(result)]);
  const { style } = output;
  if ('why' in result) {
    const isNamed = result.request === null || result.why.includes(result.request);
    output.warning(isNamed ? result.why : `${result.request}: ${result.why}`);
    return;
  }
  const { request } = result;
  if (result.change !== null) {
    await output.print([`${style.bold(request)}: finishing what was begun`]);
    await printChange(output, result.change, {
      ...told,
      again: ['dsr', 'resume', request],
      carryOut: ['dsr', 'resume', request],
    });
    return;
  }
  await output.print([
    ...(result.undone ?? []),
    result.resumed === 'nothing'
      ? `${style.bold(request)}: nothing is left to finish; all of it was done and verified.`
      : `${style.bold(request)}: no source was touched; nothing had been confirmed yet.${
          result.closed ? ' The request, which the command had opened by itself, is closed.' : ''
        }`,
  ]);
}

export async function printNothingToResume(output: Output): Promise<void> {
  if (output.json) return output.ndjson([{ request: null, resumed: 'nothing', ...NOTHING }]);
  await output.print(['Nothing was begun that is not finished.']);
}

const NOTHING = {
  complete: true,
  applied: false,
  planHash: null,
  actions: [],
  verified: null,
  incomplete: [],
} as const;

function documentOf(result: Resumed | NotResumed) {
  const { request, resumed } = result;
  if ('why' in result) return { request, resumed, ...NOTHING, complete: false, incomplete: [result.why] };
  const { change, closed, undone = [] } = result;
  const facts = { request, resumed, closed };
  if (undone.length > 0) return { ...facts, ...NOTHING, complete: false, incomplete: undone };
  return change === null ? { ...facts, ...NOTHING } : { ...facts, ...changeDocument(change) };
}
