import { createHash } from 'node:crypto';
import { PassThrough, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DsrError } from '../model/error.js';

export interface Sink {
  write(chunk: string | Uint8Array): Promise<void>;
}

export interface FileFacts {
  /** Inside the zip. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Zip {
  /** One entry, streamed; resolves when the archive has taken all of it. One at a time. */
  add(path: string, body: (sink: Sink) => Promise<void>): Promise<FileFacts>;
  /** `work`, unless the archive fails or the signal aborts first. */
  guard<T>(work: Promise<T>): Promise<T>;
}

/**
 * Streams a zip into `out` and ends it. The first error, of an entry's body, of the archive or of
 * `out`, or an abort, tears all of it down and rejects; archiver by itself would crash the process or
 * wait for ever, because it does not listen to the streams that it is given.
 */
export async function writeZip<T>(
  out: Writable,
  created: Date,
  signal: AbortSignal,
  body: (zip: Zip) => Promise<T>,
): Promise<{ readonly result: T; readonly bytes: number; readonly sha256: string }> {
  const { ZipArchive } = await import('archiver');
  const archive = new ZipArchive({ zlib: { level: 6 } });
  const failure = failureOf(signal);
  const meter = meterStream();
  archive.on('error', failure.raise);
  archive.on('warning', failure.raise);
  const written = pipeline(archive, meter.stream, out);
  written.catch(failure.raise);
  let entry: PassThrough | null = null;

  async function add(path: string, write: (sink: Sink) => Promise<void>): Promise<FileFacts> {
    const source = new PassThrough({ highWaterMark: 256 * 1024 });
    entry = source;
    source.on('error', failure.raise);
    const taken = new Promise<void>((resolve) => archive.once('entry', () => resolve()));
    archive.append(source, { name: path, date: created, mode: 0o600 });
    const hash = createHash('sha256');
    let bytes = 0;
    await write({
      async write(chunk) {
        failure.check();
        if (chunk.length === 0) return;
        const block = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        hash.update(block);
        bytes += block.length;
        if (!source.write(block)) {
          await failure.guard(new Promise<void>((resolve) => source.once('drain', () => resolve())));
        }
      },
    });
    source.end();
    await failure.guard(taken);
    return { path, bytes, sha256: hash.digest('hex') };
  }

  try {
    failure.check();
    const result = await body({ add, guard: failure.guard });
    failure.check();
    await failure.guard(archive.finalize());
    await failure.guard(written);
    return { result, ...meter.facts() };
  } catch (error) {
    const first = failure.raise(error);
    (entry as PassThrough | null)?.destroy();
    archive.abort();
    archive.destroy();
    out.destroy();
    // Wait until nothing writes any more, so that the file can be taken away.
    await written.catch(() => undefined);
    throw first;
  } finally {
    failure.close();
  }
}

/** The first thing that went wrong, and a way not to wait for what will then never come. */
function failureOf(signal: AbortSignal) {
  let first: { readonly error: unknown } | null = null;
  const waiting = new Set<(error: unknown) => void>();
  const cancel = () => raise(new DsrError('cancelled', 'the export was cancelled; nothing was written'));

  function raise(error: unknown): unknown {
    first ??= { error };
    for (const reject of waiting) reject(first.error);
    waiting.clear();
    return first.error;
  }
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });

  return {
    raise,
    check(): void {
      if (first !== null) throw first.error;
    },
    guard<T>(work: Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (first !== null) {
          work.catch(() => undefined);
          reject(first.error);
          return;
        }
        waiting.add(reject);
        work.then(resolve, reject).finally(() => waiting.delete(reject));
      });
    },
    close: () => signal.removeEventListener('abort', cancel),
  };
}

function meterStream() {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, facts: () => ({ bytes, sha256: hash.digest('hex') }) };
}
