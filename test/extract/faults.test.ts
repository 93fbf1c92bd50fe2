import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeExtract } from '../../src/extract/extract.js';
import type { CollectionContents, ExtractInput, ExtractRow } from '../../src/extract/input.js';
import { openPart } from '../../src/extract/part-file.js';
import { permittedSkip } from '../harness/permitted-skip.js';
import { collection, contentsOf, field, inputOf, mapOf } from './build.js';

const never = new AbortController().signal;
const entry = collection('crm.c', { fields: [field('text')] });
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dsr-faults-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Rows that do not compress away, as many as asked, from `rows`. */
function input(count: number, rows: CollectionContents['rows']): ExtractInput {
  const contents = { ...contentsOf(entry, []), counts: { own: count, shared: 0, mention: 0 }, rows };
  return inputOf(mapOf([entry]), { contents: [contents] });
}

function batch(from: number, count: number): ExtractRow[] {
  const noise = () =>
    Buffer.from(Array.from({ length: 600 }, () => Math.floor(Math.random() * 256))).toString('base64');
  return Array.from({ length: count }, (_, i) => ({
    key: [from + i],
    role: 'own' as const,
    leads: [],
    values: contentsOf(entry, []).columns.map((column) => (column === 'id' ? from + i : noise())),
  }));
}

async function* endless(): AsyncGenerator<ExtractRow[]> {
  for (let from = 0; ; from += 500) yield batch(from, 500);
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('when writing fails, nothing is left behind', () => {
  test('a source that fails midway: its own error, at once', async () => {
    const broken = new Error('the source went away');
    async function* rows() {
      yield batch(0, 500);
      throw broken;
    }
    expect(await failure(writeExtract(input(1_000, rows), join(folder, 'x.zip'), never))).toBe(broken);
    expect(await readdir(folder)).toEqual([]);
  });

  test('an earlier file stands as it was', async () => {
    await writeFile(join(folder, 'x.zip'), 'earlier');
    async function* rows(): AsyncGenerator<ExtractRow[]> {
      yield batch(0, 1);
      throw new Error('gone');
    }
    await failure(writeExtract(input(2, rows), join(folder, 'x.zip'), never));
    expect(await readdir(folder)).toEqual(['x.zip']);
  });

  test.each([
    ['in the midst of the records', endless],
    [
      'while the source hangs',
      async function* () {
        yield batch(0, 1);
        await new Promise(() => undefined);
      },
    ],
  ])('an abort %s', async (_name, rows) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const error = await failure(writeExtract(input(5, rows), join(folder, 'x.zip'), controller.signal));
    expect(error).toMatchObject({ kind: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('an abort before it begins', async () => {
    const error = await failure(writeExtract(input(5, endless), join(folder, 'x.zip'), AbortSignal.abort()));
    expect(error).toMatchObject({ kind: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a disk that is full, told by the stream', async () => {
    const file = join(folder, 'x.zip');
    const full = async () => {
      const part = await openPart(file);
      let room = 3;
      const out = new Writable({
        write(_chunk, _encoding, done) {
          room -= 1;
          done(room < 0 ? Object.assign(new Error('no space: /home/anna'), { code: 'ENOSPC' }) : null);
        },
      });
      return { ...part, out };
    };
    const error = await failure(writeExtract(input(5, endless), file, never, full));
    expect(error).toMatchObject({ kind: 'transient', message: `cannot write ${file}: the disk is full` });
    expect(String(error)).not.toContain('anna');
    expect(await readdir(folder)).toEqual([]);
  });

  test('a disk that is full in truth', async (context) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      permittedSkip(context, 'mount');
    }
    try {
      const error = await failure(writeExtract(input(5, endless), join(disk, 'x.zip'), never));
      expect(error).toMatchObject({ kind: 'transient' });
      expect(await readdir(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('fewer records than were found', async () => {
    async function* rows() {
      yield batch(0, 4);
    }
    const error = await failure(writeExtract(input(5, rows), join(folder, 'x.zip'), never));
    expect(error).toMatchObject({
      kind: 'data',
      message: 'crm.c: 5 records were found but 4 could be read',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('an output that cannot be written is named, with what to do', () => {
  const nothing = inputOf(mapOf([entry]));

  test('in a folder that is not there', async () => {
    const file = join(folder, 'no', 'x.zip');
    const error = await failure(writeExtract(nothing, file, never));
    expect(error).toMatchObject({
      kind: 'usage',
      message: `cannot write ${file}: its folder does not exist`,
    });
  });

  test('a folder', async () => {
    expect(await failure(writeExtract(nothing, folder, never))).toMatchObject({ kind: 'usage' });
  });

  test('under a file', async () => {
    await writeFile(join(folder, 'f'), '');
    expect(await failure(writeExtract(nothing, join(folder, 'f', 'x.zip'), never))).toMatchObject({
      kind: 'usage',
    });
  });

  // /sys takes no files, not even from root.
  test('in a folder without permission', async () => {
    expect(await failure(writeExtract(nothing, '/sys/x.zip', never))).toMatchObject({ kind: 'usage' });
  });

  test('while another export writes it: that one goes on undisturbed', async () => {
    const part = join(folder, 'x.zip.part');
    await writeFile(part, 'theirs');
    expect(await failure(writeExtract(nothing, join(folder, 'x.zip'), never))).toMatchObject({
      kind: 'usage',
    });
    expect(await readdir(folder)).toEqual(['x.zip.part']);
  });
});
