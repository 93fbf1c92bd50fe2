import { createInterface } from 'node:readline';
import { DsrError } from '../model/error.js';
import { askText } from './ask.js';
import { isAskable } from './io.js';
import type { Session } from './session.js';

/** Who is asked for, as the operator gave it. */
export interface Given {
  readonly identifiers: readonly string[];
  /** The words that give the same person again on a command line; `-` for what was not typed there. */
  readonly again: readonly string[];
}

/**
 * The identifiers of a call: its arguments, for `-` the lines of standard input, with `--request` none
 * (the case has them); else, on a terminal, what a person answers. Throws DsrError('usage').
 */
export async function givenIdentifiers(
  session: Session,
  args: readonly string[],
  request: string | null,
): Promise<Given> {
  const typed = args.filter((word) => word !== '-');
  if (typed.length < args.length) {
    const read = await readLines(session);
    if (read.length === 0 && typed.length === 0) {
      throw new DsrError('usage', 'standard input held no identifier', { hint: 'write one a line' });
    }
    return { identifiers: [...typed, ...read], again: [...typed, '-'] };
  }
  if (typed.length > 0) return { identifiers: typed, again: typed };
  if (request !== null) return { identifiers: [], again: [] };
  if (!isAskable(session.io) || session.flags.json) {
    throw new DsrError('usage', 'no identifier was given', {
      hint: 'give type=value or a bare value, `-` to read them from standard input, or --request ID',
    });
  }
  return { identifiers: await askFor(session), again: ['-'] };
}

async function askFor(session: Session): Promise<readonly string[]> {
  const identifiers: string[] = [];
  for (;;) {
    const message =
      identifiers.length === 0 ? 'Who? (e-mail, personnummer, type=value)' : 'And? (Enter: no more)';
    const text = (await askText(session.io, session.signal, message)).trim();
    if (text !== '') identifiers.push(text);
    else if (identifiers.length > 0) return identifiers;
  }
}

/** Lines without white space around them, empty ones and a byte-order mark left out. */
export async function readLines(
  session: Session,
  invitation = 'One identifier a line; Ctrl-D ends.',
): Promise<readonly string[]> {
  const { io, signal } = session;
  if (io.stdin.isTTY === true) {
    session.output.message(invitation);
  }
  const lines = createInterface({ input: io.stdin, crlfDelay: Number.POSITIVE_INFINITY, signal });
  const read: string[] = [];
  for await (const line of lines) {
    const text = line.replace(/^\ufeff/, '').trim();
    if (text !== '') read.push(text);
  }
  signal.throwIfAborted();
  return read;
}
