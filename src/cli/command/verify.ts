import type { Command } from 'commander';
import { codeOfAnswer, mostSevere } from '../exit-code.js';
import { onRun, type Runtime } from '../session.js';

export function addVerify(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('verify')
    .description('search again for what a request should have removed or changed')
    .argument('<request>', 'its number, as R-2026-0001');
  onRun(command, runtime, async (session, _flags, [request = '']) => {
    const context = await session.context();
    const [{ verifyRequest }, { printVerify }] = await Promise.all([
      import('../../case/verify-request.js'),
      import('../view/verify.js'),
    ]);
    const result = await verifyRequest(context, { request });
    await printVerify(session.output, result, ['dsr', 'find', '--request', result.request]);
    return mostSevere([codeOfAnswer(result), result.verified.residual > 0 ? 3 : 0]);
  });
}
