import { type Command, Option } from 'commander';
import { exitCodes } from './exit-code.js';

/** Flags that every command takes, at every level. */
export interface GlobalFlags {
  readonly workspace: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly operator: string | null;
}

const group = 'Everywhere:';

export function addGlobalOptions(command: Command): Command {
  const options = [
    new Option('-C, --workspace <dir>', 'the folder with dsr.yaml (default: the nearest one upward)'),
    new Option('--json', 'one JSON document on stdout, or one line each for lists'),
    new Option('--quiet', 'nothing on stderr but errors'),
    new Option('--no-color', 'no colours (also: NO_COLOR in the environment)'),
    new Option('--operator <name>', 'who does this, for the ledger (default: the system user)'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
  return command.helpOption('-h, --help', 'show this').addHelpText('after', exitCodeHelp);
}

/** The table at the end of every --help. */
export function exitCodeHelp(): string {
  const lines = exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}

/** The flags given at any level; the innermost wins, and --no-color holds wherever it stands. */
export function globalFlags(command: Command): GlobalFlags {
  const levels = levelsOf(command).map((level) => level.opts<Partial<GlobalFlags>>());
  const inner = <Name extends keyof GlobalFlags>(name: Name) =>
    levels.map((flags) => flags[name]).find((value) => value !== undefined);
  return {
    workspace: inner('workspace') ?? null,
    json: inner('json') ?? false,
    quiet: inner('quiet') ?? false,
    color: levels.every((flags) => flags.color !== false),
    operator: inner('operator') ?? null,
  };
}

/** A command and those it stands under, innermost first. */
function levelsOf(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [command, ...levelsOf(command.parent)];
}

/** `dsr request open` */
export function pathOf(command: Command): string {
  return levelsOf(command)
    .map((level) => level.name())
    .reverse()
    .join(' ');
}
