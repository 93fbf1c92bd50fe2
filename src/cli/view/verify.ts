import type { VerifyResult } from '../../case/change.js';
import type { Output } from '../output.js';
import { answerDocument, decisionLines, incompleteLines } from './answer.js';
import { residueLines } from './change.js';

/** `dsr verify`: what a new search found. */
export async function printVerify(
  output: Output,
  result: VerifyResult,
  again: readonly string[],
): Promise<void> {
  const { style } = output;
  if (output.json) {
    const { request, complete, incomplete, warnings, sources, decisions } = answerDocument(result);
    const { verified } = result;
    await output.document({ request, complete, verified, incomplete, warnings, sources, decisions });
    return;
  }
  for (const warning of result.warnings) output.warning(warning);
  await output.print([
    `${style.bold(result.request)}`,
    ...residueLines(result.verified, result, true, style),
    ...decisionLines(result, output, again),
    ...incompleteLines(result.incomplete, style),
  ]);
}
