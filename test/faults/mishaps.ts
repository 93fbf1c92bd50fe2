import type { TestDatabase } from '../harness/engines.js';
import { SOURCES } from './landscape.js';
import { compare, type Lane, saidBy } from './matrix.js';
import type { Child, Mishap } from './processes.js';
import { stateOf } from './world.js';

/** One way in which a run goes wrong without being killed. */
export interface Case {
  readonly title: string;
  readonly mishap: Mishap;
  /** Puts right what was wrong, before the resume. */
  readonly mend?: () => void;
}

/**
 * Lets it happen, resumes, and calls the operation again where the resume had nothing to finish. What is
 * there then must be what an undisturbed run leaves. Answers what is wrong.
 */
export async function befall(
  child: Child,
  lane: Lane,
  { title, mishap, mend }: Case,
): Promise<readonly string[]> {
  const { world, operation } = lane;
  await world.reset();
  const resume = () => world.space.dsr('resume', '--yes', '--json');
  const early: Awaited<ReturnType<typeof resume>>[] = [];
  const ended = await child.run(world, operation.argv, {
    ...mishap,
    // The one that is late is resumed while it is under way.
    ...(mishap.lose?.endsWith('late') === true
      ? { afterwards: async () => void early.push(await resume()) }
      : {}),
  });
  mend?.();
  const wrong: string[] = [];
  if (ended.signal !== null || ended.code === 0 || ended.code === 1)
    wrong.push(`it ended with ${ended.code ?? ended.signal}: ${saidBy(ended)}`);
  const resumed = early[0] ?? (await resume());
  if (![0, 3].includes(resumed.code)) wrong.push(`resume ended with ${resumed.code}: ${saidBy(resumed)}`);
  const { changes } = await stateOf(world);
  if (changes.length < lane.state.changes.length) {
    const again = await world.space.dsr(...operation.argv);
    if (again.code !== 0) wrong.push(`called again it ended with ${again.code}: ${again.stderr}`);
  }
  wrong.push(...(await compare(lane)));
  return wrong.map((what) => `${operation.name}, ${title}: ${what}`);
}

/** The connection of the writer is cut at the server, in the midst of its transaction. */
export function cuts(lane: Lane): readonly Case[] {
  return Object.entries(SOURCES).flatMap(([source, { engine }]) => {
    const database = lane.world.space.databases[source];
    if (engine === 'sqlite' || database === undefined) return [];
    return inTransaction(lane, source).map((at) => ({
      title: `${source} cut off at ${at} (${lane.steps[at]})`,
      mishap: { pauseAt: { at, act: () => cutWriters(database) } },
    }));
  });
}

/** Where a writer of the source has begun, and has not ended: its first and last steps of each phase. */
export function inTransaction({ steps }: Lane, source: string): readonly number[] {
  return steps.flatMap((step, at) => {
    // A rehearsal lets go at once: nothing is lost with it.
    const isFirst =
      step === `${source}.lock, done` && ![`${source}.lock`, `${source}.close`].includes(steps[at + 1] ?? '');
    const before = steps.slice(0, at).findLast((each) => each.startsWith(`${source}.`));
    const isApply =
      step.startsWith(`${source}.apply`) && !step.endsWith('done') && !before?.startsWith(`${source}.apply`);
    return isFirst || isApply || step === `${source}.settle` || step === `${source}.commit` ? [at] : [];
  });
}

/** Readers hold no row: what holds some is a writer. */
async function cutWriters(database: TestDatabase): Promise<void> {
  if (database.engine === 'postgres') {
    await database.exec(`select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.mode in ('RowShareLock', 'RowExclusiveLock') and l.pid <> pg_backend_pid()`);
    return;
  }
  const writers = await database.exec(
    `select trx_mysql_thread_id as id from information_schema.innodb_trx t
     join information_schema.processlist p on p.id = t.trx_mysql_thread_id
     where p.db = database() and p.id <> connection_id() and t.trx_rows_locked > 0`,
  );
  for (const { id } of writers) await database.exec(`kill ${Number(id)}`);
}

/** Every commit of every source, and what may have become of it. */
export function lostAnswers({ steps }: Lane): readonly Case[] {
  return Object.keys(SOURCES).flatMap((source) => {
    const commits = steps.filter((step) => step === `${source}.commit`).length;
    return Array.from({ length: commits }, (_none, at) => at + 1).flatMap((turn) =>
      (['landed', 'lost', 'late'] as const).map((fate) => ({
        title: `commit ${turn} of ${source} unanswered, ${fate}`,
        mishap: { lose: `${source} ${turn} ${fate}` },
      })),
    );
  });
}
