import { type Command, Option } from 'commander';
import type { Context } from '../../case/context.js';
import { DsrError } from '../../model/error.js';
import { type RequestType, requestTypes } from '../../work/words.js';
import { askChoice } from '../ask.js';
import type { ExitCode } from '../exit-code.js';
import { givenIdentifiers } from '../identifiers.js';
import { isAskable } from '../io.js';
import { onRun, type Runtime, type Session } from '../session.js';

const whoever = 'type=value or a bare value; `-` reads them from standard input, one a line';

export function addRequest(parent: Command, runtime: Runtime): void {
  const group = parent.command('request').description('what people asked for, and until when to answer');
  addOpen(group, runtime);
  addList(group, runtime);
  addShow(group, runtime);
  addMarks(group, runtime);
}

interface OpenFlags {
  readonly type?: RequestType;
  readonly received?: string;
}

function addOpen(group: Command, runtime: Runtime): void {
  const command = group
    .command('open')
    .description('open a request by hand; asking again opens another')
    .argument('[identifier...]', whoever)
    .addOption(new Option('--type <type>', 'what is asked for').choices(requestTypes))
    .option('--received <date>', 'the day it came in, YYYY-MM-DD (default: today)');
  onRun<OpenFlags>(command, runtime, async (session, flags, args) => {
    const given = await givenIdentifiers(session, args, null);
    const type = flags.type ?? (await askType(session));
    const context = await session.context();
    const [{ openRequest }, { printRequest }] = await Promise.all([
      import('../../case/request/open.js'),
      import('../view/request.js'),
    ]);
    const received = flags.received ?? null;
    const request = await openRequest(context, { type, received, identifiers: given.identifiers });
    await printRequest(session.output, request);
    return 0;
  });
}

async function askType({ io, signal, flags }: Session): Promise<RequestType> {
  if (isAskable(io) && !flags.json) {
    const choices = requestTypes.map((type) => ({ name: type, value: type }));
    return askChoice(io, signal, 'What is asked for?', choices);
  }
  throw new DsrError('usage', '--type is missing', { hint: `it is one of ${requestTypes.join(', ')}` });
}

function addList(group: Command, runtime: Runtime): void {
  const command = group
    .command('list')
    .description('the requests; with an identifier: has this person asked before?')
    .argument('[identifier...]', whoever);
  onRun(command, runtime, async (session, _flags, args) => {
    const { identifiers } =
      args.length === 0 ? { identifiers: [] } : await givenIdentifiers(session, args, null);
    const context = await session.context();
    const [{ listRequests }, { printRequests }] = await Promise.all([
      import('../../case/request/list.js'),
      import('../view/request.js'),
    ]);
    await printRequests(session.output, listRequests(context, { identifiers }), identifiers.length > 0);
    return 0;
  });
}

function addMarks(group: Command, runtime: Runtime): void {
  const marks = [
    ['answer', 'answered', 'write down that the answer was sent'],
    ['close', 'closed', 'end a case that was answered; what is personal of it is removed here'],
  ] as const;
  for (const [name, event, what] of marks) {
    const command = group.command(name).description(what).argument('<request>', 'its number, as R-2026-0001');
    onRun(command, runtime, async (session, _flags, [number = '']) => {
      const context = await session.context();
      const [{ markRequest }, { printRequest }] = await Promise.all([
        import('../../case/request/mark.js'),
        import('../view/request.js'),
      ]);
      await printRequest(session.output, await markRequest(context, number, event));
      return 0;
    });
  }
}

interface ShowFlags {
  readonly receipt?: boolean;
}

function addShow(group: Command, runtime: Runtime): void {
  const command = group
    .command('show')
    .description('one request: where it stands and when it is due')
    .argument('<request>', 'its number, as R-2026-0001')
    .option('--receipt', 'what is gone, still in backups, at recipients, kept, and open');
  onRun<ShowFlags>(command, runtime, async (session, { receipt }, [number = '']) => {
    const context = await session.context();
    if (receipt === true) return showReceipt(session, context, number);
    const [{ showRequest }, { printRequestDetails }] = await Promise.all([
      import('../../case/request/show.js'),
      import('../view/request.js'),
    ]);
    await printRequestDetails(session.output, await showRequest(context, number));
    return 0;
  });
}

async function showReceipt(session: Session, context: Context, number: string): Promise<ExitCode> {
  const [{ receiptOf }, { printReceipt }] = await Promise.all([
    import('../../case/receipt/receipt.js'),
    import('../view/receipt.js'),
  ]);
  const receipt = await receiptOf(context, number);
  await printReceipt(session.output, receipt);
  return receipt.open.length === 0 ? 0 : 3;
}
