import type { Command } from 'commander';
import { DsrError } from '../../model/error.js';
import type { ReplayInput } from '../../obligation/replay/replay.js';
import { addConsentFlags, type ConsentFlags } from '../change-flags.js';
import { addDecisionFlags, answersOf, type DecisionFlags } from '../decision-flags.js';
import { codeOfAnswer, codeOfChange, type ExitCode, mostSevere } from '../exit-code.js';
import { canAsk, proposing } from '../propose.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { documented } from './failed-change.js';

interface ReplayFlags extends ConsentFlags, DecisionFlags {
  readonly since: string;
}

export function addReplay(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('replay')
    .description(
      'after a restored backup: find those who were erased since it was made, and erase them again',
    )
    .requiredOption(
      '--since <time>',
      "when the backup was made: 2026-11-25 (its midnight, in the controller's zone) or RFC 3339",
    );
  addConsentFlags(command);
  addDecisionFlags(command);
  onRun<ReplayFlags>(command, runtime, (session, flags, args) =>
    documented(session, null, () => run(session, flags, args)),
  );
}

async function run(session: Session, flags: ReplayFlags, args: readonly string[]): Promise<ExitCode> {
  const answers = answersOf(flags);
  if (args.length + answers.rest.length > 0) {
    throw new DsrError('usage', 'replay takes no identifiers: the ledger tells whom', {
      hint: '--accept and --reject take the ids of decisions: D1',
    });
  }
  const context = await session.context();
  const [{ replay }, { printReplay }] = await Promise.all([
    import('../../obligation/replay/replay.js'),
    import('../view/replay.js'),
  ]);
  const { accept, reject } = answers;
  const input: ReplayInput = { since: flags.since, accept, reject, ...proposing(session, flags) };
  const result = await replay(context, input);
  const { workspace } = session.flags;
  const again = [
    ...['dsr', ...(workspace === null ? [] : ['-C', workspace]), 'replay', '--since', flags.since],
    ...(accept.length === 0 ? [] : ['--accept', ...accept]),
    ...(reject.length === 0 ? [] : ['--reject', ...reject]),
  ];
  await printReplay(session.output, result, { again, asked: canAsk(session) });
  return mostSevere([
    codeOfAnswer(result),
    ...result.passes.map(codeOfChange),
    result.waiting + result.held > 0 ? 4 : 0,
  ]);
}
