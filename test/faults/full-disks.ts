import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lane, type Operation, openLane } from './matrix.js';
import { type Case, inTransaction } from './mishaps.js';
import type { Child } from './processes.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';
import { faultWorld } from './world.js';

export interface SmallLane {
  readonly lane: Lane;
  /** Under the ledger, the work file, plans and scratch files. */
  readonly books: SmallDisk;
  /** Under the SQLite source. */
  readonly source: SmallDisk;
  close(): Promise<void>;
}

const MEGABYTES = 8;

/** A lane whose books and whose SQLite file stand on disks of their own; null where nothing can be mounted. */
export async function smallLane(child: Child, operation: Operation): Promise<SmallLane | null> {
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'dsr-small-'));
  const source = mountSmallDisk(folder, MEGABYTES);
  if (source === null) return null;
  process.env.TMPDIR = folder;
  const world = await faultWorld().finally(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  const books = mountSmallDisk(join(world.space.folder, '.dsr'), MEGABYTES);
  if (books === null) throw new Error('one disk was mounted, and not a second');
  return {
    lane: await openLane(child, operation, world),
    ...{ books, source },
    async close() {
      books.unmount();
      await world.close();
      source.unmount();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** At each kind of step of ledger and plans, at every outcome, and of the work file once the plan is kept. */
export function fullBooks({ lane, books }: SmallLane): readonly Case[] {
  const seen = new Set<string>();
  return lane.steps.flatMap((step, at) => {
    const isSeen = seen.has(step) && step !== 'ledger.append outcome';
    seen.add(step);
    const isOfBooks = /^(ledger|plan)\./.test(step) || (step.startsWith('work.') && at > lane.kept);
    if (isSeen || step.endsWith(', done') || !isOfBooks) return [];
    // Each waits for a disk: every other one, but DSR_FAULTS=all.
    if (process.env.DSR_FAULTS !== 'all' && at % 4 > 1) return [];
    return [filled(books, `disk full under the ledger at ${at} (${step})`, at)];
  });
}

/** In the midst of each transaction. */
export function fullSource({ lane, source }: SmallLane): readonly Case[] {
  return inTransaction(lane, 'support').map((at) =>
    filled(source, `disk full under the SQLite source at ${at} (${lane.steps[at]})`, at),
  );
}

function filled(disk: SmallDisk, title: string, at: number): Case {
  return { title, mishap: { pauseAt: { at, act: async () => disk.fill() } }, mend: () => disk.free() };
}
