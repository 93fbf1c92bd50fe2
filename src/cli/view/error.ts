import type { ErrorReport } from '../error-report.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';

/** A failure, on stderr: a JSON document with --json, else a sentence and the next step. */
export function printError(output: Output, report: ErrorReport): void {
  const { code, kind, message, hint, place, frames } = report;
  if (output.json) {
    const facts = { ...(place === null ? {} : { place }), ...(frames.length === 0 ? {} : { frames }) };
    output.error([JSON.stringify({ error: { code, kind, message, hint, ...facts } })]);
    return;
  }
  const { errorStyle: style } = output;
  const lines = (text: string) => text.split('\n').map(printable);
  const [first = '', ...more] = lines(message);
  // the place leads, unless the message already names it
  const where = place === null || message.includes(place) ? '' : `${printable(place)}: `;
  output.error([
    `${style.red('dsr:')} ${where}${first}`,
    ...more.map((line) => `     ${line}`),
    ...(hint === null
      ? []
      : lines(hint).map((line, at) => `${at === 0 ? style.cyan('hint:') : '     '} ${line}`)),
    ...frames.map((frame) => style.dim(`      ${frame}`)),
  ]);
}
