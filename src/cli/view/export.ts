import { relative } from 'node:path';
import type { ExportResult } from '../../case/extract/export.js';
import type { Output } from '../output.js';
import { shellLine } from '../shell.js';
import { answerDocument, headline, openLines } from './answer.js';
import { size } from './words.js';

export async function printExport(
  output: Output,
  result: ExportResult,
  again: readonly string[],
  cwd: string,
): Promise<void> {
  if (output.json) {
    const { extract, records } = result;
    await output.document({ ...answerDocument(result), extract, records });
    return;
  }
  for (const warning of result.warnings) output.warning(warning);
  await output.print([
    ...headline(result, output),
    ...openLines(result, output, again),
    '',
    ...extractLines(result, output, cwd),
  ]);
}

function extractLines(result: ExportResult, { style }: Output, cwd: string): readonly string[] {
  const { extract, request } = result;
  if (extract === null) {
    return [
      `${style.yellow('No extract was written')}: the decisions above come first.`,
      `Request ${request} stays open; ${style.cyan(shellLine(['dsr', 'request', 'show', request]))} tells where it stands.`,
    ];
  }
  const near = relative(cwd, extract.file);
  const file = near !== '' && !near.startsWith('..') ? near : extract.file;
  return [
    `${style.green('Extract')}  ${style.bold(file)}  ${style.dim(size(extract.bytes))}`,
    `Request  ${request}`,
    `SHA-256  ${style.dim(extract.sha256)}`,
    '',
    style.dim('It holds personal data: hand it over encrypted, and send the key by another channel.'),
  ];
}
