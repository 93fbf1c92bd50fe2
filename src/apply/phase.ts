import type { Writer } from '../connector/contract.js';
import { DsrError } from '../model/error.js';
import { changes } from '../plan/plan.js';
import { checkGroup } from './check.js';
import { makeDigest } from './digest.js';
import type { ApplyInput, PhaseName, SourceOutcome } from './input.js';
import { type Leading, leftAsItIs } from './leading.js';
import type { Masking } from './masking.js';
import { holdAgainstReality, lockTargets } from './reality.js';
import { stalePlan, type Target } from './target.js';
import { writeGroup } from './write.js';
import { openWritten } from './written.js';

export interface Phase {
  readonly name: PhaseName;
  /** By source, in the map's order; each in the plan's order. */
  readonly work: ReadonlyMap<string, readonly Target[]>;
  readonly masking: Masking;
  /** The sources through which a source's records are found. */
  readonly leading: Leading;
}

/**
 * One transaction a source: lock, hold the plan against reality, write, check, commit. What stands
 * against it before the first write ends it all; later it ends its own source and those that lead to its
 * records, which could be found no more without them; the others go on.
 *
 * @throws DsrError conflict where the plan is stale, cancelled, or what a source answered on the way to
 *   the first write; then nothing of the phase was committed.
 */
export async function runPhase(input: ApplyInput, phase: Phase): Promise<readonly SourceOutcome[]> {
  const writers = new Map<string, Writer>();
  const outcomes = new Map<string, SourceOutcome>();
  const closed = new Set<string>();
  const close = async (source: string) => {
    if (closed.has(source)) return;
    closed.add(source);
    // A transaction that cannot even be rolled back ends with its connection.
    await writers
      .get(source)
      ?.close()
      .catch(() => undefined);
  };
  const conclude = async (outcome: SourceOutcome) => {
    await close(outcome.source);
    outcomes.set(outcome.source, outcome);
    await input.onOutcome(outcome);
  };
  const fail = (source: string, status: 'rolled-back' | 'unknown', error: DsrError) =>
    conclude({ source, phase: phase.name, status, records: 0, error });
  /** A source that was not changed, and to whose records this one leads. */
  const leftBehind = (source: string) =>
    [...outcomes.values()].find(
      (outcome) => outcome.status !== 'committed' && phase.leading(outcome.source).has(source),
    )?.source;
  let begun = false;

  try {
    await prepare(input, phase, writers);
    stopIfAborted(input.signal);
    begun = true;
    await input.onIntent({ phase: phase.name, sources: [...phase.work.keys()] });

    const [atomic, others] = [true, false].map((is) =>
      [...phase.work.keys()].filter((source) => isAtomic(input, source) === is),
    ) as [string[], string[]];
    const ready = new Map<string, Changed>();
    for (const source of atomic) {
      const result = await attempt(input, () => change(input, phase, source, writers));
      if (result instanceof DsrError) await fail(source, 'rolled-back', result);
      else ready.set(source, result);
    }
    stopIfAborted(input.signal);
    for (const [source, changed] of leadingLast(ready, phase.leading)) {
      const unchanged = leftBehind(source);
      if (input.signal.aborted) await fail(source, 'rolled-back', cancelled());
      else if (unchanged !== undefined) await fail(source, 'rolled-back', leftAsItIs(source, unchanged));
      else await conclude(await committed(input, phase, source, changed, writers));
    }
    // What cannot be taken back comes when the rest is done.
    for (const source of others) {
      if (input.signal.aborted) {
        await fail(source, 'rolled-back', cancelled());
        continue;
      }
      const unchanged = leftBehind(source);
      if (unchanged !== undefined) {
        await fail(source, 'rolled-back', leftAsItIs(source, unchanged));
        continue;
      }
      const result = await settled(() => change(input, phase, source, writers));
      if (result instanceof DsrError) await fail(source, 'unknown', result);
      else await conclude(await committed(input, phase, source, result, writers));
    }
    return [...outcomes.values()];
  } catch (error) {
    const isCommitted = [...outcomes.values()].some(({ status }) => status !== 'rolled-back');
    const told = input.signal.aborted && !isCommitted ? cancelled() : error;
    for (const source of phase.work.keys()) await close(source);
    if (begun) await tellRolledBack(input, phase, outcomes, told);
    throw told;
  } finally {
    for (const source of writers.keys()) await close(source);
  }
}

/** What leads to another's records is committed after it. */
function leadingLast<T>(
  sources: ReadonlyMap<string, T>,
  leading: Leading,
): readonly (readonly [string, T])[] {
  return [...sources].toSorted(([a], [b]) => leading(b).size - leading(a).size);
}

/**
 * Opens and locks what would be changed, and lets go again: whether every source takes changes, and
 * nobody holds the records.
 *
 * @throws DsrError what a source answered; nothing was changed.
 */
export async function rehearse(input: ApplyInput, work: Phase['work']): Promise<void> {
  const call = { signal: input.signal, timeoutMs: input.timeoutMs };
  for (const [source, targets] of work) {
    const writer = await input.connectors.get(source)?.writer?.(call);
    if (writer === undefined) throw new DsrError('internal', `${source} has no writer`);
    try {
      await lockTargets(
        input.plan,
        writer,
        targets.filter(({ group }) => changes(group)),
      );
    } finally {
      await writer.close();
    }
  }
}

/** Writers, locks, and the plan as it would be now. */
async function prepare(input: ApplyInput, phase: Phase, writers: Map<string, Writer>): Promise<void> {
  const call = { signal: input.signal, timeoutMs: input.timeoutMs };
  const short: Target[] = [];
  for (const [source, targets] of phase.work) {
    const writer = await input.connectors.get(source)?.writer?.(call);
    if (writer === undefined) throw new DsrError('internal', `${source} has no writer`);
    writers.set(source, writer);
    input.report(`${source}: holding the records to be changed`);
    const toChange = targets.filter(({ group }) => changes(group));
    // In one order everywhere, so that two who come at once wait for one another instead of both.
    const ordered = toChange.toSorted((a, b) => compare(a.collection.id, b.collection.id));
    short.push(...(await lockTargets(input.plan, writer, ordered)));
  }
  input.report('holding the plan against what is there now');
  await holdAgainstReality(input, writers);
  const [first] = short;
  if (first !== undefined) throw stalePlan(`a record of ${first.collection.id} is gone`);
}

/** What a source was changed to, uncommitted. */
interface Changed {
  readonly records: number;
  readonly digest: string;
}

/** Everything that the phase does at one source, but the commit. */
async function change(
  input: ApplyInput,
  phase: Phase,
  source: string,
  writers: ReadonlyMap<string, Writer>,
): Promise<Changed> {
  const writer = writers.get(source);
  const targets = phase.work.get(source) ?? [];
  if (writer === undefined) throw new DsrError('internal', `${source} has no writer`);
  const { plan, signal } = input;
  const written = openWritten(input.tmp);
  try {
    let records = 0;
    for (const target of targets.filter(({ group }) => changes(group))) {
      signal.throwIfAborted();
      const { action, collection } = target.group;
      input.report(`${collection}: ${action} ${target.group.records}`);
      const counted = await writeGroup({ plan, writer, masking: phase.masking, written, signal }, target);
      checkCount(target, counted);
      if (action !== 'open') records += target.group.records;
    }
    await writer.settle();
    input.report(`${source}: reading back`);
    const digest = makeDigest();
    for (const target of targets) {
      signal.throwIfAborted();
      await checkGroup({ plan, writer, written, targets, digest }, target);
    }
    return { records, digest: digest.text() };
  } finally {
    written.close();
  }
}

/** Of deletions fewer may be counted: where a cascade may have taken some along, reading back judges. */
function checkCount({ group, info, collection }: Target, counted: number): void {
  const cascades = info.references.some(({ onDelete }) => onDelete === 'cascade');
  if (counted === group.records) return;
  if (group.action === 'delete' && counted < group.records && cascades) return;
  throw new DsrError(
    'data',
    `${collection.id}: ${counted} records were changed where the plan has ${group.records}`,
    { place: collection.id, hint: 'a trigger or a rule of the database stands against the plan' },
  );
}

async function committed(
  input: ApplyInput,
  { name: phase }: Phase,
  source: string,
  { records, digest }: Changed,
  writers: ReadonlyMap<string, Writer>,
): Promise<SourceOutcome> {
  await input.onReady({ source, phase, digest });
  const result = await settled(async () => writers.get(source)?.commit());
  if (!(result instanceof DsrError)) return { source, phase, status: 'committed', records, error: null };
  // Whatever else it says, the source said that it did not commit, or was never asked to.
  const lost = result.kind === 'transient' || result.kind === 'internal';
  return { source, phase, status: lost ? 'unknown' : 'rolled-back', records: 0, error: result };
}

/** What one source answered; Ctrl-C and bugs are everybody's. */
async function attempt<T>({ signal }: ApplyInput, work: () => Promise<T>): Promise<T | DsrError> {
  const result = await work().catch((error: unknown) => {
    if (signal.aborted || !(error instanceof DsrError) || error.kind === 'internal') throw error;
    return error;
  });
  return result;
}

/** For when something was committed already: whatever happens is told, not thrown. */
async function settled<T>(work: () => Promise<T>): Promise<T | DsrError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DsrError) return error;
    const name = error instanceof Error ? error.constructor.name : typeof error;
    return new DsrError('internal', `writing failed (${name})`, { hint: 'this is a bug: please report it' });
  }
}

async function tellRolledBack(
  input: ApplyInput,
  phase: Phase,
  outcomes: Map<string, SourceOutcome>,
  error: unknown,
): Promise<void> {
  const told = error instanceof DsrError ? error : new DsrError('internal', 'writing failed');
  for (const source of phase.work.keys()) {
    if (outcomes.has(source)) continue;
    await input.onOutcome({ source, phase: phase.name, status: 'rolled-back', records: 0, error: told });
  }
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function isAtomic(input: ApplyInput, source: string): boolean {
  return input.connectors.get(source)?.properties.atomicity === 'transaction';
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

function cancelled(): DsrError {
  return new DsrError('cancelled', 'cancelled; nothing more was changed');
}
