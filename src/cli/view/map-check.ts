import type { MapCheck } from '../../case/setup/map-check.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { mark } from './doctor.js';
import { count, paragraph } from './words.js';

export async function printMapCheck(output: Output, check: MapCheck): Promise<void> {
  if (output.json) return output.document(check);
  const { style } = output;
  const problems = check.problems.flatMap(({ severity, place, path, message, hint }) => [
    `${mark(severity, style)}  ${style.bold(printable(place))}${path === '' ? '' : `  ${style.dim(printable(path))}`}`,
    ...paragraph(message, 88).map((line) => `       ${line}`),
    ...(hint === null ? [] : paragraph(hint, 88).map((line) => `       ${style.cyan(line)}`)),
  ]);
  const unread = check.sources
    .filter((source) => source.status !== 'searched')
    .map(
      ({ source, error }) =>
        `${mark('error', style)}  ${source} could not be read: ${printable(error ?? 'it did not answer')}`,
    );
  const unmapped = check.unmapped.flatMap((gap) =>
    paragraph(gap.message, 90).map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`),
  );
  await output.print([
    ...problems,
    ...unread,
    ...(unmapped.length === 0
      ? []
      : [style.bold('Not spoken of, so that every answer is incomplete'), ...unmapped]),
    ...(problems.length + unread.length + unmapped.length === 0 ? [] : ['']),
    verdict(output, check),
  ]);
}

function verdict({ style }: Output, check: MapCheck): string {
  const errors = check.problems.filter((problem) => problem.severity === 'error').length;
  if (errors > 0)
    return style.red(`The map has ${count(errors, 'error')}: nothing runs until they are mended.`);
  const sources = count(check.sources.length, 'source');
  return check.complete
    ? `${style.green('The map fits')} the live schemas of ${sources}, and speaks of everything in them.`
    : style.yellow('The map runs, but answers will be incomplete.');
}
