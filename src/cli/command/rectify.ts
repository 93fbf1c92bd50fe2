import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RectifyInput } from '../../case/change/change.js';
import { DsrError } from '../../model/error.js';
import { addChangeFlags, type ChangeFlags } from '../change-flags.js';
import { decided } from '../decide.js';
import { answersOf } from '../decision-flags.js';
import { codeOfChange, type ExitCode } from '../exit-code.js';
import { givenIdentifiers } from '../identifiers.js';
import { canAsk, proposing } from '../propose.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { settingsOf } from '../settings.js';
import { callAgain, callApply } from './call-again.js';
import { documented } from './failed-change.js';

interface RectifyFlags extends ChangeFlags {
  readonly set: readonly string[];
  readonly setFile?: string;
}

export function addRectify(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('rectify')
    .description('set what is wrong about the person, wherever it stands')
    .argument('[identifier...]', 'type=value or a bare value; `-` reads them from standard input, one a line')
    .option(
      '--set <name=value>',
      'an identifier type, a category or one field, and its new value (repeatable)',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    )
    .option('--set-file <file>', 'the same from a file, one a line; `-` reads standard input');
  addChangeFlags(command);
  onRun<RectifyFlags>(command, runtime, (session, flags, args) =>
    documented(session, flags.request ?? null, () => rectify(session, flags, args)),
  );
}

async function rectify(session: Session, flags: RectifyFlags, args: readonly string[]): Promise<ExitCode> {
  const request = flags.request ?? null;
  const answers = answersOf(flags);
  const words = [...args, ...answers.rest];
  if (flags.setFile === '-' && words.includes('-')) {
    throw new DsrError('usage', 'standard input cannot be both the identifiers and what is set', {
      hint: 'give one of them otherwise: --request ID, or a file',
    });
  }
  const given = await givenIdentifiers(session, words, request);
  const mayAsk = canAsk(session) && !words.includes('-');
  const set = await settingsOf(session, flags.set, flags.setFile ?? null, mayAsk);
  const context = await session.context();
  const [{ rectifySubject }, { printChange }] = await Promise.all([
    import('../../case/change/rectify.js'),
    import('../view/change.js'),
  ]);
  const { cwd } = session.io;
  const planOut = flags.planOut === undefined ? null : resolve(cwd, flags.planOut);
  const input: RectifyInput = {
    identifiers: given.identifiers,
    request,
    accept: answers.accept,
    reject: answers.reject,
    planOut,
    set,
    ...proposing(session, flags),
  };
  let last = input;
  const result = await decided(session, input, (next) => {
    last = next;
    return rectifySubject(context, next);
  });
  const again = [
    ...callAgain('rectify', session, given, result.request, last),
    ...flags.set.flatMap((word) => ['--set', word]),
    ...(flags.setFile === undefined ? [] : ['--set-file', flags.setFile]),
  ];
  const carryOut = callApply(session, flags.planOut);
  await printChange(session.output, result, { again, cwd, carryOut, asked: canAsk(session) });
  return codeOfChange(result);
}
