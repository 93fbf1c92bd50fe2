import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, ledgerOf } from './books.js';
import { makeRandomConstant } from './constant-random.js';
import { ANNA, NEW_PHONE } from './landscape.js';
import { disagreements } from './ledger-held.js';
import type { Child } from './processes.js';
import { type FaultWorld, faultWorld, type State, stateOf } from './world.js';

/** What is disturbed. */
export interface Operation {
  readonly name: 'erase' | 'rectify';
  readonly argv: readonly string[];
  /** The request that was there before; null: the command opens one. */
  readonly request: string | null;
}

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'erase',
    argv: ['erase', ANNA, '--reason', 'request', '--yes', '--json'],
    request: null,
  },
  {
    name: 'rectify',
    argv: ['rectify', ANNA, '--set', `phone=${NEW_PHONE}`, '--request', 'R-2026-0001', '--yes', '--json'],
    request: 'R-2026-0001',
  },
];

/** A world of one operation, and how it ends where nothing disturbs it. */
export interface Lane {
  readonly world: FaultWorld;
  readonly operation: Operation;
  /** Every boundary that it comes by, in order. */
  readonly steps: readonly string[];
  readonly state: State;
  readonly entries: readonly Entry[];
  /** From this boundary on the plan is kept: what dies there is finished by a resume. */
  readonly kept: number;
}

/** Runs the operation once, undisturbed. */
export async function openLane(child: Child, operation: Operation, given?: FaultWorld): Promise<Lane> {
  makeRandomConstant();
  const world = given ?? (await faultWorld());
  if (operation.request !== null) {
    const opening = ['request', 'open', '--type', operation.name, '--received', '2026-03-03', ANNA, '--json'];
    await expectCode(world, 0, opening);
    world.keepBooks();
  }
  await world.reset();
  const file = join(world.space.folder, 'steps');
  const { code, stderr } = await child.run(world, operation.argv, { steps: file });
  if (code !== 0) throw new Error(`${operation.name} ended with ${code}: ${stderr}`);
  const steps = readFileSync(file, 'utf8').trimEnd().split('\n');
  rmSync(file);
  const kept = steps.indexOf('work.recordPlan, done');
  if (kept === -1) throw new Error(`${operation.name} keeps no plan`);
  return {
    world,
    operation,
    steps,
    state: await stateOf(world),
    entries: ledgerOf(world.space.folder),
    kept,
  };
}

/**
 * The boundaries at which it is killed: before every step, and after the last of those that are one inside
 * another. Between the end of one and the beginning of the next nothing lasts, since what lasts is told
 * (src/case/boundary.ts); of a step that comes several times in a row, the first and the last are taken.
 * DSR_FAULTS=all takes nothing on trust.
 */
export function boundaries({ steps }: Pick<Lane, 'steps'>): readonly number[] {
  if (process.env.DSR_FAULTS === 'all') return steps.map((_step, at) => at);
  const isEnd = (step: string | undefined) => step?.endsWith(', done') !== false;
  return steps.flatMap((step, at) => {
    const isFollowed = isEnd(step) && !isEnd(steps[at + 1]);
    const isMiddle = !isEnd(step) && steps[at - 2] === step && steps[at + 2] === step;
    return isFollowed || isMiddle ? [] : [at];
  });
}

/**
 * Kills the operation at a boundary (from 0), resumes, and holds what is there then against the
 * undisturbed run. Answers what is wrong.
 */
export async function killAt(child: Child, lane: Lane, at: number): Promise<readonly string[]> {
  const { world, operation, steps } = lane;
  await world.reset();
  const died = await child.run(world, operation.argv, { dieAt: at });
  const wrong =
    died.signal === 'SIGKILL'
      ? await resumeAndCompare(lane, at >= lane.kept)
      : [`it was not killed: ${died.code} ${died.stderr}`];
  return wrong.map((what) => `${operation.name}, killed at ${at} (${steps[at]}): ${what}`);
}

/**
 * `isPlanned`: the plan was kept, so that the resume finishes by itself; before, it touches nothing, and the
 * operation is called again.
 */
export async function resumeAndCompare(lane: Lane, isPlanned: boolean): Promise<readonly string[]> {
  const { world, operation } = lane;
  const wrong: string[] = [];
  const resumed = await world.space.dsr('resume', '--yes', '--json');
  if (resumed.code !== 0) wrong.push(`resume ended with ${resumed.code}: ${saidBy(resumed)}`);
  if (!isPlanned) {
    const { changes } = await stateOf(world);
    if (changes.length > 0) wrong.push(`changed before it was planned: ${changes.join(', ')}`);
    const open = await openRequests(world);
    const expected = operation.request === null ? [] : [operation.request];
    wrong.push(...differences('open requests', open, expected));
    const again = await world.space.dsr(...operation.argv);
    if (again.code !== 0) wrong.push(`called again it ended with ${again.code}: ${again.stderr}`);
  }
  return [...wrong, ...(await compare(lane))];
}

/** What is wrong where a resume that has nothing to do does something. */
export async function resumeOnceMore({ world }: Lane): Promise<readonly string[]> {
  const before = ledgerOf(world.space.folder).length;
  const { code } = await world.space.dsr('resume', '--yes', '--json');
  const more = ledgerOf(world.space.folder).length - before;
  return code === 0 && more === 0 ? [] : [`a second resume ended with ${code}, and wrote ${more} entries`];
}

/** What is not as after the undisturbed run. */
export async function compare({ world, state, entries }: Lane): Promise<readonly string[]> {
  const now = asFirst(await stateOf(world));
  const { code } = await world.space.dsr('ledger', 'verify', '--json');
  return [
    ...differences('rows', now.rows, state.rows),
    ...differences('changes', now.changes, state.changes),
    ...differences('work.db', now.work, state.work),
    ...differences('stray files', now.strays, state.strays),
    ...disagreements(ledgerOf(world.space.folder), entries),
    ...(code === 0 ? [] : [`the ledger does not verify: ${code}`]),
  ];
}

/**
 * Where a second try needed a second request: its traces as if it were the first's. Of the first, closed,
 * nothing is left but that there was one, by whom and of whom (as tags).
 */
function asFirst(state: State): State {
  const [first, second] = ['R-2026-0001', 'R-2026-0002'] as const;
  if (!state.work.some((row) => row.startsWith(`requests ${second}`))) return state;
  const stays = new RegExp(`^(requests|events|subjects) .*${first}`);
  const work = state.work.filter((row) => !stays.test(row));
  return { ...state, work: work.map((row) => row.replaceAll(second, first)) };
}

async function openRequests(world: FaultWorld): Promise<readonly string[]> {
  const { stdout } = await world.space.dsr('request', 'list', '--json');
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly request: string; readonly status: string })
    .filter(({ status }) => ['open', 'identifying', 'in-progress'].includes(status))
    .map(({ request }) => request);
}

async function expectCode(world: FaultWorld, expected: number, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await world.space.dsr(...argv);
  if (code !== expected) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
}

/** The beginning of an error, or why an answer is not complete. */
export function saidBy({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  if (stderr !== '') return stderr.slice(0, 500);
  const { incomplete, verified } = JSON.parse(stdout === '' ? '{}' : stdout) as Readonly<
    Record<string, unknown>
  >;
  return JSON.stringify({ incomplete, verified });
}

/** As often as it stands there, too. */
export function differences(
  what: string,
  is: readonly string[],
  shall: readonly string[],
): readonly string[] {
  const left = [...shall];
  const more = is.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [...more.map((line) => `${what}: + ${line}`), ...left.map((line) => `${what}: - ${line}`)];
}
