import { resolve } from 'node:path';
import type { Command } from 'commander';
import { onRun, type Runtime } from '../session.js';

export function addLedger(parent: Command, runtime: Runtime): void {
  const group = parent.command('ledger').description('what was done, by whom, and whether it still stands');
  addList(group, runtime);
  addVerify(group, runtime);
  addExport(group, runtime);
}

function addList(group: Command, runtime: Runtime): void {
  const command = group
    .command('list')
    .description('the entries, oldest first')
    .option('--request <id>', 'only what was done for this request');
  onRun<{ readonly request?: string }>(command, runtime, async (session, flags) => {
    const context = await session.context();
    const [{ listLedger }, { printLedger }] = await Promise.all([
      import('../../case/ledger/list.js'),
      import('../view/ledger.js'),
    ]);
    await printLedger(session.output, listLedger(context, { request: flags.request ?? null }));
    return 0;
  });
}

function addVerify(group: Command, runtime: Runtime): void {
  const command = group.command('verify').description('recompute every hash from the bytes');
  onRun(command, runtime, async ({ output, context }) => {
    const { verifyWorkspaceLedger } = await import('../../case/ledger/verify.js');
    const { entries, head } = await verifyWorkspaceLedger(await context());
    if (output.json) await output.document({ verified: true, entries, head });
    else {
      const { count } = await import('../view/words.js');
      const { style } = output;
      await output.print([
        `${style.green('The ledger verifies')}: ${count(entries, 'entry', 'entries')}, each following from the one before.`,
        `Head  ${style.dim(head)}`,
      ]);
    }
    return 0;
  });
}

function addExport(group: Command, runtime: Runtime): void {
  const command = group
    .command('export')
    .description('the entries as JSON lines, to be checked by other tools')
    .option('-o, --output <file>', 'a new file to write them to (default: standard output)');
  onRun<{ readonly output?: string }>(command, runtime, async ({ output, io, context }, flags) => {
    const { exportLedger } = await import('../../case/ledger/export.js');
    const links = exportLedger(await context());
    if (flags.output === undefined) await output.ndjson(links);
    else {
      const { writeLines } = await import('../new-file.js');
      const file = resolve(io.cwd, flags.output);
      const entries = await writeLines(file, links);
      if (output.json) await output.document({ file, entries });
      else output.message(`${entries} entries written.`);
    }
    return 0;
  });
}
