import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DsrError } from '../../src/model/error.js';
import type { Place } from './errors.js';

/** @throws DsrError config where there is no file that can be read, or written: SQLite tells less. */
export async function fileFacts({ source, file, writing }: Place): Promise<void> {
  const hint = "check the source's connection in dsr.yaml";
  let isFile: boolean;
  try {
    isFile = (await stat(file)).isFile();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DsrError(
      'config',
      `the source '${source}': ${missing ? 'there is no file' : 'cannot reach'} ${file}`,
      { hint },
    );
  }
  if (!isFile) throw new DsrError('config', `the source '${source}': ${file} is not a file`, { hint });
  try {
    await access(file, constants.R_OK);
  } catch {
    throw new DsrError('config', `the source '${source}': no permission to read ${file}`, {
      hint: 'let the user that runs dsr read the file and its folder',
    });
  }
  if (writing === true && !(await mayBeWritten(file))) {
    throw new DsrError('config', `the source '${source}': no permission to write ${file}`, {
      hint: 'let the user that runs dsr write the file and its folder',
    });
  }
}

/** The folder too: the journal comes to stand there. */
export async function mayBeWritten(file: string): Promise<boolean> {
  try {
    await Promise.all([access(file, constants.W_OK), access(dirname(file), constants.W_OK)]);
    return true;
  } catch {
    return false;
  }
}
