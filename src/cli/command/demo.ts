import { relative } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import type { Scene } from '../../demo/story.js';
import { DsrError } from '../../model/error.js';
import type { ExitCode } from '../exit-code.js';
import type { Io } from '../io.js';
import type { Output } from '../output.js';
import { onRun, type Runtime, type Session } from '../session.js';
import { shellLine } from '../shell.js';
import { table } from '../view/table.js';
import { wrap } from '../view/words.js';

/** Of the landscape's controller: the year of a request's number is that of its day. */
const TIMEZONE = 'Europe/Stockholm';

export function addDemo(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('demo')
    .description('a sample landscape of databases, and requests answered in it; asks nothing')
    .argument('[dir]', 'the folder to build it in (default: a fresh ./dsr-demo)');
  onRun(command, runtime, async (session, _flags, [named]) => {
    const [{ demoFolder }, { buildLandscape, databases }, { scenesOf }, { civilDate }] = await Promise.all([
      import('../../demo/folder.js'),
      import('../../demo/landscape.js'),
      import('../../demo/story.js'),
      import('../../case/request/deadline.js'),
    ]);
    const { output, io } = session;
    const dir = await demoFolder(named ?? session.flags.workspace, io.cwd);
    await buildLandscape(dir);
    const today = civilDate(session.contextAt(dir).clock.now(), TIMEZONE);
    const scenes = scenesOf(Number(today.slice(0, 4)));
    if (output.json) {
      const played = await playSilently(session, dir, scenes);
      await output.document({ dir, databases, scenes: played });
      return 0;
    }
    const shown = shownFolder(dir, io.cwd);
    const { style } = output;
    await output.print([
      style.bold(`A company, its databases, and requests. All of it is made up, and lies in ${shown}.`),
      '',
      ...table(
        [{ title: '' }, { title: '' }],
        databases.map(({ name, about }) => [`data/${name}.db`, style.dim(about)]),
      ),
      `  ${'dsr.yaml'.padEnd(18)}  ${style.dim('the map: what they hold, whose it is, and why')}`,
    ]);
    for (const [at, scene] of scenes.entries()) await play(session, dir, scene, at + 1);
    await output.print(afterwards(output, shown));
    return 0;
  });
}

/** A scene: what is told, the command line, and the command itself, run in the demo's folder. */
async function play(session: Session, dir: string, scene: Scene, number: number): Promise<void> {
  const { output, io, flags } = session;
  const { style } = output;
  await output.print([
    '',
    '',
    style.bold(`${number}. ${scene.title}`),
    ...wrap(scene.told, 92).map((line) => `   ${line}`),
    '',
    style.cyan(`$ ${shellLine(['dsr', ...scene.call])}`),
  ]);
  const dressed = [
    ...scene.call,
    ...(flags.color ? [] : ['--no-color']),
    ...(flags.quiet ? ['--quiet'] : []),
  ];
  expected(
    scene,
    await session.call(withOperator(dressed, flags.operator), inFolder(io, dir)),
    session.signal,
  );
}

async function playSilently(session: Session, dir: string, scenes: readonly Scene[]) {
  const played: { title: string; call: readonly string[]; code: ExitCode }[] = [];
  const silent = { ...inFolder(session.io, dir), stdout: sink() };
  for (const scene of scenes) {
    const call = withOperator([...scene.call, '--json'], session.flags.operator);
    const code = await session.call(call, silent);
    expected(scene, code, session.signal);
    played.push({ title: scene.title, call: ['dsr', ...scene.call], code });
  }
  return played;
}

function expected(scene: Scene, code: ExitCode, signal: AbortSignal): void {
  if (signal.aborted) throw new DsrError('cancelled', 'cancelled');
  if (code === scene.code) return;
  throw new DsrError(
    'internal',
    `\`dsr ${scene.call[0]}\` in the demo ended with ${code} instead of ${scene.code}`,
  );
}

function withOperator(call: readonly string[], operator: string | null): readonly string[] {
  return operator === null ? call : [...call, '--operator', operator];
}

/** In the demo's folder, and without a terminal to ask on. */
function inFolder(io: Io, dir: string): Io {
  return { ...io, cwd: dir, stdin: Readable.from([]) };
}

function sink(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

function afterwards({ style }: Output, shown: string): readonly string[] {
  const tries = [
    ['dsr find personnummer=197602292380 --records', 'Karin, who registered Anna'],
    ['dsr erase anna.lindqvist@example.se', 'prints what would happen, then asks how many records change'],
    ['dsr ledger export', 'the ledger as JSON lines, to be checked by anybody'],
    ['less dsr.yaml', 'the map: take it as a model for your own'],
  ] as const;
  return [
    '',
    '',
    style.bold('Go on yourself'),
    `  cd ${shown}`,
    ...table(
      [{ title: '' }, { title: '' }],
      tries.map(([line, why]) => [style.cyan(line), style.dim(why)]),
    ),
    '',
    `  anna.zip is in the same folder: unpack it and open ${style.bold('index.html')}.`,
    '  For databases of your own: `dsr init`, and the README.',
  ];
}

function shownFolder(dir: string, cwd: string): string {
  const near = relative(cwd, dir);
  return near === '' || near.startsWith('..') ? dir : near;
}
