import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findWorkspace, prepareWorkspace, type Workspace } from '../../src/case/workspace.js';
import { folder } from '../ledger/support.js';
import { workspace } from './request-support.js';

function prepared(dir: string): Workspace {
  const found = findWorkspace(dir, '/');
  prepareWorkspace(found);
  return found;
}

describe('a workspace', () => {
  test('is the nearest folder upward with dsr.yaml', () => {
    const outer = workspace();
    const inner = join(outer, 'inner');
    const below = join(inner, 'a', 'b');
    mkdirSync(below, { recursive: true });
    expect(findWorkspace(null, below).dir).toBe(outer);
    writeFileSync(join(inner, 'dsr.yaml'), '');
    expect(findWorkspace(null, below).dir).toBe(inner);
    for (const each of [outer, inner, join(inner, 'a')]) expect(existsSync(join(each, '.dsr'))).toBe(false);
  });

  test('is the one named, also relative to where one stands, and no other', () => {
    const outer = workspace();
    mkdirSync(join(outer, 'empty'));
    expect(findWorkspace('..', join(outer, 'empty')).dir).toBe(outer);
    expect(() => findWorkspace('empty', outer)).toThrow(
      expect.objectContaining({ kind: 'config', hint: expect.stringMatching(/dsr init/) }),
    );
    expect(existsSync(join(outer, 'empty', '.dsr'))).toBe(false);
  });

  test('that is not there is told with how to make one', () => {
    const dir = folder();
    expect(() => findWorkspace(null, dir)).toThrow(
      expect.objectContaining({
        kind: 'config',
        message: expect.stringContaining(dir),
        hint: expect.stringMatching(/dsr init/),
      }),
    );
    expect(() => findWorkspace(join(dir, 'none'), dir)).toThrow(
      expect.objectContaining({ kind: 'config', hint: 'there is no such folder' }),
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  test('has its private folder made at first use, whatever the umask, and left out of version control', () => {
    const dir = workspace();
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const { state, plans, extracts, tmp } = prepared(dir);
    for (const made of [state, plans, extracts, tmp]) expect(statSync(made).mode & 0o777, made).toBe(0o700);
    expect(readFileSync(join(state, '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('whose private folder was open to others is closed to them', () => {
    const dir = workspace();
    mkdirSync(join(dir, '.dsr'));
    chmodSync(join(dir, '.dsr'), 0o755);
    expect(statSync(prepared(dir).state).mode & 0o777).toBe(0o700);
  });

  test('keeps what others put there', () => {
    const dir = workspace();
    const { state, extracts } = prepared(dir);
    writeFileSync(join(state, '.gitignore'), 'mine\n');
    writeFileSync(join(extracts, 'R-2026-0001.zip'), 'x');
    prepared(dir);
    expect(readFileSync(join(state, '.gitignore'), 'utf8')).toBe('mine\n');
    expect(readdirSync(extracts)).toEqual(['R-2026-0001.zip']);
  });

  test('with a file where its private folder should be is a config error that names it', () => {
    const dir = workspace();
    writeFileSync(join(dir, '.dsr'), '');
    expect(() => prepared(dir)).toThrow(
      expect.objectContaining({ kind: 'config', message: expect.stringContaining(join(dir, '.dsr')) }),
    );
  });
});
