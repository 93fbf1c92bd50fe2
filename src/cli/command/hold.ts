import { type Command, Option } from 'commander';
import { type RetentionGround, retentionGrounds } from '../../model/ground.js';
import { givenIdentifiers } from '../identifiers.js';
import { onRun, type Runtime } from '../session.js';

export function addHold(parent: Command, runtime: Runtime): void {
  const group = parent.command('hold').description('what may not be erased for now, and why');
  addAdd(group, runtime);
  addList(group, runtime);
  addRelease(group, runtime);
}

interface AddFlags {
  readonly ground: RetentionGround;
  readonly collection?: string;
  readonly request?: string;
}

function addAdd(group: Command, runtime: Runtime): void {
  const command = group
    .command('add')
    .description('block the erasure of a person, or of one collection, until it is released')
    .argument('[identifier...]', 'type=value or a bare value; `-` reads them from standard input, one a line')
    .addOption(
      new Option('--ground <ground>', 'why, of GDPR Art. 17(3)')
        .choices(retentionGrounds)
        .makeOptionMandatory(),
    )
    .option('--collection <id>', 'hold this collection instead of a person, as crm.invoices')
    .option('--request <id>', 'hold the person of this request');
  onRun<AddFlags>(command, runtime, async (session, flags, args) => {
    const { collection = null, request = null, ground } = flags;
    const asked = collection === null || args.length > 0;
    const identifiers = asked ? (await givenIdentifiers(session, args, request)).identifiers : [];
    const context = await session.context();
    const [{ addHold: add }, { printHold }] = await Promise.all([
      import('../../case/hold/hold.js'),
      import('../view/hold.js'),
    ]);
    const hold = await add(context, { identifiers, request, collection, ground });
    await printHold(session.output, hold);
    return 0;
  });
}

function addList(group: Command, runtime: Runtime): void {
  const command = group
    .command('list')
    .description('what is held, why and since when, and the requests that wait for it')
    .option('--all', 'also what was released');
  onRun<{ readonly all?: boolean }>(command, runtime, async (session, flags) => {
    const context = await session.context();
    const [{ listHolds }, { printHolds }] = await Promise.all([
      import('../../case/hold/hold.js'),
      import('../view/hold.js'),
    ]);
    await printHolds(session.output, await listHolds(context, { all: flags.all ?? false }));
    return 0;
  });
}

function addRelease(group: Command, runtime: Runtime): void {
  const command = group
    .command('release')
    .description('end a hold: what it stopped or kept comes back with the next `dsr sweep`')
    .argument('<hold>', 'its number, as H1');
  onRun(command, runtime, async (session, _flags, [number = '']) => {
    const context = await session.context();
    const [{ releaseHold }, { printRelease }] = await Promise.all([
      import('../../case/hold/hold.js'),
      import('../view/hold.js'),
    ]);
    await printRelease(session.output, await releaseHold(context, number));
    return 0;
  });
}
