import { type Command, CommanderError } from 'commander';
import type { ConnectorEntry } from '../connector/registry.js';
import { reportOf } from './error-report.js';
import { type ExitCode, mostSevere } from './exit-code.js';
import type { Io } from './io.js';
import { createOutput, watchStreams } from './output.js';
import { buildProgram } from './program.js';
import type { Runtime } from './session.js';
import { usageError } from './usage-error.js';
import { printError } from './view/error.js';

/** One call of `dsr`: its arguments in, its exit code out. Never throws. */
export async function main(
  argv: readonly string[],
  io: Io,
  entries: readonly ConnectorEntry[],
  signal: AbortSignal,
  boundary: (step: string) => void = () => {},
): Promise<ExitCode> {
  watchStreams(io);
  const runtime: Runtime = {
    io,
    entries,
    signal,
    ended: 0,
    boundary,
    call: (words, other) => main(words, other, entries, signal, boundary),
  };
  const program = buildProgram(runtime);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    // a command that was done before Ctrl-C reached it is done
    return runtime.ended !== 0 && signal.aborted ? mostSevere([130, runtime.ended]) : runtime.ended;
  } catch (error) {
    // --help and --version end by an error that says 0
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const told = error instanceof CommanderError ? usageError(error, commandMeant(program, argv)) : error;
    const report = reportOf(told, signal.aborted);
    printError(await createOutput(io, wishes(argv)), report);
    return report.code;
  }
}

/** What a call that could not be parsed said about its output. */
function wishes(argv: readonly string[]) {
  const end = argv.indexOf('--');
  const flags = new Set(end === -1 ? argv : argv.slice(0, end));
  return { json: flags.has('--json'), quiet: flags.has('--quiet'), color: !flags.has('--no-color') };
}

/** The command that the words lead to, as far as they do. */
function commandMeant(command: Command, argv: readonly string[]): Command {
  for (const [at, word] of argv.entries()) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) return commandMeant(next, argv.slice(at + 1));
  }
  return command;
}
