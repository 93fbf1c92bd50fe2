import type { Command } from 'commander';
import { exitCodeOf, mostSevere } from '../exit-code.js';
import { onRun, type Runtime } from '../session.js';

export function addDoctor(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('doctor')
    .description('connections, privileges, indexes, map, clock, ledger: what is wrong and what to do');
  onRun(command, runtime, async (session) => {
    const context = await session.context();
    const [{ doctor }, { printChecks }] = await Promise.all([
      import('../../case/setup/doctor.js'),
      import('../view/doctor.js'),
    ]);
    const items = await doctor(context);
    await printChecks(session.output, items);
    return mostSevere(items.flatMap(({ kind }) => (kind === null ? [] : [exitCodeOf(kind)])));
  });
}
