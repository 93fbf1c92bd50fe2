import type { Command } from 'commander';
import { codeOfAnswer, mostSevere } from '../exit-code.js';
import { onRun, type Runtime } from '../session.js';

interface VerifyFlags {
  readonly deep?: boolean;
}

export function addVerify(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('verify')
    .description('search again for what a request should have removed or changed')
    .argument('<request>', 'its number, as R-2026-0001')
    .option('--deep', 'search every table through for their identifiers as well, mapped or not');
  onRun<VerifyFlags>(command, runtime, async (session, flags, [request = '']) => {
    const context = await session.context();
    const [{ verifyRequest }, { printVerify }] = await Promise.all([
      import('../../case/change/verify-request.js'),
      import('../view/verify.js'),
    ]);
    const result = await verifyRequest(context, { request, deep: flags.deep ?? false });
    await printVerify(session.output, result, ['dsr', 'find', '--request', result.request]);
    return mostSevere([codeOfAnswer(result), result.verified.residual > 0 ? 3 : 0]);
  });
}
