import type { Command } from 'commander';
import { addDecisionFlags, answersOf, type DecisionFlags } from '../decision-flags.js';
import { codeOfAnswer } from '../exit-code.js';
import { givenIdentifiers } from '../identifiers.js';
import { onRun, type Runtime } from '../session.js';
import { callAgain } from './call-again.js';

interface FindFlags extends DecisionFlags {
  readonly records?: boolean;
  readonly request?: string;
  readonly deep?: boolean;
}

export function addFind(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('find')
    .description('where the person is; changes nothing')
    .argument('[identifier...]', 'type=value or a bare value; `-` reads them from standard input, one a line')
    .option('--records', 'tell each record, and the path that led to it')
    .option('--request <id>', 'search for the person of this request')
    .option('--deep', 'search every table through for their identifiers as well, mapped or not');
  addDecisionFlags(command);
  onRun<FindFlags>(command, runtime, async (session, flags, args) => {
    const request = flags.request ?? null;
    const answers = answersOf(flags);
    const given = await givenIdentifiers(session, [...args, ...answers.rest], request);
    const context = await session.context();
    const [{ find }, { printFind }] = await Promise.all([
      import('../../case/search/find.js'),
      import('../view/find.js'),
    ]);
    const result = await find(context, {
      identifiers: given.identifiers,
      request,
      records: flags.records ?? false,
      deep: flags.deep ?? false,
      accept: answers.accept,
      reject: answers.reject,
    });
    try {
      await printFind(session.output, result, [
        ...callAgain('find', session, given, request, answers),
        ...(flags.deep === true ? ['--deep'] : []),
      ]);
    } finally {
      await result.close();
    }
    return codeOfAnswer(result);
  });
}
