import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | null = null;

/** What `.dsr/tmp` is to a command: a private folder, one for each test process. */
export function scratchFolder(): string {
  if (folder === null) {
    const made = mkdtempSync(join(tmpdir(), 'dsr-test-scratch-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}
