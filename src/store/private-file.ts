import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { DsrError } from '../model/error.js';

const PRIVATE = 0o600;

/**
 * Makes an empty file that only its owner can read, before anything stands in it; one that exists
 * is narrowed to the same mode. Says no to what is not a plain file.
 */
export function privateFile(file: string, name: string): void {
  let handle: number;
  try {
    // The mode is part of the creation, so there is no moment in which the file is open to others.
    handle = openSync(file, 'ax+', PRIVATE);
    fchmodSync(handle, PRIVATE);
    closeSync(handle);
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw fileError(error, name, file);
    narrow(file, name);
  }
}

/** Creates the file with this content, at once and whole; false where it exists already. */
export function createOnce(file: string, content: string | Uint8Array, name: string): boolean {
  const part = `${file}.${process.pid}.part`;
  try {
    writeSynced(part, content);
    try {
      linkSync(part, file);
      return true;
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error;
      return false;
    } finally {
      unlinkSync(part);
    }
  } catch (error) {
    throw fileError(error, name, file);
  }
}

/** Replaces the file, at once and whole. Callers see to it that only one does so at a time. */
export function replaceFile(file: string, content: string, name: string): void {
  const part = `${file}.part`;
  try {
    writeSynced(part, content);
    renameSync(part, file);
  } catch (error) {
    throw fileError(error, name, file);
  }
}

function writeSynced(file: string, content: string | Uint8Array): void {
  const handle = openSync(file, 'w', PRIVATE);
  try {
    fchmodSync(handle, PRIVATE);
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function narrow(file: string, name: string): void {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    throw fileError(error, name, file);
  }
  try {
    const found = fstatSync(handle);
    if (!found.isFile()) {
      throw new DsrError('config', `${name} should be a file: ${file}`, {
        place: file,
        hint: 'move away what stands there',
      });
    }
    if ((found.mode & 0o077) !== 0) fchmodSync(handle, PRIVATE);
  } catch (error) {
    // Not ours to narrow, or on write-protected media: it can still be read.
    if (errno(error) !== 'EPERM' && errno(error) !== 'EROFS') throw error;
  } finally {
    closeSync(handle);
  }
}

/** A file system's refusal, told from its code. */
export function fileError(error: unknown, name: string, file: string): unknown {
  const code = errno(error);
  if (code === null) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DsrError('transient', `no space left on the disk for ${name}: ${file}`, {
      place: file,
      hint: 'free some space and run the command again',
    });
  }
  return new DsrError('config', `${name} cannot be opened or written: ${file} (${code})`, {
    place: file,
    hint: 'the file and its folder must belong to the user that runs dsr and be writable',
  });
}

function errno(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
