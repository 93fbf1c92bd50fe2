import type { Command, CommanderError } from 'commander';
import { DsrError } from '../model/error.js';
import { pathOf } from './global-options.js';

/**
 * A usage error as the parser found it, told without the words that were typed: an identifier put in
 * the wrong place would stand in a log. A word is repeated only where it is nearly a command or an
 * option, or is an option's bare name.
 */
export function usageError(error: CommanderError, command: Command): DsrError {
  const text = error.message.replace(/^error: /, '');
  const [first = ''] = text.split('\n');
  const suggestion = /\(Did you mean (?:one of )?(.+)\?\)/.exec(text)?.[1] ?? null;
  const typed = /'([^']*)'/.exec(first)?.[1] ?? '';
  const help = `\`${pathOf(command)} --help\` shows what it takes`;
  const hint = suggestion === null ? help : `did you mean ${suggestion}? ${help}`;
  switch (error.code) {
    case 'commander.unknownOption': {
      const name = typed.split('=')[0] ?? '';
      const harmless = suggestion !== null || /^(-[A-Za-z]|--[a-z]+(-[a-z]+)*)$/.test(name);
      return new DsrError('usage', harmless ? `unknown option ${name}` : 'unknown option', { hint });
    }
    case 'commander.unknownCommand':
      return new DsrError('usage', suggestion === null ? 'unknown command' : `unknown command ${typed}`, {
        hint,
      });
    case 'commander.invalidArgument':
      // commander quotes the value: keep the option's name and what is allowed
      return new DsrError('usage', withoutValue(first), { hint: help });
    case 'commander.help':
      // a group without one of its commands
      return new DsrError('usage', `${pathOf(command)} is not a command by itself`, {
        hint: `call ${command.commands.map(pathOf).join(', ')}`,
      });
    default:
      return new DsrError('usage', first, { hint: help });
  }
}

/** `option '-x <n>' argument 'VALUE' is invalid. Allowed choices are a, b.` without VALUE. */
function withoutValue(message: string): string {
  const option = /^option '([^']*)'/.exec(message)?.[1];
  const reason = /(Allowed choices are [^']*|it must [^']*)$/.exec(message)?.[1] ?? '';
  const what = option === undefined ? 'an argument is not valid' : `the value of ${option} is not valid`;
  return reason === '' ? what : `${what}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}
