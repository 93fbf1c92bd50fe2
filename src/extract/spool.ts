import { open, unlink } from 'node:fs/promises';
import type { Sink } from './zip.js';

/** A private file for what cannot go into the archive yet; its name is gone before it is written. */
export interface Spool extends Sink {
  /** Bytes written. */
  size(): number;
  /** What was written, from one offset to another (default: all). */
  read(from?: number, to?: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const BLOCK = 256 * 1024;

/** `path` is unlinked at once, so that a crash leaves nothing behind. Rejects with the system's error. */
export async function openSpool(path: string): Promise<Spool> {
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  let waiting: Uint8Array[] = [];
  let held = 0;
  let flushed = 0;

  async function flush(): Promise<void> {
    const block = Buffer.concat(waiting);
    waiting = [];
    held = 0;
    for (let done = 0; done < block.length; ) {
      const { bytesWritten } = await handle.write(block, done, block.length - done, flushed);
      done += bytesWritten;
      flushed += bytesWritten;
    }
  }

  return {
    async write(chunk) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      waiting.push(bytes);
      held += bytes.length;
      if (held >= BLOCK) await flush();
    },
    size: () => flushed + held,
    async *read(from = 0, to = flushed + held) {
      await flush();
      for (let at = from; at < to; ) {
        const block = Buffer.allocUnsafe(Math.min(BLOCK, to - at));
        const { bytesRead } = await handle.read(block, 0, block.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield block.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}
