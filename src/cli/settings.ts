import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DsrError } from '../model/error.js';
import type { Setting } from '../plan/plan.js';
import { askText } from './ask.js';
import { readLines } from './identifiers.js';
import type { Session } from './session.js';

/**
 * What rectify is to set: of the words of `--set`, and of a file or standard input (`-`) with one
 * NAME=VALUE a line, so that no value need stand in the shell's history or the process list. Where there is
 * none, and somebody may be asked, what a person answers.
 *
 * @throws DsrError usage: none, one that is not NAME=VALUE, a name twice, a file that cannot be read.
 */
export async function settingsOf(
  session: Session,
  words: readonly string[],
  file: string | null,
  mayAsk: boolean,
): Promise<readonly Setting[]> {
  const lines = file === null ? [] : await linesOf(session, file);
  const settings = [
    ...words.map((word) => settingOf(word, 'a --set')),
    ...lines.map((line) => settingOf(line, 'a line of --set-file')),
  ];
  if (settings.length === 0 && file === null && mayAsk) settings.push(...(await askFor(session)));
  if (settings.length === 0) {
    throw new DsrError('usage', 'nothing was given to set', {
      hint: 'as --set phone=070-1740612 or --set crm.customers.name=…; --set-file reads NAME=VALUE lines',
    });
  }
  // a name may be anything that was typed: it is not repeated
  if (new Set(settings.map(({ name }) => name)).size < settings.length) {
    throw new DsrError('usage', 'a NAME is set twice', { hint: 'give each one value' });
  }
  return settings;
}

async function askFor({ io, signal }: Session): Promise<readonly Setting[]> {
  const settings: Setting[] = [];
  for (;;) {
    const message =
      settings.length === 0 ? 'Set what? (NAME=VALUE, as phone=070-1740655)' : 'And? (Enter: no more)';
    const text = await askText(io, signal, message);
    if (text.trim() === '') return settings;
    settings.push(settingOf(text, 'what was typed'));
  }
}

function settingOf(word: string, where: string): Setting {
  const at = word.indexOf('=');
  const name = word.slice(0, Math.max(at, 0)).trim();
  if (name !== '') return { name, value: word.slice(at + 1) };
  throw new DsrError('usage', `${where} is not written as NAME=VALUE`, {
    hint: 'NAME is an identifier type, a category, or one field as crm.customers.name; an empty VALUE empties it',
  });
}

async function linesOf(session: Session, file: string): Promise<readonly string[]> {
  if (file === '-') return readLines(session, 'One NAME=VALUE a line; Ctrl-D ends.');
  try {
    const text = await readFile(resolve(session.io.cwd, file), 'utf8');
    return text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
  } catch {
    throw new DsrError('usage', 'the file of --set-file cannot be read', {
      place: file,
      hint: 'name a text file with one NAME=VALUE a line, or `-` for standard input',
    });
  }
}
