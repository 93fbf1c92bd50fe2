import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DsrError } from '../model/error.js';

/**
 * A fresh folder for the demo: the one that is named, else `dsr-demo` (`dsr-demo-2` …) below `cwd`, else
 * one for temporary files. Nothing is ever written over.
 *
 * @throws DsrError usage: the named folder holds something, or cannot be made.
 */
export async function demoFolder(named: string | null, cwd: string): Promise<string> {
  if (named !== null) {
    const dir = resolve(cwd, named);
    if (await claim(dir)) return dir;
    throw new DsrError('usage', 'the folder for the demo cannot be made, or is not empty', {
      hint: 'name one that does not exist yet, or none at all',
    });
  }
  for (let number = 1; number < 100; number++) {
    const dir = join(cwd, number === 1 ? 'dsr-demo' : `dsr-demo-${number}`);
    const made = await mkdir(dir).then(
      () => 'made' as const,
      (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? 'taken' : 'refused'),
    );
    if (made === 'made') return dir;
    if (made === 'refused') break;
  }
  return mkdtemp(join(tmpdir(), 'dsr-demo-'));
}

/** Makes the folder, or takes it when it is empty. */
async function claim(dir: string): Promise<boolean> {
  try {
    await mkdir(dir, { recursive: true });
    return (await readdir(dir)).length === 0;
  } catch {
    return false;
  }
}
