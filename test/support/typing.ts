import { PassThrough, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.js';

export const ENTER = '\r';
export const DOWN = '\u001b[B';
export const CTRL_C = '\u0003';

/** What is typed once a question that reads like this stands on stderr. */
export type Typed = readonly [RegExp, string];

export interface Typist {
  readonly io: Io;
  readonly stdout: () => string;
  /** All that stood on stderr. */
  readonly stderr: () => string;
  /** How many answers nobody asked for. */
  readonly unasked: () => number;
}

/** A person at a terminal, who types the next answer once the next question stands there. */
export function typist(cwd: string, answers: readonly Typed[]): Typist {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  let shown = '';
  let told = '';
  let stdout = '';
  const left = [...answers];
  const answer = () => {
    const [next] = left;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own sequences
    if (next === undefined || !next[0].test(shown.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ''))) return;
    left.shift();
    shown = '';
    stdin.write(next[1]);
  };
  let quiet: NodeJS.Timeout | undefined;
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      shown += chunk.toString('utf8');
      told += chunk.toString('utf8');
      // a question listens a moment after it is drawn
      clearTimeout(quiet);
      quiet = setTimeout(answer, 150);
      done();
    },
  });
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stdout += chunk.toString('utf8');
      done();
    },
  });
  const io: Io = {
    stdin,
    stdout: out,
    // as the process's own: a prompt that ends does not end it
    stderr: Object.assign(stderr, { isTTY: true, columns: 200, end: () => stderr }),
    env: { NO_COLOR: '1' },
    cwd,
  };
  return { io, stdout: () => stdout, stderr: () => told, unasked: () => left.length };
}
