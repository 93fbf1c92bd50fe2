import type { Command } from 'commander';
import type { SweepResult } from '../../obligation/sweep.js';
import { addConsentFlags, type ConsentFlags } from '../change-flags.js';
import { codeOfChange, type ExitCode, exitCodeOf, mostSevere } from '../exit-code.js';
import { canAsk, proposing } from '../propose.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { documented } from './failed-change.js';

export function addSweep(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('sweep')
    .description('erase what had to be kept and whose time has come, of all people at once');
  addConsentFlags(command);
  onRun<ConsentFlags>(command, runtime, (session, flags) =>
    documented(session, null, () => sweepAll(session, flags)),
  );
}

async function sweepAll(session: Session, flags: ConsentFlags): Promise<ExitCode> {
  const context = await session.context();
  const [{ sweep }, { printSweep }] = await Promise.all([
    import('../../obligation/sweep.js'),
    import('../view/sweep.js'),
  ]);
  const result = await sweep(context, proposing(session, flags));
  const workspace = session.flags.workspace;
  const again = ['dsr', ...(workspace === null ? [] : ['-C', workspace]), 'sweep'];
  const told = { again, cwd: session.io.cwd, carryOut: again, asked: canAsk(session) };
  await printSweep(session.output, result, told);
  return codeOf(result);
}

/** One request that was left out leaves the sweep incomplete, whatever stood against it. */
function codeOf({ pass, unsettled, released, refused }: SweepResult): ExitCode {
  return mostSevere([
    ...(pass === null ? [] : [codeOfChange(pass)]),
    ...(unsettled === null ? [] : [3 as const]),
    ...released.map(codeOfChange),
    ...refused.map(({ error }): ExitCode => (exitCodeOf(error.kind) === 4 ? 4 : 3)),
  ]);
}
