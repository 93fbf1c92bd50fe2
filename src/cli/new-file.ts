import { type FileHandle, open, rm } from 'node:fs/promises';
import { DsrError } from '../model/error.js';
import { asyncBatches, jsonText } from './output.js';

/**
 * One JSON value a line into a file that is not there yet, mode 0600, synced; nothing is left of it when it
 * fails. Answers the number of lines.
 *
 * @throws DsrError usage: it exists, or cannot be made · transient: it cannot be written.
 */
export async function writeLines(file: string, values: AsyncIterable<unknown>): Promise<number> {
  const handle = await create(file);
  let lines = 0;
  try {
    for await (const batch of asyncBatches(values, 500)) {
      await handle.appendFile(batch.map((value) => `${jsonText(value)}\n`).join(''));
      lines += batch.length;
    }
    await handle.sync();
    await handle.close();
    return lines;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
}

async function create(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    throw new DsrError(
      'usage',
      code === 'EEXIST' ? 'the output exists already' : 'the output cannot be made',
      {
        place: file,
        hint:
          code === 'EEXIST'
            ? 'name a file that is not there yet'
            : 'name a file in a folder you may write to',
      },
    );
  }
}
