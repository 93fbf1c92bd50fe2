import type { VerifyResult } from '../../case/change/change.js';
import type { Output } from '../output.js';
import { answerDocument, decisionLines, incompleteLines } from './answer.js';
import { residueLines } from './change.js';
import { deepDocument, deepLines } from './deep.js';

/** `dsr verify`: what a new search found. */
export async function printVerify(
  output: Output,
  result: VerifyResult,
  again: readonly string[],
): Promise<void> {
  const { style } = output;
  if (output.json) {
    const { request, complete, incomplete, warnings, sources, decisions } = answerDocument(result);
    const { verified, deep } = result;
    const facts = {
      request,
      complete,
      verified,
      ...(deep === undefined ? {} : { deep: deepDocument(deep) }),
    };
    await output.document({ ...facts, incomplete, warnings, sources, decisions });
    return;
  }
  for (const warning of result.warnings) output.warning(warning);
  await output.print([
    `${style.bold(result.request)}`,
    ...residueLines(result.verified, result, true, style),
    ...deepLines(result.deep, style),
    ...decisionLines(result, output, again),
    ...incompleteLines(result.incomplete, style),
  ]);
}
