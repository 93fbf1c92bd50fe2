import type { Progress } from '../case/context.js';
import { DsrError } from '../model/error.js';
import type { Io, Terminal } from './io.js';
import { clip, printable } from './printable.js';
import { type Style, styleFor } from './style.js';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** stdout carries the document and nothing else; stderr what is said on the way. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly style: Style;
  readonly errorStyle: Style;
  /** Lines to stdout; false once the reader of a pipe has gone: then stop, quietly. */
  print(lines: readonly string[]): Promise<boolean>;
  /** One JSON document, indented. */
  document(value: unknown): Promise<void>;
  /** One JSON value a line. */
  ndjson(values: Iterable<unknown> | AsyncIterable<unknown>): Promise<void>;
  /** To stderr, unless quiet. */
  message(text: string): void;
  /** To stderr, once each, unless quiet. */
  warning(text: string): void;
  /** To stderr, even when quiet. */
  error(lines: readonly string[]): void;
  report(event: Progress): void;
  /** Takes the progress line away. */
  clear(): void;
}

const gone = new WeakSet<Terminal>();
const watched = new WeakSet<Terminal>();

export async function createOutput(io: Io, options: OutputOptions): Promise<Output> {
  watchStreams(io);
  const style = await styleFor(io.stdout, io.env, options.color);
  const errorStyle = await styleFor(io.stderr, io.env, options.color);
  const line = progressLine(io.stderr, errorStyle, options);
  const warned = new Set<string>();
  const say = (text: string) => {
    line.clear();
    if (!gone.has(io.stderr)) io.stderr.write(`${text}\n`);
  };
  const print = (lines: readonly string[]): Promise<boolean> => {
    line.clear();
    return lines.length === 0 ? Promise.resolve(true) : write(io.stdout, `${lines.join('\n')}\n`);
  };
  const warning = (text: string) => {
    if (options.quiet || warned.has(text)) return;
    warned.add(text);
    say(`${errorStyle.yellow('warning:')} ${printable(text)}`);
  };
  return {
    json: options.json,
    quiet: options.quiet,
    style,
    errorStyle,
    print,
    async document(value) {
      await print([jsonText(value, 2)]);
    },
    async ndjson(values) {
      for await (const lines of asyncBatches(values, 200)) {
        if (!(await print(lines.map((value) => jsonText(value))))) return;
      }
    },
    message(text) {
      if (!options.quiet) say(text);
    },
    warning,
    error: (lines) => say(lines.join('\n')),
    report(event) {
      if (event.kind === 'warning') warning(event.message);
      else line.show(event);
    },
    clear: line.clear,
  };
}

/** JSON in which an integer too large for a JavaScript number stays exact, as a string. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part),
    indent,
  );
}

export function* batches<T>(values: Iterable<T>, most: number): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const value of values) {
    batch.push(value);
    if (batch.length === most) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

export async function* asyncBatches<T>(
  values: Iterable<T> | AsyncIterable<T>,
  most: number,
): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const value of values) {
    batch.push(value);
    if (batch.length === most) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** A pipe whose reader has gone (`dsr find … | head`) is an end, not a failure. */
export function watchStreams(io: Io): void {
  for (const stream of [io.stdout, io.stderr]) {
    if (watched.has(stream)) continue;
    watched.add(stream);
    stream.on('error', () => gone.add(stream));
  }
}

function write(stream: Terminal, text: string): Promise<boolean> {
  if (gone.has(stream)) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: NodeJS.ErrnoException | null) => {
      if (error === undefined || error === null) return resolve(true);
      gone.add(stream);
      if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return resolve(false);
      reject(
        new DsrError('transient', `standard output could not be written (${error.code ?? 'unknown'})`, {
          hint:
            error.code === 'ENOSPC' ? 'make room on the disk that it is sent to' : 'check where it is sent',
        }),
      );
    });
  });
}

interface ProgressLine {
  show(event: Exclude<Progress, { kind: 'warning' }>): void;
  clear(): void;
}

/** One line that is written over; only on a terminal, at most ten times a second. */
function progressLine(stream: Terminal, style: Style, options: OutputOptions): ProgressLine {
  if (stream.isTTY !== true || options.quiet) return { show() {}, clear() {} };
  let shown = false;
  let last = { at: 0, message: '' };
  return {
    show(event) {
      const now = performance.now();
      if (event.message === last.message && now - last.at < 100) return;
      last = { at: now, message: event.message };
      const text = clip(printable(`${event.message}${counted(event)}`), (stream.columns ?? 80) - 1);
      stream.write(`\r\u001b[K${style.dim(text)}`);
      shown = true;
    },
    clear() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}

function counted(event: Exclude<Progress, { kind: 'warning' }>): string {
  if (event.kind === 'step') return ' …';
  const done = event.done.toLocaleString('en');
  return event.of === null ? ` ${done}` : ` ${done} of ${event.of.toLocaleString('en')}`;
}
