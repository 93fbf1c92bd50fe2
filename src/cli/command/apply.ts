import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addConsentFlags, type ConsentFlags } from '../change-flags.js';
import { codeOfChange, type ExitCode } from '../exit-code.js';
import { canAsk, proposing } from '../propose.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { callApply } from './call-again.js';
import { documented } from './failed-change.js';

export function addApply(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('apply')
    .description('carry out a saved plan; refused when it is stale')
    .argument('<plan>', 'the file that --plan-out wrote');
  addConsentFlags(command);
  onRun<ConsentFlags>(command, runtime, (session, flags, [plan = '']) =>
    documented(session, null, () => apply(session, flags, plan)),
  );
}

async function apply(session: Session, flags: ConsentFlags, plan: string): Promise<ExitCode> {
  const context = await session.context();
  const [{ applySaved }, { printChange }] = await Promise.all([
    import('../../case/change/apply-plan.js'),
    import('../view/change.js'),
  ]);
  const { cwd } = session.io;
  const file = resolve(cwd, plan);
  const result = await applySaved(context, { file, ...proposing(session, flags) });
  const again = callApply(session, plan) ?? [];
  await printChange(session.output, result, { again, cwd, carryOut: again, asked: canAsk(session) });
  return codeOfChange(result);
}
