import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/cli/exit-code.js';
import { pathOf } from '../src/cli/global-options.js';
import { processIo } from '../src/cli/io.js';
import { buildProgram, everyCommand } from '../src/cli/program.js';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

const program = buildProgram({
  io: processIo(),
  entries: [],
  signal: new AbortController().signal,
  ended: 0,
  boundary: () => {},
  call: async () => 0,
});
const commands = everyCommand(program).filter((command) => command.commands.length === 0);

/** The text from one heading to the next of its level or above; null where there is none. */
function section(heading: string): string | null {
  const start = readme.indexOf(`\n${heading}\n`);
  if (start === -1) return null;
  const level = heading.indexOf(' ');
  const rest = readme.slice(start + heading.length + 1);
  const end = rest.search(new RegExp(`\\n#{1,${level}} `));
  return end === -1 ? rest : rest.slice(0, end);
}

function usageOf(command: Command): string {
  const names = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [pathOf(command), ...names].join(' ');
}

/** Flags of the command's own, as help spells them. */
function ownFlags(command: Command): readonly string[] {
  return command.options
    .filter((option) => option.helpGroupHeading === undefined)
    .map((option) => option.flags);
}

describe('the README', () => {
  it.each(commands.map((command) => [usageOf(command), command] as const))(
    'tells of `%s` and each of its flags',
    (usage, command) => {
      const text = section(`### \`${usage}\``);
      expect(text).not.toBeNull();
      for (const flags of ownFlags(command)) expect(text).toContain(`\`${flags}\``);
    },
  );

  it('tells of the flags that every command takes', () => {
    const everywhere = section('## Commands') ?? '';
    const [first] = commands;
    const global = first?.options.filter((option) => option.helpGroupHeading !== undefined) ?? [];
    expect(global).toHaveLength(5);
    for (const option of [...global.map(({ flags }) => flags), '-h, --help']) {
      expect(everywhere).toContain(`\`${option}\``);
    }
  });

  it.each(exitCodes)('tells of exit code $code', ({ code, meaning }) => {
    expect(section('## Exit codes')).toContain(`| ${code} | ${meaning} |`);
  });

  it('names every room of the tree', () => {
    const developing = section('## Developing') ?? '';
    const rooms = readdirSync(join(import.meta.dirname, '..', 'src'));
    expect(rooms.filter((room) => !developing.includes(`\`${room}\``))).toEqual([]);
  });

  it('tells of no command that is not there', () => {
    const told = [...readme.matchAll(/^### `(dsr [^`]+)`$/gm)].map(([, usage]) => usage);
    expect(told.toSorted()).toEqual(commands.map(usageOf).toSorted());
  });
});
