import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { DsrError } from '../model/error.js';
import { openSpool, type Spool } from './spool.js';

/** A file under way: `<file>.part` until all of it is on disk. */
export interface PartFile {
  readonly out: Writable;
  spool(): Promise<Spool>;
  /** Syncs, renames over `file` and syncs the folder, so that a power cut leaves the whole file or none. */
  keep(): Promise<void>;
  /** Closes and removes what there is; `file` itself is not touched. */
  drop(): Promise<void>;
}

/**
 * What can be known before a file is written: its folder is there and may be written in, and nothing
 * stands where it or what it is made from shall stand. Throws DsrError('usage') naming the file.
 */
export async function checkOutput(file: string): Promise<void> {
  await checkTarget(file);
  try {
    await access(`${dirname(file)}/.`, constants.W_OK | constants.X_OK);
    if (await exists(`${file}.part`)) throw Object.assign(new Error('there'), { code: 'EEXIST' });
    // The longest name of all.
    await exists(spoolOf(file));
  } catch (error) {
    throw fileError(error, file);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function checkTarget(file: string): Promise<void> {
  const target = await stat(file).catch(() => null);
  if (target === null || target.isFile()) return;
  throw new DsrError('usage', `cannot write ${file}: it is not a regular file`, {
    hint: 'name a file that ends in .zip',
  });
}

function spoolOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
}

/** Made with mode 0600 in the folder of `file`. Throws DsrError('usage') naming the file. */
export async function openPart(file: string): Promise<PartFile> {
  const part = `${file}.part`;
  await checkTarget(file);
  const handle = await open(part, 'wx', 0o600).catch((error: unknown) => {
    throw fileError(error, file);
  });
  const spools: Spool[] = [];
  let closed = false;

  async function close(): Promise<void> {
    await Promise.all(spools.splice(0).map((spool) => spool.close()));
    if (!closed) await handle.close();
    closed = true;
  }

  return {
    out: writableOf(handle),
    async spool() {
      const spool = await openSpool(spoolOf(file));
      spools.push(spool);
      return spool;
    },
    async keep() {
      await handle.sync();
      await close();
      await rename(part, file);
      await syncFolder(dirname(file));
    },
    async drop() {
      await close().catch(() => undefined);
      await unlink(part).catch(() => undefined);
    },
  };
}

/** Node's own stream over a handle closes it when done, before it could be synced. */
function writableOf(handle: FileHandle): Writable {
  return new Writable({
    highWaterMark: 1024 * 1024,
    write(chunk: Buffer, _encoding, done) {
      writeAll(handle, chunk).then(() => done(), done);
    },
  });
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += (await handle.write(chunk, done, chunk.length - done)).bytesWritten;
  }
}

/** A folder cannot be synced everywhere (Windows, some network shares); there the rename must do. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

const REASONS: Readonly<Record<string, readonly ['usage' | 'transient', string, string]>> = {
  ENOENT: ['usage', 'its folder does not exist', 'make the folder, or name another with -o'],
  ENOTDIR: ['usage', 'its folder is a file', 'name another place with -o'],
  EACCES: ['usage', 'no permission', 'choose a folder that you may write in'],
  EPERM: ['usage', 'no permission', 'choose a folder that you may write in'],
  EROFS: ['usage', 'the disk is read-only', 'name another place with -o'],
  EISDIR: ['usage', 'it is a folder', 'name a file that ends in .zip'],
  ENAMETOOLONG: ['usage', 'the name is too long', 'choose a shorter name'],
  EEXIST: [
    'usage',
    'its .part file is already there',
    'another export is writing it; if none is, a crash left the .part file and it can be deleted',
  ],
  ENOSPC: [
    'transient',
    'the disk is full',
    'free some space, or name another place with -o; nothing is left behind',
  ],
  EDQUOT: ['transient', 'the disk quota is used up', 'free some space, or name another place with -o'],
  EFBIG: ['transient', 'the file grew larger than the disk allows', 'name another place with -o'],
  EIO: ['transient', 'the disk reported an error', 'check the disk, or name another place with -o'],
};

/** A system error while writing `file`, told so that it can be acted on; any other error as it is. */
export function fileError(error: unknown, file: string): unknown {
  const code = codeOf(error);
  const reason = code === null ? undefined : REASONS[code];
  if (reason === undefined) return error;
  return new DsrError(reason[0], `cannot write ${file}: ${reason[1]}`, { hint: reason[2] });
}

function codeOf(error: unknown): string | null {
  if (error instanceof DsrError || !(error instanceof Error)) return null;
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}
