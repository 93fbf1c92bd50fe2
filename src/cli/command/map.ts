import type { Command } from 'commander';
import { type ExitCode, mostSevere } from '../exit-code.js';
import { onRun, type Runtime } from '../session.js';

export function addMap(parent: Command, runtime: Runtime): void {
  const group = parent.command('map').description('the data map, dsr.yaml');
  const command = group.command('check').description('hold the map against the live schemas');
  onRun(command, runtime, async (session) => {
    const context = await session.context();
    const [{ mapCheck }, { printMapCheck }] = await Promise.all([
      import('../../case/setup/map-check.js'),
      import('../view/map-check.js'),
    ]);
    const check = await mapCheck(context);
    await printMapCheck(session.output, check);
    const wrong: ExitCode = check.problems.some((problem) => problem.severity === 'error') ? 2 : 0;
    return mostSevere([wrong, check.complete ? 0 : 3]);
  });
}
