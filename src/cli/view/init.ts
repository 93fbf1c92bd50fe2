import { relative } from 'node:path';
import type { InitResult } from '../../case/setup/init.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { count } from './words.js';

export async function printInit(output: Output, result: InitResult, cwd: string): Promise<void> {
  if (output.json) return output.document(result);
  const { style } = output;
  const { file, tables, columns, sources } = result;
  const near = relative(cwd, file);
  const shown = near.startsWith('..') ? file : near;
  const unread = sources.filter((source) => source.status !== 'searched');
  await output.print([
    `${style.green('Written')}  ${style.bold(printable(shown))}  ${style.dim(`${count(tables, 'table')}, ${count(columns, 'column')}, ${count(sources.length, 'source')}`)}`,
    ...unread.map(
      ({ source, error }) => `${style.red('Not read')} ${source}: ${printable(error ?? 'it did not answer')}`,
    ),
    '',
    'Next: say in it whose each table is, and what it is for; then',
    `  ${style.cyan('dsr map check')}   ${style.dim('what does not fit yet, and what is not spoken of')}`,
    `  ${style.cyan('dsr doctor')}      ${style.dim('privileges and indexes')}`,
  ]);
}
