import { DsrError, type ErrorKind } from '../model/error.js';
import { type ExitCode, exitCodeOf } from './exit-code.js';

/** What a failure tells: fit to print, nothing personal in it. */
export interface ErrorReport {
  readonly code: ExitCode;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly hint: string | null;
  readonly place: string | null;
  /** Of a bug: where in the code, without its message, which may hold anything. */
  readonly frames: readonly string[];
}

export function reportOf(error: unknown, aborted: boolean): ErrorReport {
  if (error instanceof DsrError && error.kind !== 'internal') {
    return {
      code: exitCodeOf(error.kind),
      kind: error.kind,
      message: error.message,
      hint: error.hint ?? null,
      place: error.place ?? null,
      frames: [],
    };
  }
  // what a cancelled call throws on its way out is not a bug
  if (aborted || isNamed(error, ['AbortError', 'ExitPromptError', 'AbortPromptError'])) return cancelled;
  return systemError(error) ?? bug(error);
}

const cancelled: ErrorReport = {
  code: 130,
  kind: 'cancelled',
  message: 'cancelled',
  hint: null,
  place: null,
  frames: [],
};

function isNamed(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** What the operating system refused, where no operation said it better. No path: it may name a person. */
const systemErrors: Readonly<Record<string, readonly [ErrorKind, string, string]>> = {
  ENOSPC: ['transient', 'the disk is full', 'make room, then call again'],
  EDQUOT: ['transient', 'the disk quota is used up', 'make room, then call again'],
  EACCES: [
    'config',
    'a file or folder may not be read or written',
    'run `dsr doctor`: it checks permissions',
  ],
  EPERM: ['config', 'a file or folder may not be changed', 'run `dsr doctor`: it checks permissions'],
  EROFS: ['config', 'the file system is read-only', 'use a workspace and an output that can be written'],
  EMFILE: ['transient', 'too many files are open', 'raise the limit (ulimit -n), then call again'],
  ENFILE: ['transient', 'too many files are open on this machine', 'call again when it is less busy'],
};

function systemError(error: unknown): ErrorReport | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const known = systemErrors[error.code];
  if (known === undefined) return null;
  const [kind, message, hint] = known;
  return { code: exitCodeOf(kind), kind, message, hint, place: null, frames: [] };
}

function bug(error: unknown): ErrorReport {
  const named = error instanceof DsrError ? error.message : 'something went wrong inside dsr';
  return {
    code: 1,
    kind: 'internal',
    message: `${named}: this is a bug`,
    hint: 'please report it where you got dsr (README, “Reporting a bug”) with the lines below; they hold nothing personal',
    place: null,
    frames: framesOf(error),
  };
}

/** `TypeError` and the stack's frames. The message is left out, wherever it ends. */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [`thrown: ${typeof error}`];
  const kind = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Error';
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line))
    .slice(0, 12)
    .map((line) => line.trim());
  return [kind, ...frames];
}
