import type { Readable, Writable } from 'node:stream';

/** All that the command line touches of its process, so that a test may hand it another. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
  };
}

/** Whether a question can be put: to a person, with stdout left to the document. */
export function isAskable(io: Io): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true;
}
