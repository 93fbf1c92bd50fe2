import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DsrError } from '../model/error.js';
import { fileError } from '../store/private-file.js';
import type { Scratch } from '../store/scratch.js';
import type { Plan, PlanGroup, PlanHeader } from './plan.js';
import { bodyLines } from './plan-hash.js';
import {
  canonical,
  groupOfLine,
  headerJson,
  headerOf,
  Malformed,
  objectOf,
  rowOfLine,
  sameLine,
} from './plan-line.js';
import { type GroupHandle, makePlan, type PlanBuilder } from './plan-store.js';

/*
 * A saved plan, JSON Lines in UTF-8, each line canonical JSON (plan-line.ts has the values):
 *
 *   {"dsr":"plan","version":1,…,"hash":"sha256:…","seal":"sha256:…"}
 *   {"group":{"action":"delete","collection":"crm.customers",…},"records":2}
 *   {"key":[1]}
 *   {"key":[2]}
 *
 * `hash` is Plan.hash; `seal` is over the first line without it, since the hash leaves out when and for
 * whom the plan was made. Both tell damage and edits; neither keeps out who would forge a plan.
 */

const BUFFER = 1024 * 1024;
/** A line holds one record's changed values; a file without line ends is no plan, and no reason to fill the memory. */
const LONGEST_LINE = 256 * 1024 * 1024;
const NAME = 'the plan';
const DRAW_UP = 'draw the plan up again with --dry-run --plan-out';

/**
 * Writes the plan so that only its owner can read it: to `<file>.part`, synced, renamed. It names the
 * person and, for a rectification, holds values.
 *
 * @throws DsrError usage where the file is there and `replace` is not said, config where it cannot be
 *   written, transient where the disk is full. Then nothing is left behind.
 */
export async function savePlan(
  plan: Plan,
  file: string,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const part = `${file}.part`;
  await checkTarget(file, replace);
  const handle = await open(part, 'wx', 0o600).catch((error: unknown) => {
    throw isErrno(error, 'EEXIST') ? partThere(part) : fileError(error, NAME, file);
  });
  try {
    try {
      await handle.chmod(0o600);
      await writeLines(handle, savedLines(plan));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (replace) await rename(part, file);
    else await linkOnce(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await unlink(part).catch(() => undefined);
    throw error instanceof DsrError ? error : fileError(error, NAME, file);
  }
}

/**
 * Reads a saved plan into `scratch`, which the plan owns from then on; a record at a time.
 *
 * @throws DsrError usage, naming file and line, where it is no plan, was damaged or was changed.
 */
export async function readPlan(file: string, scratch: Scratch): Promise<Plan> {
  let at = 0;
  const wrong = (what: string, line = at) =>
    new DsrError('usage', `${file}:${line}: ${what}`, { hint: DRAW_UP, place: `${file}:${line}` });
  const builder = makePlan(scratch);
  let saved: SavedHeader | null = null;
  let open: OpenGroup | null = null;
  const checkCount = () => {
    if (open !== null && open.left !== 0) throw wrong('the number of its records is not right', open.line);
  };
  try {
    for await (const bytes of linesOf(file)) {
      at += 1;
      const line = textOf(bytes);
      if (saved === null) saved = headerOfLine(line);
      else if (line.startsWith('{"group":')) {
        checkCount();
        open = openGroup(builder, groupOfLine(line), at);
      } else {
        if (open === null || open.left === 0) throw new Malformed();
        open.left -= 1;
        addRow(builder, open, line);
      }
    }
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) {
      throw wrong(saved === null ? 'this is no plan that dsr saved' : 'the plan was damaged or changed');
    }
    throw error instanceof DsrError ? error : readError(error, file);
  }
  if (saved === null) throw wrong('this is no plan that dsr saved: it is empty', 1);
  checkCount();
  const plan = builder.finish(saved.header);
  if (plan.hash !== saved.hash) throw wrong('the plan was damaged or changed: its hash is another', 1);
  return plan;
}

interface SavedHeader {
  readonly header: PlanHeader;
  readonly hash: string;
}

interface OpenGroup {
  readonly handle: GroupHandle;
  readonly line: number;
  left: number;
}

function* savedLines(plan: Plan): Generator<string> {
  yield headerLine(plan.header, plan.hash);
  yield* bodyLines(plan);
}

function headerLine(header: PlanHeader, hash: string): string {
  const sealed = { ...headerJson(header), hash };
  const seal = createHash('sha256').update(canonical(sealed)).digest('hex');
  return canonical({ ...sealed, seal: `sha256:${seal}` });
}

function headerOfLine(line: string): SavedHeader {
  const json: unknown = JSON.parse(line);
  const header = headerOf(json);
  const { hash } = objectOf(json);
  if (typeof hash !== 'string') throw new Malformed();
  return sameLine({ header, hash }, headerLine(header, hash), line);
}

function openGroup(builder: PlanBuilder, { records, ...group }: PlanGroup, line: number): OpenGroup {
  return { handle: builder.add(group), line, left: records };
}

function addRow(builder: PlanBuilder, { handle }: OpenGroup, line: string): void {
  const row = rowOfLine(line);
  try {
    builder.row(handle, row);
  } catch (error) {
    // Twice in a plan of our own would be a bug; in a file it is somebody's edit.
    throw error instanceof DsrError && error.kind === 'internal' ? new Malformed() : error;
  }
}

async function writeLines(handle: FileHandle, lines: Iterable<string>): Promise<void> {
  let buffer: string[] = [];
  let held = 0;
  const flush = async () => {
    const bytes = Buffer.from(buffer.join(''), 'utf8');
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
    buffer = [];
    held = 0;
  };
  for (const line of lines) {
    buffer.push(line, '\n');
    held += line.length;
    if (held >= BUFFER) await flush();
  }
  await flush();
}

/** Node's own readline also ends lines at U+2028, which JSON may hold as it is. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: BUFFER }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      held = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    held += chunk.length - start;
    if (held > LONGEST_LINE) throw new Malformed();
  }
  if (held > 0) yield Buffer.concat(parts);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Malformed();
  }
}

async function checkTarget(file: string, replace: boolean): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there === null) return;
  if (!there.isFile()) {
    throw new DsrError('usage', `cannot write ${file}: it is not a regular file`, {
      hint: 'name another file',
    });
  }
  if (!replace) throw fileThere(file);
}

/** As rename, but never over a file that came in the meantime. */
async function linkOnce(part: string, file: string): Promise<void> {
  await link(part, file).catch((error: unknown) => {
    throw isErrno(error, 'EEXIST') ? fileThere(file) : error;
  });
  await unlink(part);
}

/** A folder cannot be synced everywhere; there the rename must do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function fileThere(file: string): DsrError {
  return new DsrError('usage', `${file} is already there`, { hint: 'name another file, or remove it first' });
}

function partThere(part: string): DsrError {
  return new DsrError('usage', `cannot write a plan: ${part} is already there`, {
    hint: 'another dsr is writing it; if none is, a crash left it and it can be deleted',
  });
}

function readError(error: unknown, file: string): unknown {
  if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) {
    return new DsrError('usage', `there is no plan ${file}`, { hint: 'check the path' });
  }
  if (isErrno(error, 'EISDIR')) {
    return new DsrError('usage', `${file} is a folder, not a plan`, { hint: 'check the path' });
  }
  return fileError(error, NAME, file);
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
