import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DsrError } from '../model/error.js';
import { fileError } from '../store/private-file.js';

/** Where everything of a workspace stands (contract.md §1). Absolute paths. */
export interface Workspace {
  /** The folder with dsr.yaml. */
  readonly dir: string;
  readonly map: string;
  /** `.dsr`, mode 0700: ledger, work file, and the folders below. */
  readonly state: string;
  readonly plans: string;
  readonly extracts: string;
  readonly tmp: string;
  /** One file a request that was worked on: who holds its lock works on it. */
  readonly locks: string;
}

export function workspaceAt(dir: string): Workspace {
  const root = resolve(dir);
  const state = join(root, '.dsr');
  return {
    dir: root,
    map: join(root, 'dsr.yaml'),
    state,
    plans: join(state, 'plans'),
    extracts: join(state, 'extracts'),
    tmp: join(state, 'tmp'),
    locks: join(state, 'locks'),
  };
}

/**
 * The workspace `given`, or the nearest folder with dsr.yaml from `cwd` upward. Nothing is made there.
 *
 * @throws DsrError config: there is none.
 */
export function findWorkspace(given: string | null, cwd: string): Workspace {
  return given === null ? nearest(cwd) : named(resolve(cwd, given));
}

/** Makes `.dsr` and its folders where they are missing, all open to their owner only. */
export function prepareWorkspace(workspace: Workspace): void {
  for (const folder of [
    workspace.state,
    workspace.plans,
    workspace.extracts,
    workspace.tmp,
    workspace.locks,
  ]) {
    privateFolder(folder);
  }
  keepOutOfVersionControl(workspace.state);
}

function nearest(cwd: string): Workspace {
  let folder = resolve(cwd);
  for (;;) {
    const workspace = workspaceAt(folder);
    if (existsSync(workspace.map)) return workspace;
    const parent = dirname(folder);
    if (parent === folder) {
      throw new DsrError('config', `there is no dsr.yaml in ${resolve(cwd)} or any folder above it`, {
        hint: 'make a workspace with `dsr init`, or name one with -C DIR; `dsr demo` builds one to try',
      });
    }
    folder = parent;
  }
}

function named(folder: string): Workspace {
  const workspace = workspaceAt(folder);
  if (existsSync(workspace.map)) return workspace;
  throw new DsrError('config', `there is no dsr.yaml in ${folder}`, {
    place: workspace.map,
    hint: existsSync(folder) ? `make it a workspace with \`dsr init\`` : 'there is no such folder',
  });
}

function privateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // One that was there before, or made under a strange umask.
    if ((statSync(folder).mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  } catch (error) {
    throw fileError(error, 'the workspace folder', folder);
  }
}

/** A folder that git ignores by itself, whatever the repository around it says. */
function keepOutOfVersionControl(state: string): void {
  const file = join(state, '.gitignore');
  if (existsSync(file)) return;
  try {
    writeFileSync(file, '*\n', { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'the workspace folder', file);
  }
}
