import type { Command } from 'commander';
import { codeOfChange, type ExitCode, mostSevere } from '../exit-code.js';
import { canAsk, proposing } from '../propose.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { documented } from './failed-change.js';

export function addResume(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('resume')
    .description('finish what a crash, a lost connection or a full disk left halfway')
    .argument('[request]', 'its number, as R-2026-0001 (default: every one that was begun)')
    .option('--yes', 'do also what goes beyond the plan that was confirmed, without asking');
  onRun<ResumeFlags>(command, runtime, (session, flags, [request = null]) =>
    documented(session, request, () => resumeAll(session, flags, request)),
  );
}

interface ResumeFlags {
  readonly yes?: boolean;
}

async function resumeAll(session: Session, flags: ResumeFlags, request: string | null): Promise<ExitCode> {
  const context = await session.context();
  const [{ resume }, { printNothingToResume, printResumed }] = await Promise.all([
    import('../../obligation/resume.js'),
    import('../view/resume.js'),
  ]);
  const { show, confirm } = proposing(session, flags);
  const codes: ExitCode[] = [];
  for await (const result of resume(context, { request, show, confirm })) {
    await printResumed(session.output, result, { cwd: session.io.cwd, asked: canAsk(session) });
    if ('why' in result) codes.push(3);
    else if ((result.undone ?? []).length > 0) codes.push(3);
    else codes.push(result.change === null ? 0 : codeOfChange(result.change));
  }
  if (codes.length === 0) await printNothingToResume(session.output);
  return mostSevere(codes);
}
