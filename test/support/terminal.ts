import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import type { ConnectorEntry } from '../../src/connector/registry.js';

export interface Call {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly entries?: readonly ConnectorEntry[];
  readonly signal?: AbortSignal;
  /** Both outputs as terminals, to see colours and progress. */
  readonly terminal?: boolean;
}

/** Runs the command line in this process, on streams of its own. */
export async function dsr(argv: readonly string[], options: CallOptions = {}): Promise<Call> {
  const { io, stdout, stderr } = recordingIo(options);
  const signal = options.signal ?? new AbortController().signal;
  const code = await main(argv, io, options.entries ?? [], signal);
  return { code, stdout: stdout(), stderr: stderr() };
}

export interface RecordingOptions extends CallOptions {
  /** The reader of stdout goes away after so many writes, as `head` does. */
  readonly stopAfter?: number;
}

export function recordingIo(options: RecordingOptions = {}) {
  const stdout = recorder(options.terminal ?? false, options.stopAfter);
  const stderr = recorder(options.terminal ?? false);
  const io: Io = {
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
  };
  return { io, stdout: stdout.text, stderr: stderr.text };
}

function recorder(isTTY: boolean, stopAfter = Number.POSITIVE_INFINITY) {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (parts.length >= stopAfter) return done(Object.assign(new Error('gone'), { code: 'EPIPE' }));
      parts.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 100 }), text: () => parts.join('') };
}
