import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EraseInput } from '../../case/change/change.js';
import type { EraseReason } from '../../plan/plan.js';
import { addChangeFlags, type ChangeFlags } from '../change-flags.js';
import { decided } from '../decide.js';
import { answersOf } from '../decision-flags.js';
import { codeOfChange, type ExitCode } from '../exit-code.js';
import { givenIdentifiers } from '../identifiers.js';
import { canAsk, proposing } from '../propose.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { callAgain, callApply } from './call-again.js';
import { documented } from './failed-change.js';

interface EraseFlags extends ChangeFlags {
  readonly reason?: EraseReason;
  readonly export?: string | true;
}

const reasons: readonly EraseReason[] = ['request', 'consent-withdrawn', 'objection', 'retention-ended'];

export function addErase(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('erase')
    .description('delete, mask, clear or keep what is held about the person, as the map says')
    .argument('[identifier...]', 'type=value or a bare value; `-` reads them from standard input, one a line')
    .addOption(
      new Option(
        '--reason <reason>',
        'why: it decides what is covered (default: what the request asks for, else request)',
      ).choices(reasons),
    )
    .option('--export [file.zip]', 'hand out the extract first (default: .dsr/extracts/REQUEST.zip)');
  addChangeFlags(command);
  onRun<EraseFlags>(command, runtime, (session, flags, args) =>
    documented(session, flags.request ?? null, () => erase(session, flags, args)),
  );
}

async function erase(session: Session, flags: EraseFlags, args: readonly string[]): Promise<ExitCode> {
  const request = flags.request ?? null;
  const answers = answersOf(flags);
  const extract = extractOf(flags.export, session.io.cwd);
  const words = [...args, ...extract.rest, ...answers.rest];
  const given = await givenIdentifiers(session, words, request);
  const context = await session.context();
  const [{ eraseSubject }, { printChange }] = await Promise.all([
    import('../../case/change/erase.js'),
    import('../view/change.js'),
  ]);
  const { cwd } = session.io;
  const planOut = flags.planOut === undefined ? null : resolve(cwd, flags.planOut);
  const input: EraseInput = {
    identifiers: given.identifiers,
    request,
    accept: answers.accept,
    reject: answers.reject,
    planOut,
    reason: flags.reason ?? null,
    extract: extract.wanted,
    ...proposing(session, flags),
  };
  let last = input;
  const result = await decided(session, input, (next) => {
    last = next;
    return eraseSubject(context, next);
  });
  const again = [
    ...callAgain('erase', session, given, result.request, last),
    ...(flags.reason === undefined ? [] : ['--reason', flags.reason]),
    ...extract.again,
  ];
  const carryOut = callApply(session, flags.planOut);
  await printChange(session.output, result, { again, cwd, carryOut, asked: canAsk(session) });
  return codeOfChange(result);
}

interface ExtractAsked {
  readonly wanted: EraseInput['extract'];
  /** Words that followed the flag but are no file. */
  readonly rest: readonly string[];
  /** As it is asked for again: whoever pastes the call shall not lose the copy. */
  readonly again: readonly string[];
}

/** `--export anna@example.se`: the shell cannot tell a file from whom to erase; the ending can. */
function extractOf(flag: string | true | undefined, cwd: string): ExtractAsked {
  if (flag === undefined) return { wanted: null, rest: [], again: [] };
  if (flag !== true && flag.toLowerCase().endsWith('.zip')) {
    return { wanted: { file: resolve(cwd, flag) }, rest: [], again: ['--export', flag] };
  }
  return { wanted: { file: null }, rest: flag === true ? [] : [flag], again: ['--export'] };
}
