import type { Command } from 'commander';
import { DsrError } from '../../model/error.js';
import { onRun, type Runtime } from '../session.js';

export function addDue(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('due')
    .description('deadlines and retention ends; exit 3 when something is overdue')
    .option('--within <days>', 'how many days ahead are told, too', '30');
  onRun<{ readonly within: string }>(command, runtime, async (session, flags) => {
    const within = daysOf(flags.within);
    const context = await session.context();
    const [{ listDue }, { printDue }] = await Promise.all([
      import('../../obligation/due.js'),
      import('../view/due.js'),
    ]);
    const lines = await listDue(context, { within });
    await printDue(session.output, lines, within);
    return lines.some(({ when }) => when === 'overdue') ? 3 : 0;
  });
}

/** A century ahead is as good as any. */
function daysOf(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new DsrError('usage', '--within is not a number of days', {
    hint: 'a whole number, as in --within 90',
  });
}
