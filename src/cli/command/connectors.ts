import type { Command } from 'commander';
import { onRun, type Runtime } from '../session.js';
import { table } from '../view/table.js';

export function addConnectors(parent: Command, runtime: Runtime): void {
  const group = parent.command('connectors').description('what dsr can connect to');
  const command = group.command('list').description('the connectors that are built in');
  onRun(command, runtime, async ({ output, entries }) => {
    if (output.json) await output.ndjson(entries.map(({ name, about }) => ({ name, about })));
    else {
      const rows = entries.map(({ name, about }) => [output.style.bold(name), about]);
      await output.print(table([{ title: 'Connector' }, { title: 'For' }], rows, { indent: '' }));
      output.message(
        '\nOthers are npm packages or local files, named in dsr.yaml: see connectors/README.md.',
      );
    }
    return 0;
  });
}
